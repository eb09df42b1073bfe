import type { DevConfig } from '../../../config/dev';
import { runCommand } from '../../../dev/tools/progress.cjs';
import { peerEnvironment, type PeerJob } from './peer';
import { rcloneTool } from './rclone';
import { s5cmdTool } from './s5cmd';

/** Another tool that lists a bucket; gives the lines that it has printed. */
export interface Lister {
  readonly name: string;
  run(store: PeerJob['store'], bucket: string): Promise<number>;
}

/** `s5cmd ls` and `rclone lsf`; of rclone as it is by default, folder by folder, and with one recursive listing. */
export async function listers(
  dev: Pick<DevConfig, 'cacheDir'>,
): Promise<readonly (Lister | { readonly missing: string })[]> {
  const [s5cmd, rclone] = await Promise.all([s5cmdTool(dev), rcloneTool(dev)]);
  return [
    'missing' in s5cmd ? s5cmd : s5cmdLister(s5cmd.path),
    ...('missing' in rclone ? [rclone] : [rcloneLister(rclone.path, []), rcloneLister(rclone.path, ['--fast-list'])]),
  ];
}

function s5cmdLister(path: string): Lister {
  return {
    name: 's5cmd ls',
    run: async (store, bucket) => {
      const env = {
        ...peerEnvironment(),
        AWS_ACCESS_KEY_ID: store.accessKeyId,
        AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
        AWS_REGION: store.region,
      };
      return linesOf(await runCommand(path, ['--endpoint-url', store.endpoint, 'ls', `s3://${bucket}/*`], { env }));
    },
  };
}

function rcloneLister(path: string, more: readonly string[]): Lister {
  return {
    name: ['rclone lsf', ...more].join(' '),
    run: async (store, bucket) => {
      const env = {
        ...peerEnvironment(),
        RCLONE_CONFIG_BENCH_TYPE: 's3',
        RCLONE_CONFIG_BENCH_PROVIDER: 'Other',
        RCLONE_CONFIG_BENCH_ENDPOINT: store.endpoint,
        RCLONE_CONFIG_BENCH_REGION: store.region,
        RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: store.accessKeyId,
        RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: store.secretAccessKey,
      };
      const args = ['lsf', '--recursive', '--files-only', '--format', 'ps', '--checkers', '64', ...more];
      return linesOf(await runCommand(path, [...args, `bench:${bucket}`, '--config', '/dev/null'], { env }));
    },
  };
}

function linesOf(text: string): number {
  return text.split('\n').length - 1;
}
