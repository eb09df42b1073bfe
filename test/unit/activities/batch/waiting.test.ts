/**
 * Goal: each object of a pipeline goes on once its own restore is done, however often it is looked, and every object has one row. Method:
 * the activities on the in-memory store, whose archives have a clock; what the job's workflow would do is done by hand.
 */
import type {
  Activities,
  BatchLimits,
  BatchResult,
  LookInput,
  LookResult,
  RunBatchInput,
  WrittenReport,
} from '../../../../contracts/engine/activities';
import { listBatch, listChunk } from '../../../../contracts/engine/naming';
import type { Tally } from '../../../../contracts/engine/outcome';
import type { ListedWait } from '../../../../contracts/engine/plan';
import type { JobOperation } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { batchLimits } from '../../../../workflows/batches/slots';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture, reportRows } from '../../../support/job-fixture';

const HOUR_MS = 3_600_000;
/** The date alone is not. */
const REAL = [
  'setImmediate',
  'clearImmediate',
  'nextTick',
  'queueMicrotask',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'performance',
  'hrtime',
] as const;
const RESTORE = { ExpirationInDays: 2, GlacierJobTier: 'STANDARD', WaitUntilRestored: true };
const BRING_HOME: JobOperation = {
  Pipeline: {
    Steps: [
      { S3InitiateRestoreObject: RESTORE },
      { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } },
      { S3PutObjectTagging: { TagSet: [{ Key: 'home', Value: 'yes' }] } },
    ],
  },
};

/** Two objects in each batch. */
const MANIFEST = 'source,deep\nsource,glacier-1\nsource,glacier-2\nsource,missing\n';

/** What the job's workflow does, by hand. */
class HandDrivenJob {
  lists = 0;
  readonly fixture: JobFixture;

  constructor(
    operation: JobOperation,
    manifest = MANIFEST,
    private readonly limits?: BatchLimits,
  ) {
    this.fixture = jobFixture({ rows: 0, manifest, operation, batchRows: 2 });
    const { store } = this.fixture;
    store.seed('source', 'deep', 'deep', { storageClass: 'DEEP_ARCHIVE' });
    store.seed('source', 'glacier-1', 'one', { storageClass: 'GLACIER' });
    store.seed('source', 'glacier-2', 'two', { storageClass: 'GLACIER' });
  }

  async begin(batches = 2): Promise<Tally[]> {
    const { activities, job, createdAt, request, plan } = this.fixture;
    await activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
    const tallies: Tally[] = [];
    for (let batch = 0; batch < batches; batch++) tallies.push(await this.run(batch));
    return tallies;
  }

  async run(batch: number): Promise<Tally> {
    const { activities, job } = this.fixture;
    const result = await activityEnvironment().run<[RunBatchInput], BatchResult, Activities['runBatch']>(
      activities.runBatch,
      { ...job, batch, ...(this.limits && { limits: this.limits }) },
    );
    if (result.status !== 'done') throw new Error('nobody has stopped the batch');
    return result.tally;
  }

  async look(more: Partial<LookInput> = {}): Promise<LookResult> {
    const { activities, job, plan } = this.fixture;
    const input: LookInput = {
      ...job,
      wait: plan.wait as ListedWait,
      spans: [
        { firstBatch: 0, batches: 2 },
        { firstBatch: listBatch(0), batches: this.lists },
      ],
      lists: this.lists,
      mode: 'poll',
      notBefore: new Date(0).toISOString(),
      idleLooks: 0,
      since: new Date().toISOString(),
      waiting: 3,
      total: 4,
      ...more,
    };
    const result = await activityEnvironment().run<[LookInput], LookResult, Activities['lookAtWaiting']>(
      activities.lookAtWaiting,
      input,
    );
    this.lists = result.lists;
    return result;
  }

  async report(stopped = false): Promise<string[]> {
    const { activities, job, store } = this.fixture;
    const open = stopped ? { open: [] } : {};
    const range = { chunk: 0, firstBatch: 0, batches: 2 };
    await activityEnvironment().run(activities.writeChunkReport, { ...job, range, ...open });
    const lists = { chunk: listChunk(0), firstBatch: listBatch(0), batches: this.lists };
    if (this.lists > 0) await activityEnvironment().run(activities.writeChunkReport, { ...job, range: lists, ...open });
    const report = { ...job, chunks: 1, listChunks: this.lists > 0 ? 1 : 0 };
    const written = await activityEnvironment().run(activities.writeReport, report);
    const { manifestKey } = written as WrittenReport;
    return reportRows(store, 'reports', manifestKey ?? '').sort();
  }

  tagsOfCopy(key: string): readonly { Key: string; Value: string }[] | undefined {
    return this.fixture.store.peek('target', key)?.tags;
  }
}

