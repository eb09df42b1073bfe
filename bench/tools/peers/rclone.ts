import type { DevConfig } from '../../../config/dev';
import { goInstall } from '../../../dev/tools/go';
import { runCommand } from '../../../dev/tools/progress.cjs';
import { unpackDebianPackage } from './debian';
import { type FetchedTool, type Provided, provideTool } from './fetched-tool';
import { type Peer, peerEnvironment } from './peer';

const VERSION = 'v1.75.1';

const CURRENT: FetchedTool = {
  name: 'rclone',
  version: VERSION,
  executable: 'rclone',
  fetch: (into, label) =>
    goInstall(
      {
        path: `github.com/rclone/rclone@${VERSION}`,
        linkerVersion: { variable: 'github.com/rclone/rclone/fs.Version', value: VERSION },
      },
      into,
      label,
    ),
};

/** What Debian has, 1.60 of 2022, and what is current. */
const TOOLS: readonly FetchedTool[] = [
  {
    name: 'rclone',
    version: 'debian',
    executable: 'usr/bin/rclone',
    fetch: (into, label) => unpackDebianPackage('rclone', into, label),
  },
  CURRENT,
];

export function rcloneTool(dev: Pick<DevConfig, 'cacheDir'>): Promise<Provided> {
  return provideTool(CURRENT, dev);
}

export function rclonePeers(
  dev: Pick<DevConfig, 'cacheDir'>,
): Promise<readonly (Peer | { readonly missing: string })[]> {
  return Promise.all(TOOLS.map((tool) => rclonePeer(tool, dev)));
}

/** `rclone copy` within one remote, which copies on the server's side. Everything but the concurrency is at its defaults. */
async function rclonePeer(
  tool: FetchedTool,
  dev: Pick<DevConfig, 'cacheDir'>,
): Promise<Peer | { readonly missing: string }> {
  const provided = await provideTool(tool, dev);
  if ('missing' in provided) return provided;
  const { path } = provided;
  const version = (await runCommand(path, ['version'], { env: peerEnvironment() })).split('\n')[0] ?? 'rclone';
  return {
    tool: 'rclone',
    // "rclone v1.60.1-DEV"
    name: `${(version.split('-')[0] ?? version).replace(' v', ' ')} copy`,
    version,
    prepare: () => Promise.resolve(),
    run: async (job) => {
      const { endpoint, region, accessKeyId, secretAccessKey } = job.store;
      const concurrency = ['--transfers', String(job.concurrency), '--checkers', String(job.concurrency)];
      const remotes = [`bench:${job.source}`, `bench:${job.target}/${job.targetPrefix}`];
      await runCommand(path, ['copy', ...remotes, ...concurrency, '--config', '/dev/null', '--log-level', 'ERROR'], {
        env: {
          ...peerEnvironment(),
          RCLONE_CONFIG_BENCH_TYPE: 's3',
          RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
          RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
          RCLONE_CONFIG_BENCH_REGION: region,
          RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: accessKeyId,
          RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: secretAccessKey,
        },
      });
    },
  };
}
