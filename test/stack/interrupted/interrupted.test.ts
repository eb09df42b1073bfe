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
      DROVER_BATCH_SLOTS: '1',
    },
  });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(store.url);
  await buckets.create('herd', 'reports');
  await buckets.putMany('herd', KEYS);
  await buckets.put('herd', 'all.csv', plainManifest('herd', KEYS));
}, 180_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
  await proxy?.close();
  await store?.close();
});

async function startCopying(target: string, more: Record<string, unknown> = {}): Promise<string> {
  await buckets.create(target);
  const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${target}` } };
  const { jobId } = await api.createJob(jobRequest({ manifest: 'herd/all.csv', operation, report: 'reports', more }));
  return jobId;
}

async function untilAFifth(jobId: string): Promise<void> {
  const job = await eventually(
    () => api.describeJob(jobId),
    ({ progress, status }) => progress.succeeded >= KEYS.length / 5 || status === 'Failed' || status === 'Complete',
    90_000,
  );
  expect(job.status).toBe('Active');
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

async function expectAllOnce(jobId: string): Promise<void> {
  expect(await rowsOf(jobId)).toEqual(KEYS.map((key) => `${key} succeeded`));
}

async function killBoth(jobId: string): Promise<number> {
  await untilAFifth(jobId);
  const shown = done(await api.describeJob(jobId));
  for (const name of ['worker-1', 'worker-2']) signal(name, 'SIGKILL');
  await delay(1_000);
  return shown;
}

describe('both workers are killed, and a second later the job', () => {
  test('is paused: Paused, and complete when it is resumed', async () => {
    const jobId = await startCopying('paused');
    const shown = await killBoth(jobId);
    await api.change(jobId, 'pause');
    const paused = await watch(jobId, 'Paused', shown);
    await api.change(jobId, 'resume');
    await watch(jobId, 'Complete', done(paused));
    await expectAllOnce(jobId);
  }, 240_000);

  test('gets other limits: it goes on under them', async () => {
    const jobId = await startCopying('limited');
    const shown = await killBoth(jobId);
    await api.setLimits(jobId, { TasksPerSecond: 2_000 });
    await watch(jobId, 'Complete', shown);
    await expectAllOnce(jobId);
  }, 240_000);

  test('meets one of higher priority: it gives way, and goes on', async () => {
    const jobId = await startCopying('lower');
    const shown = await killBoth(jobId);
    const urgent = await startCopying('urgent', { Priority: 1_000 });
    await watch(urgent, 'Complete');
    await watch(jobId, 'Complete', shown);
    await Promise.all([expectAllOnce(jobId), expectAllOnce(urgent)]);
  }, 240_000);

  test('is cancelled: Cancelled, with a row for everything that was counted', async () => {
    const jobId = await startCopying('cancelled');
    const shown = await killBoth(jobId);
    await api.change(jobId, 'cancel');
    const cancelled = await watch(jobId, 'Cancelled', shown);
    const rows = await rowsOf(jobId);
    expect(rows).toHaveLength(done(cancelled));
    expect(new Set(rows).size).toBe(rows.length);
    const copied = new Set((await buckets.list('cancelled')).map(({ key }) => `${key} succeeded`));
    expect(rows.filter((row) => !copied.has(row))).toEqual([]);
  }, 240_000);
});

test('a worker that was frozen while another ended its job sends nothing when it wakes up', async () => {
  const jobId = await startCopying('frozen');
  await untilAFifth(jobId);
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
  const next = await startCopying('after-frozen');
  await watch(next, 'Complete');
}, 240_000);