test('each object goes on when its own restore is done, and has one row', async () => {
  const job = new HandDrivenJob(BRING_HOME);
  const { store } = job.fixture;
  expect(await job.begin()).toEqual([
    { succeeded: 0, failed: 0, pending: 2 },
    { succeeded: 0, failed: 1, pending: 1 },
  ]);
  await expect(job.look()).rejects.toMatchObject({
    type: 'StillWaiting',
    message: expect.stringMatching(/^waiting for restore: 3 of 4 objects, next look \d\d:\d\d UTC$/),
    nextRetryDelay: 10 * 60_000,
    category: 'BENIGN',
  });
  store.advance(6 * HOUR_MS);
  expect(await job.look()).toMatchObject({ lists: 1, listed: 2 });
  expect(await job.run(listBatch(0))).toEqual({ succeeded: 2, failed: 0, pending: 0 });
  expect(job.tagsOfCopy('glacier-1')).toEqual([{ Key: 'home', Value: 'yes' }]);
  expect(job.tagsOfCopy('deep')).toBeUndefined();
  await expect(job.look()).rejects.toMatchObject({ type: 'StillWaiting' });
  store.advance(7 * HOUR_MS);
  expect(await job.look()).toMatchObject({ lists: 2, listed: 3 });
  expect(await job.run(listBatch(1))).toEqual({ succeeded: 1, failed: 0, pending: 0 });
  expect(job.tagsOfCopy('deep')).toEqual([{ Key: 'home', Value: 'yes' }]);
  const rows = await job.report();
  expect(rows.map((row) => row.split(',').slice(1, 4).join(' '))).toEqual([
    'deep  succeeded',
    'glacier-1  succeeded',
    'glacier-2  succeeded',
    'missing  failed',
  ]);
});

test('restores are asked for as a day’s bytes allow, each object goes on from there, and has one row', async () => {
  jest.useFakeTimers({ doNotFake: [...REAL], now: new Date('2026-12-01T00:00:00Z') });
  try {
    const Restores = { STANDARD: { BytesPerDay: 24 } };
    const limits = batchLimits({ Restores }, 1);
    const job = new HandDrivenJob(BRING_HOME, 'source,deep\nsource,glacier-1\nsource,online\nsource,missing\n', limits);
    const { store } = job.fixture;
    store.seed('source', 'online', 'x');
    const asked = () => store.calls.filter(({ method }) => method === 'restoreObject').length;
    const pass = (hours: number): void => {
      jest.setSystemTime(Date.now() + hours * HOUR_MS);
      store.advance(hours * HOUR_MS);
    };
    // What needs no restore does not wait for a turn, nor what can't be looked at.
    expect(await job.begin()).toEqual([
      { succeeded: 0, failed: 0, pending: 2 },
      { succeeded: 0, failed: 2, pending: 0 },
    ]);
    expect(asked()).toBe(1);
    const look = () => job.look({ restores: Restores, waiting: 2 });
    // A byte an hour: the first goes at once and takes four hours of it, the second waits for them.
    expect(await look()).toMatchObject({ lists: 1, listed: 1 });
    expect(await job.run(listBatch(0))).toEqual({ succeeded: 0, failed: 0, pending: 1 });
    expect(asked()).toBe(2);
    pass(3);
    await expect(look()).rejects.toMatchObject({ type: 'StillWaiting', nextRetryDelay: LIMITS.restore.turnsMs });
    pass(1);
    expect(await look()).toMatchObject({ lists: 2, listed: 2 });
    expect(await job.run(listBatch(1))).toEqual({ succeeded: 0, failed: 0, pending: 1 });
    expect(asked()).toBe(3);
    pass(13);
    expect(await look()).toMatchObject({ listed: 4 });
    await job.run(listBatch(2));
    expect((await job.report()).map((row) => row.split(',').slice(1, 4).join(' '))).toEqual([
      'deep  succeeded',
      'glacier-1  succeeded',
      'missing  failed',
      'online  failed',
    ]);
  } finally {
    jest.useRealTimers();
  }
});

test('a look whose end nobody has heard of makes no list twice', async () => {
  const job = new HandDrivenJob(BRING_HOME);
  await job.begin();
  job.fixture.store.advance(6 * HOUR_MS);
  await job.look();
  job.lists = 0;
  expect(await job.look()).toMatchObject({ lists: 1, listed: 2 });
  job.lists = 0;
  expect(await job.look({ mode: 'count' })).toMatchObject({ lists: 1, listed: 2 });
});

test('a copy that is gone before its step is asked for once more, and the row says so', async () => {
  const job = new HandDrivenJob(BRING_HOME);
  const { store } = job.fixture;
  await job.begin();
  store.advance(6 * HOUR_MS);
  await job.look();
  // Nobody has workers for the list until the copies have expired.
  store.advance(3 * 24 * HOUR_MS);
  expect(await job.run(listBatch(0))).toEqual({ succeeded: 0, failed: 0, pending: 2 });
  store.advance(13 * HOUR_MS);
  // The third has been lost without a list.
  expect(await job.look()).toMatchObject({ listed: 5 });
  const tallies = [await job.run(listBatch(1)), await job.run(listBatch(2))];
  expect(tallies.reduce((sum, { succeeded }) => sum + succeeded, 0)).toBe(2);
  store.advance(13 * HOUR_MS);
  expect(await job.look()).toMatchObject({ listed: 6 });
  await job.run(listBatch(job.lists - 1));
  const rows = await job.report();
  expect(rows).toHaveLength(4);
  expect(rows.filter((row) => row.includes('was asked for once more'))).toHaveLength(3);
});

test('a job that is stopped has a row for what waited, and for what was in a list', async () => {
  const job = new HandDrivenJob(BRING_HOME);
  await job.begin();
  job.fixture.store.advance(6 * HOUR_MS);
  await job.look();
  const rows = await job.report(true);
  expect(rows.map((row) => row.split(',').slice(1).join(','))).toEqual([
    expect.stringMatching(/^deep,,failed,202,RestoreNotAwaited,.*ended before the object became readable/),
    expect.stringMatching(/^glacier-1,,failed,202,RestoreNotAwaited,.*ended before its next step/),
    expect.stringMatching(/^glacier-2,,failed,202,RestoreNotAwaited,.*ended before its next step/),
    expect.stringMatching(/^missing,,failed,404,NoSuchKey/),
  ]);
});
