/** Goal: `top` shows the jobs under way with their rate, until Ctrl-C. Method: in process against the real API app on a fake Temporal. */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../../cli/run';
import { snapshotOf, tally } from '../api/fake-gateway';
import { testApp } from '../api/test-app';
import { runCli, serveForCli } from './run-cli';

const context = serveForCli(() => testApp());

async function created(...options: string[]): Promise<string> {
  const argv = ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://m/k', '--etag', 'e', ...options];
  return (await runCli(argv, { env: context.env })).stdout.trim();
}

test('once, where there is no terminal', async () => {
  const [active, ended] = [await created(), await created()];
  context.gateway.set(active, snapshotOf('Active', { totalTasks: 10, tally: tally(4, 1) }));
  context.gateway.end(ended, snapshotOf('Complete', { totalTasks: 1, tally: tally(1) }));
  const { code, stdout } = await runCli(['top'], { env: context.env });
  expect(code).toBe(0);
  expect(stdout).toMatch(new RegExp(`^JOB ID .*\n${active} +Active +1 +50% +- +S3DeleteObjectTagging\n$`));
});

test('those that are asked for, by status, operation, tag and text', async () => {
  const [mine, other, ended] = [await created('--tag', 'team=a'), await created(), await created('--tag', 'team=a')];
  context.gateway.end(ended, snapshotOf('Complete', { totalTasks: 1, tally: tally(1) }));
  const ids = async (...options: string[]): Promise<string[]> => {
    const { stdout } = await runCli(['top', '--json', ...options], { env: context.env });
    return (JSON.parse(stdout) as { jobs: { jobId: string }[] }).jobs.map(({ jobId }) => jobId).sort();
  };
  expect(await ids()).toEqual([mine, other].sort());
  expect(await ids('--tag', 'team=a')).toEqual([mine]);
  expect(await ids('--search', other)).toEqual([other]);
  expect(await ids('--operation', 's3deleteobject')).toEqual([]);
  expect(await ids('--status', 'complete')).toEqual([ended]);
  const refused = await runCli(['top', '--since', 'yesterday'], { env: context.env });
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('--since must be an age') });
});

test('again and again on a terminal, until Ctrl-C', async () => {
  context.gateway.set(await created(), snapshotOf('Active', { totalTasks: 10, tally: tally(4) }));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  Object.assign(stdout, { isTTY: true, columns: 100 });
  const said = text(stdout);
  let interrupt = (): void => undefined;
  let looks = 0;
  const code = await run(['top'], {
    terminal: { stdout, stderr },
    stdin: Readable.from([]),
    env: context.env,
    sleep: () => {
      looks += 1;
      if (looks < 3) return Promise.resolve();
      interrupt();
      return new Promise<void>(() => undefined);
    },
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => undefined;
    },
  });
  stdout.end();
  expect(code).toBe(130);
  expect((await said).match(/Active +0 +40% +0 +S3DeleteObjectTagging/g)).toHaveLength(2);
});
