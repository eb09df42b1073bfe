import { mkdir, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { childEnvironment, type DevConfig } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import type { Part } from '../../../dev/supervisor';
import { unpackDebianPackage } from '../peers/debian';
import { type FetchedTool, provideTool } from '../peers/fetched-tool';
import { COPY_RESULT, READ_ANSWERS, STUB_PATH } from './stub-answer';

export interface StubOptions {
  readonly dev: Pick<DevConfig, 'cacheDir'>;
  readonly home: string;
  readonly port: number;
  /** The port of the store that gets everything that is not for a `stub-…` bucket. */
  readonly upstreamPort: number;
}

const nginx: FetchedTool = {
  name: 'nginx',
  version: 'debian',
  executable: 'usr/sbin/nginx',
  fetch: (into, label) => unpackDebianPackage('nginx', into, label),
};

/** A store that copies at once: what is measured against it is Drover alone. nginx where it can be had, else Node, at more CPU. */
export async function stubPart(options: StubOptions): Promise<{ readonly part: Part; readonly kind: string }> {
  const provided = await provideTool(nginx, options.dev);
  if ('path' in provided) return { part: await nginxPart(provided.path, options), kind: 'nginx' };
  return { part: nodePart(options), kind: `a Node cluster, dearer in CPU: ${provided.missing}` };
}

async function nginxPart(binary: string, options: StubOptions): Promise<Part> {
  const folder = join(options.home, 'nginx');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  await writeFile(file, nginxConfig(options));
  return part(options, binary, ['-e', 'stderr', '-p', folder, '-c', file]);
}

/** Answers every call, functions included: for what nginx can't. Dearer in CPU, which is the stub's own. */
export function wholeStubPart(options: StubOptions): { readonly part: Part; readonly kind: string } {
  return { part: nodePart(options, 'whole-stub.js'), kind: 'a Node server' };
}

function nodePart(options: StubOptions, name = 'stub-server.js'): Part {
  const script = resolve(PROJECT_ROOT, 'dist', 'bench', 'tools', 'stubs', name);
  return part(options, process.execPath, [script, String(options.port), String(options.upstreamPort)]);
}

function part({ port }: StubOptions, command: string, args: readonly string[]): Part {
  return {
    name: 'stub',
    command,
    args,
    env: childEnvironment({}),
    ports: [{ port, variable: 'of the stub' }],
    ready: async () => (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok,
    readyTimeoutMs: 15_000,
    stopGraceMs: 5_000,
  };
}

/** The Host header and the path must pass unchanged, because they are signed. */
function nginxConfig({ port, upstreamPort }: StubOptions): string {
  const temporaryFolders = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (one) => `${one}_temp_path ${one};`,
  );
  const reads = Object.entries(READ_ANSWERS).map(
    ([name, answer]) => `if ($asked ~ "^GET (.*&)?${name}(=|&|$)") { return 200 '${answer}'; }`,
  );
  // Else nginx started by root gives its processes to a user that may not enter the folder.
  const user = userInfo().uid === 0 ? 'user root;' : '';
  return `daemon off;
${user}
pid nginx.pid;
worker_processes 1;
error_log stderr warn;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporaryFolders.join('\n  ')}
  client_max_body_size 0;
  keepalive_requests 100000000;
  upstream store { server 127.0.0.1:${String(upstreamPort)}; keepalive 64; keepalive_requests 100000000; }
  server {
    listen 127.0.0.1:${String(port)} backlog=4096;
    location ~ ${STUB_PATH.source.replaceAll('\\/', '/')} {
      default_type application/xml;
      if ($request_method = PUT) { return 200 '${COPY_RESULT}'; }
      set $asked "$request_method $args";
      ${reads.join('\n      ')}
      return 404;
    }
    location / {
      proxy_pass http://store;
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 600s;
    }
  }
}
`;
}
