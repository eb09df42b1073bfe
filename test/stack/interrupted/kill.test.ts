/**
 * Goal: whatever dies in the middle of a job, every task gets exactly one report row, and the objects are as the report says.
 * Method: the processes of a real stack on real data; workers and Temporal are killed with SIGKILL, the store goes away for a
 * while; then report and target are compared with the manifest, row by row.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, type Job } from '../../../cli/api-client';
import { eventually } from '../../support/eventually';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const KEYS = Array.from({ length: 4_000 }, (_, index) => `herd/${index % 50}/cow-${String(index).padStart(5, '0')}`);
const FEWER_KEYS = KEYS.slice(0, 3_000);
/** A job lasts for seconds on any machine, at the cost of few objects. */
const TASKS_PER_SECOND = 500;
const STORE_DOWN_MS = 10_000;

let store: KillableStore;
let stack: DroverStack;
let buckets: Buckets;
let api: ApiClient;

beforeAll(async () => {
  store = await startKillableStore();
  stack = await startDroverStack({ workers: 2, env: { DROVER_S3_ENDPOINT: store.url } });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(store.url);
  await buckets.create('herd', 'reports');
  await buckets.putMany('herd', KEYS);
  await buckets.put('herd', 'all.csv', plainManifest('herd', KEYS));
  await buckets.put('herd', 'fewer.csv', plainManifest('herd', FEWER_KEYS));
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
  await store?.close();
});

async function startCopying(manifest: 'all.csv' | 'fewer.csv', target: string): Promise<string> {
  await buckets.create(target);
  const { jobId } = await api.createJob(
    jobRequest({
      manifest: `herd/${manifest}`,
      operation: { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } },
      report: 'reports',
      more: { Limits: { TasksPerSecond: TASKS_PER_SECOND } },
    }),
  );
  return jobId;
}

/** The job once so many tasks are done, and while it still runs. */
async function untilDone(jobId: string, tasks: number): Promise<Job> {
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ progress, status }) => progress.succeeded >= tasks || status === 'Complete' || status === 'Failed',
    90_000,
  );
  expect(job.status).toBe('Active');
  return job;
}

function kill(name: string): void {
  const pid = stack.pidOf(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, 'SIGKILL');
}

async function expectOneRowEach(jobId: string, keys: readonly string[], target: string): Promise<void> {
  const job = await reaches(api, jobId, 'Complete', 150_000);
  expect(job).toMatchObject({
    progress: { totalTasks: keys.length, succeeded: keys.length, failed: 0, pending: 0 },
    failureReasons: [],
  });
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  // Compared as text: a difference among thousands is then shown in lines.
  expect(rows.map(({ key, taskStatus, httpStatus }) => `${key} ${taskStatus} ${httpStatus}`).sort()).toEqual(
    keys.map((key) => `${key} succeeded 200`).sort(),
  );
  const wanted = new Set(keys);
  const originals = (await buckets.list('herd', 'herd/')).filter(({ key }) => wanted.has(key));
  const copies = await buckets.list(target);
  expect(copies.map(({ key, etag }) => `${key} ${etag}`)).toEqual(originals.map(({ key, etag }) => `${key} ${etag}`));
}

test('three workers killed in the middle of 4,000 tasks', async () => {
  const jobId = await startCopying('all.csv', 'after-workers');
  for (const [name, tasks] of [
    ['worker-1', 500],
    ['worker-2', 1_200],
    ['worker-1', 2_000],
  ] as const) {
    await untilDone(jobId, tasks);
    kill(name);
  }
  await expectOneRowEach(jobId, KEYS, 'after-workers');
  expect(stack.output().match(/^worker-1 ended \(SIGKILL\); starting it again/gm)).toHaveLength(2);
}, 240_000);

test('the Temporal server killed, and started again on its file', async () => {
  const jobId = await startCopying('fewer.csv', 'after-temporal');
  await untilDone(jobId, 500);
  kill('temporal');
  await eventually(
    () => Promise.resolve(stack.output()),
    (said) => said.includes('temporal is ready again'),
    60_000,
  );
  expect(stack.output()).toContain('temporal ended (SIGKILL); starting it again');
  await eventually(
    () => fetch(`${stack.apiUrl}/healthz`).then(({ status }) => status),
    (status) => status === 200,
    60_000,
  );
  await expectOneRowEach(jobId, FEWER_KEYS, 'after-temporal');
}, 240_000);

test('the store away for ten seconds: the job says what it waits for, and fails nothing', async () => {
  const jobId = await startCopying('fewer.csv', 'after-store');
  await untilDone(jobId, 500);
  await store.stop();
  const gone = Date.now();
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ waitingFor }) => waitingFor !== undefined,
    STORE_DOWN_MS,
  );
  expect(job.status).toBe('Active');
  expect(job.waitingFor).toContain(store.url);
  await delay(Math.max(0, STORE_DOWN_MS - (Date.now() - gone)));
  await store.start();
  await expectOneRowEach(jobId, FEWER_KEYS, 'after-store');
}, 240_000);
