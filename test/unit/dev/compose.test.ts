/**
 * Goal: the compose file, the image and the settings agree with each other and with the code.
 * Method: parse them; `docker compose config` too where the machine has it.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { environmentSchema } from '../../../config/environment';
import { loadConfig } from '../../../config/load';
import { workspaceCredentials } from '../../../config/select';

interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: object;
  readonly volumes?: readonly string[];
  readonly configs?: readonly { readonly source: string }[];
}

interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
  readonly configs: Readonly<Record<string, unknown>>;
}

const text = readFileSync('docker-compose.yml', 'utf8');
const compose = parse(text, { merge: true }) as Compose;
const services = Object.entries(compose.services);
const ownServices = services.filter(([, service]) => service.build !== undefined);
const example = readFileSync('.env.example', 'utf8');

/** Names that the file takes from the environment, with what stands behind the name. */
const interpolations = [...text.matchAll(/(?<!\$)\$\{(\w+)(:[-?][^}]*)?\}/g)].map(([, name = '', rest = '']) => ({
  name,
  rest,
}));

/** As compose would give it, with every secret set. */
function environmentOf(service: Service): Record<string, string> {
  const secrets: Record<string, string> = {
    DROVER_ACCESS_KEY: 'AKX',
    DROVER_SECRET_KEY: 's1',
    DROVER_S3_ACCESS_KEY: 'AKS',
    DROVER_S3_SECRET_KEY: 's2',
  };
  return Object.fromEntries(
    Object.entries(service.environment ?? {}).map(([name, value]) => [
      name,
      String(value).replace(
        /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
        (_all, variable: string, _kind, fallback: string) => secrets[variable] ?? fallback,
      ),
    ]),
  );
}

test('there is an API, a worker, Temporal on PostgreSQL with its UI, and a store', () => {
  expect(Object.keys(compose.services).sort()).toEqual(
    ['api', 'postgres', 'seaweedfs', 'temporal', 'temporal-ui', 'worker', 'workspace'].sort(),
  );
  expect(ownServices.map(([name]) => name)).toEqual(['api', 'worker']);
});

test('foreign images have a version', () => {
  for (const [name, service] of services) {
    if (service.build === undefined) expect(`${name} ${service.image ?? ''}`).toMatch(/ [\w./-]+:\d[\w.-]*$/);
  }
});

test('own commands are programs of the sources, and the image starts one of them', () => {
  for (const [, { command }] of ownServices) {
    const [node, ...rest] = command ?? [];
    const program = rest.find((argument) => !argument.startsWith('--')) ?? '';
    expect(node).toBe('node');
    expect(existsSync(program.replace(/^dist\//, '').replace(/\.js$/, '.ts'))).toBe(true);
  }
  expect(readFileSync('Dockerfile', 'utf8')).toContain(
    `CMD ["node", "${compose.services['api']?.command?.[1] ?? ''}"]`,
  );
});

test('the image stands on one Node of a line with long support, by digest', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8');
  const [, major = ''] =
    /^ARG NODE_IMAGE=node:(\d+)\.\d+\.\d+-[a-z]+-slim@sha256:[0-9a-f]{64}$/m.exec(dockerfile) ?? [];
  expect(Number(major)).toBeGreaterThanOrEqual(24);
  expect(Number(major) % 2).toBe(0);
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base);
  expect(bases).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
});

test('the build has the files that the package is made of', () => {
  const ignored = readFileSync('.dockerignore', 'utf8').split('\n');
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  const made = files.filter((file) => !/^!?dist\//.test(file));
  const { include } = JSON.parse(readFileSync('tsconfig.build.json', 'utf8')) as { include: string[] };
  for (const file of [...made, ...include, 'README.md', 'LICENSE', 'tsconfig.json', 'package-lock.json', '.npmrc']) {
    expect(existsSync(file)).toBe(true);
    expect(ignored).not.toContain(file);
    if (file.endsWith('.md')) expect(ignored).not.toContain('*.md');
  }
});

test('published ports are on the loopback interface, each once', () => {
  const published = services.flatMap(([, service]) => service.ports ?? []);
  for (const port of published) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  expect(new Set(published).size).toBe(published.length);
});

test('of the store, S3 alone takes requests: its other servers have no HTTP, and keys of their own at each start', () => {
  const { entrypoint = [], command = [] } = compose.services['seaweedfs'] ?? {};
  const bin = mkdtempSync(join(tmpdir(), 'drover-compose-'));
  try {
    writeFileSync(join(bin, 'weed'), '#!/bin/sh\necho "$@"\nenv | grep ^WEED_JWT_\n', { mode: 0o755 });
    const start = (): string[] => {
      const [shell = '', ...options] = [...entrypoint, ...command].map((word) => word.replaceAll('$$', '$'));
      const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
      return execFileSync(shell, options, { env, encoding: 'utf8' }).trim().split('\n');
    };
    const [options = '', ...keys] = start();
    expect(options.split(' ')).toEqual(expect.arrayContaining(['server', '-s3', '-disableHttp', '-filer.disableHttp']));
    expect(options).toMatch(/ -s3\.allowedOrigins=http:\/\/127\.0\.0\.1:8333( |$)/);
    expect(keys.map((line) => line.split('=')[0]).sort()).toEqual([
      'WEED_JWT_FILER_SIGNING_KEY',
      'WEED_JWT_FILER_SIGNING_READ_KEY',
      'WEED_JWT_SIGNING_KEY',
      'WEED_JWT_SIGNING_READ_KEY',
    ]);
    for (const line of keys) expect(line.replace(/^\w+=/, '')).toMatch(/^[\w+/]{43}=$/);
    expect(new Set([...keys, ...start().slice(1)]).size).toBe(8);
  } finally {
    rmSync(bin, { recursive: true });
  }
});

test('dependencies exist, and those waited for as healthy have a health check', () => {
  for (const [, service] of services) {
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name);
      if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
    }
  }
});

