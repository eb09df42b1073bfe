/**
 * Goal: a job that is interrupted while its workers are dead is interrupted, not failed, and loses no row; a worker that was
 * frozen does nothing to objects when it wakes up. Method: the processes of a real stack with a short heartbeat time-out;
 * SIGKILL, SIGSTOP and SIGCONT in mid-job; a proxy that sees every copy; report and target compared with what was told.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { ApiClient, type Job } from '../../../cli/api-client';
import { eventually } from '../../support/eventually';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { type SlowProxy, startSlowProxy } from '../../support/servers/slow-proxy';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const KEYS = Array.from({ length: 3_000 }, (_, index) => `herd/cow-${String(index).padStart(5, '0')}`);
const HEARTBEAT_TIMEOUT_SECONDS = 5;
/**
 * Few objects, and a job that lasts longer than Temporal waits for a workflow task of a worker that is dead (10 s): what a signal asks for
 * comes after that.
 */
const COPY_MS = 800;

let store: KillableStore;
let proxy: SlowProxy;
let stack: DroverStack;
let buckets: Buckets;
let api: ApiClient;

beforeAll(async () => {
  store = await startKillableStore();
  proxy = await startSlowProxy(store.url, COPY_MS);
  stack = await startDroverStack({
    workers: 2,
    env: {
      DROVER_S3_ENDPOINT: proxy.url,
      DROVER_HEARTBEAT_TIMEOUT_SECONDS: String(HEARTBEAT_TIMEOUT_SECONDS),
      // Some batches at a time, so that the job lasts for seconds.
      DROVER_BATCH_SLOTS: '2',
    },
  });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(store.url);
  await buckets.create('herd', 'reports');
  await buckets.putMany('herd', KEYS);
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
  await proxy?.close();
  await store?.close();
});

async function startCopying(
  target: string,
  keys: readonly string[] = KEYS,
  more: Record<string, unknown> = {},
): Promise<string> {
  await buckets.create(target);
  await buckets.put('herd', `${target}.csv`, plainManifest('herd', keys));
  const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } };
  const { jobId } = await api.createJob(
    jobRequest({ manifest: `herd/${target}.csv`, operation, report: 'reports', more }),
  );
  return jobId;
}

/** Some of it is done, and most of it is not. What is done by then. */
async function untilUnderWay(jobId: string): Promise<number> {
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ progress, status }) => progress.succeeded >= 200 || status === 'Failed' || status === 'Complete',
    90_000,
  );
  expect(job.status).toBe('Active');
  return done(job);
}

function signal(name: string, sent: NodeJS.Signals): number {
  const pid = stack.pidOf(name);
  if (pid === undefined) throw new Error(`${name} does not run`);
  process.kill(pid, sent);
  return pid;
}

function done({ progress }: Job): number {
  return progress.succeeded + progress.failed;
}

/** Looks at the job until it has the status; what it shows never falls, and it does not fail. */
async function watch(jobId: string, wanted: Job['status'], from = 0): Promise<Job> {
  let most = from;
  return eventually(
    async () => {
      const job = await api.describeJob(jobId);
      expect(job.status).not.toBe('Failed');
      expect(done(job)).toBeGreaterThanOrEqual(most);
      most = done(job);
      return job;
    },
    ({ status }) => status === wanted,
    120_000,
  );
}

async function rowsOf(jobId: string): Promise<string[]> {
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  return rows.map(({ key, taskStatus }) => `${key} ${taskStatus}`).sort();
}

async function expectAllOnce(jobId: string, keys: readonly string[] = KEYS): Promise<void> {
  expect(await rowsOf(jobId)).toEqual(keys.map((key) => `${key} succeeded`));
}

async function killBoth(): Promise<void> {
  for (const name of ['worker-1', 'worker-2']) signal(name, 'SIGKILL');
  await delay(1_000);
}

test('both workers are killed, and a second later a job is paused, one gets other limits, and one is cancelled', async () => {
  // Three jobs last as long as one does otherwise.
  proxy.delayMs = COPY_MS / 2;
  const jobIds = await Promise.all(['paused', 'limited', 'cancelled'].map((target) => startCopying(target)));
  const [paused, limited, cancelled] = jobIds as [string, string, string];
  const [paused0, limited0, cancelled0] = (await Promise.all(jobIds.map(untilUnderWay))) as [number, number, number];
  await killBoth();
  await Promise.all([
    api.change(paused, 'pause'),
    api.setLimits(limited, { TasksPerSecond: 2_000 }),
    api.change(cancelled, 'cancel'),
  ]);
  await Promise.all([isResumed(paused, paused0), isComplete(limited, limited0), isCancelled(cancelled, cancelled0)]);
  proxy.delayMs = COPY_MS;
}, 240_000);

async function isResumed(jobId: string, shown: number): Promise<void> {
  const paused = await watch(jobId, 'Paused', shown);
  await api.change(jobId, 'resume');
  await isComplete(jobId, done(paused));
}

async function isComplete(jobId: string, shown: number, keys?: readonly string[]): Promise<void> {
  await watch(jobId, 'Complete', shown);
  await expectAllOnce(jobId, keys);
}

/** With a row for everything that was counted. */
async function isCancelled(jobId: string, shown: number): Promise<void> {
  const cancelled = await watch(jobId, 'Cancelled', shown);
  const rows = await rowsOf(jobId);
  expect(rows).toHaveLength(done(cancelled));
  expect(new Set(rows).size).toBe(rows.length);
  const copied = new Set((await buckets.list('cancelled')).map(({ key }) => `${key} succeeded`));
  expect(rows.filter((row) => !copied.has(row))).toEqual([]);
}

test('both workers are killed, and a second later comes a job of higher priority: it goes first, the other goes on', async () => {
  const jobId = await startCopying('lower');
  const shown = await untilUnderWay(jobId);
  await killBoth();
  const urgent = await startCopying('urgent', KEYS.slice(0, KEYS.length / 3), { Priority: 1_000 });
  await isComplete(urgent, 0, KEYS.slice(0, KEYS.length / 3));
  await isComplete(jobId, shown);
}, 240_000);

test('a worker that was frozen while another ended its job sends nothing when it wakes up', async () => {
  const jobId = await startCopying('frozen');
  await untilUnderWay(jobId);
  const pid = signal('worker-1', 'SIGSTOP');
  try {
    await watch(jobId, 'Complete');
    await expectAllOnce(jobId);
    await eventually(
      () => Promise.resolve(proxy.inFlight()),
      (open) => open === 0,
    );
  } finally {
    process.kill(pid, 'SIGCONT');
  }
  const before = proxy.copies.length;
  await delay(HEARTBEAT_TIMEOUT_SECONDS * 1_000);
  expect(proxy.copies.slice(before).map(({ path }) => path)).toEqual([]);
  const next = await startCopying('after-frozen', KEYS.slice(0, 100));
  await watch(next, 'Complete');
}, 240_000);
