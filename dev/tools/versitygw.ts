import type { DevConfig } from '../../config/dev';
import { goInstall } from './go';
import { runCommand } from './progress.cjs';
import { onPath, provide, type Tool } from './tool';

const VERSION = '1.8.0';

const GO_PACKAGE = {
  path: `github.com/versity/versitygw/cmd/versitygw@v${VERSION}`,
  linkerVersion: { variable: 'main.Version', value: `v${VERSION}` },
};

const tool: Tool = {
  name: 'versitygw',
  version: VERSION,
  variable: 'VERSITYGW',
  // Tests state what this version can and can't do: another one on the PATH would not do.
  onPath: { binary: 'versitygw', works: isPinned },
  executable: 'versitygw',
  fetchers: [
    {
      by: 'go install (about 2 minutes on two cores)',
      available: () => onPath('go'),
      fetch: (into, label) => goInstall(GO_PACKAGE, into, label),
    },
  ],
  advice:
    'Install Go (https://go.dev/dl), or set VERSITYGW to a versitygw binary ' +
    `(v${VERSION}, https://github.com/versity/versitygw/releases).`,
};

/** Path of the Versity S3 Gateway: an S3 server over a folder, strict about checksums. For tests only. */
export function provideVersityGw(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

async function isPinned(path: string): Promise<boolean> {
  return runCommand(path, ['--version'], { timeoutMs: 10_000 }).then(
    (text) => text.includes(VERSION),
    () => false,
  );
}