test('named volumes and configs are declared', () => {
  for (const [, service] of services) {
    for (const volume of service.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    for (const { source } of service.configs ?? []) expect(Object.keys(compose.configs)).toContain(source);
  }
});

test.each(ownServices)('the environment of %s is one that the code reads, and loads', (_name, service) => {
  const known = Object.keys(environmentSchema.shape);
  for (const name of Object.keys(service.environment ?? {})) expect(known).toContain(name);
  const config = loadConfig(environmentOf(service));
  expect(config.temporal.address).toBe('temporal:7233');
  expect(config.stores[0]?.endpoint).toBe('http://seaweedfs:8333');
  expect(workspaceCredentials(config)).toMatchObject({ accessKeyId: 'AKS', secretAccessKey: 's2' });
});

test('the API is published with keys of the installation, never with the documented ones', () => {
  const config = loadConfig(environmentOf(compose.services['api']!));
  expect(config.api).toEqual({ host: '0.0.0.0', port: 8800 });
  expect(config.accounts[0]?.keys).toEqual([{ accessKeyId: 'AKX', secretAccessKey: 's1' }]);
});

test('secrets have no default, and .env.example names every setting', () => {
  expect(interpolations.length).toBeGreaterThan(10);
  for (const { name, rest } of interpolations) {
    if (/SECRET|PASSWORD|ACCESS_KEY/.test(name)) expect(`${name}${rest}`).toMatch(/:\?/);
    expect(example).toMatch(new RegExp(`^#?${name}=`, 'm'));
  }
  const secrets = example.split('\n').filter((line) => /^\w*(SECRET|PASSWORD|ACCESS_KEY)\w*=/.test(line));
  expect(secrets.every((line) => line.endsWith('='))).toBe(true);
  for (const [, name = ''] of example.matchAll(/^#?([A-Z0-9_]+)=/gm)) {
    expect(interpolations.map((one) => one.name)).toContain(name);
  }
});

test('the settings file stays out of git and out of the image', () => {
  expect(readFileSync('.gitignore', 'utf8').split('\n')).toContain('.env');
  expect(readFileSync('.dockerignore', 'utf8').split('\n')).toContain('.env');
});

const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0;

// Docker itself is the better judge where it is; the tests above hold everywhere.
if (hasCompose) {
  test('docker compose accepts the file', () => {
    const secrets = Object.fromEntries(
      interpolations.filter(({ rest }) => rest.startsWith(':?')).map(({ name }) => [name, 'x']),
    );
    const { status, stderr } = spawnSync('docker', ['compose', '-f', 'docker-compose.yml', 'config', '-q'], {
      encoding: 'utf8',
      env: { ...process.env, ...secrets },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
}
