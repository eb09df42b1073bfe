/**
 * Goal: the line of a watch fits every terminal, with what one must act on first, and Ctrl-C leaves the job to itself. Method:
 * lines of made-up jobs; the commands in process against the real API app on a fake Temporal.
 */
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Job } from '../../../cli/api-client';
import { run } from '../../../cli/run';
import { plainLine, terminalLine } from '../../../cli/text/progress-line';
import { snapshotOf, tally } from '../api/fake-gateway';
import { testApp } from '../api/test-app';
import { runCli, serveForCli } from './run-cli';

const context = serveForCli(() => testApp());

const JOB: Job = {
  jobId: '686c088e-0000-4000-8000-000000000000',
  operation: 'S3PutObjectCopy',
  status: 'Active',
  priority: 10,
  limits: { Concurrency: 3 },
  createdAt: '2026-11-30T00:00:00Z',
  failureReasons: [],
  waitingFor: 'default (http://store): no answer for 40 s',
  progress: { totalTasks: 1_000, succeeded: 450, failed: 7, skipped: 20, pending: 0, activeSeconds: 5 },
  request: {},
};
const PACE = { tasksPerSecond: 12.3, secondsLeft: 44 };

describe('the line of a watch', () => {
  test.each([20, 40, 60, 80, 100, 200])('fits %i columns, failures first', (columns) => {
    const line = terminalLine(JOB, PACE, columns);
    expect(line.length).toBeLessThanOrEqual(columns);
    expect(line).toMatch(/^Active( \[[#.]+\])? \| 7 failed/);
    if (columns >= 80) expect(line).toMatch(/\| 7 failed \| waiting for default .* \| 45% \| 457\/1,000/);
    if (columns >= 200) expect(line).toMatch(/\| 12 tasks\/s \| ETA 44s \| 20 skipped \| limits: 3 tasks at a time$/);
  });

  test('has a bar where there is room', () => {
    const { waitingFor: _none, ...job } = JOB;
    expect(terminalLine({ ...job, limits: {} }, PACE, 120)).toMatch(/^Active \[#{13}\.{17}\] \| 7 failed \| 45%/);
  });

  test('says everything where there is no terminal', () => {
    expect(plainLine(JOB, PACE)).toBe(
      'Active 45%, 457 of 1,000 tasks, 12 tasks/s, ETA 44s, 7 failed, 20 skipped, limits: 3 tasks at a time, waiting for default (http://store): no answer for 40 s',
    );
  });
});

test('on Ctrl-C watch says that the job goes on, and exits with 130', async () => {
  const created = await runCli(
    ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://m/k', '--etag', 'e'],
    { env: context.env },
  );
  const jobId = created.stdout.trim();
  context.gateway.set(jobId, snapshotOf('Active', { totalTasks: 10, tally: tally(1) }));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  // Some terminals say that they have none: then it is 80.
  Object.assign(stderr, { isTTY: true, columns: 0 });
  const said = Promise.all([text(stdout), text(stderr)]);
  let interrupt = (): void => undefined;
  const code = await run(['watch', jobId], {
    terminal: { stdout, stderr },
    stdin: Readable.from([]),
    env: context.env,
    sleep: () => {
      interrupt();
      return new Promise<void>(() => undefined);
    },
    onInterrupt: (handler) => {
      interrupt = handler;
      return () => undefined;
    },
  });
  stdout.end();
  stderr.end();
  const [out, err] = await said;
  expect([code, out]).toEqual([130, '']);
  expect(err).toContain('Active');
  expect(err).toContain(`The job goes on: drover watch ${jobId} follows it again, drover cancel ${jobId} stops it`);
});
