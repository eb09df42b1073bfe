import { join } from 'node:path';
import { type DevConfig, userEnvironment } from '../../config/dev';
import { runCommand } from './progress.cjs';
import { sdkDownload } from './sdk-download';
import { onPath, provide, type Tool } from './tool';

/** The newest CLI that `go install` can build: later ones have replace directives in their go.mod. Server 1.29.1. */
const VERSION = '1.5.1';

const tool: Tool = {
  name: 'temporal',
  version: VERSION,
  variable: 'TEMPORAL_CLI',
  onPath: { binary: 'temporal', works: isTemporalCli },
  executable: 'temporal',
  fetchers: [
    sdkDownload('dev-server', 'temporal'),
    {
      by: 'go install (about 5 minutes on two cores)',
      available: () => onPath('go'),
      fetch: async (into, label) => {
        const env = userEnvironment();
        // Without a home Go has no place for its caches; they are kept, because a second build takes seconds with them.
        const places =
          env['HOME'] === undefined ? { GOPATH: join(into, '..', 'go'), GOCACHE: join(into, '..', 'go-build') } : {};
        await runCommand('go', ['install', `github.com/temporalio/cli/cmd/temporal@v${VERSION}`], {
          label,
          env: { ...env, ...places, GOBIN: into, GOFLAGS: '-modcacherw', CGO_ENABLED: '0' },
        });
      },
    },
  ],
  advice:
    'Install the Temporal CLI (https://docs.temporal.io/cli) or Go (https://go.dev/dl), or set TEMPORAL_CLI to a temporal ' +
    'binary, or TEMPORAL_ADDRESS to a running server.',
};

/** Path of the Temporal CLI, which contains the development server. */
export function provideTemporal(config: Pick<DevConfig, 'cacheDir' | 'tools'>): Promise<string> {
  return provide(tool, config);
}

/** Other programs of this name exist; only the CLI knows `server start-dev`. */
async function isTemporalCli(path: string): Promise<boolean> {
  return runCommand(path, ['server', 'start-dev', '--help'], { timeoutMs: 20_000 }).then(
    (help) => help.includes('--db-filename'),
    () => false,
  );
}
