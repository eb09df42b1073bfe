/**
 * Goal: manifest, report and restore activities tell what happened, in AWS's layout, and fail with reasons a person can
 * act on. Method: the activities in a mock context on the in-memory store.
 */
import type { RestoreWait } from '../../../contracts/engine/plan';
import { activityEnvironment } from '../../support/activity-environment';
import { type JobFixture, jobFixture, reportRows } from '../../support/job-fixture';

const run = <I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> =>
  activityEnvironment().run(activity as (input: unknown) => Promise<O>, input);

const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

function prepare({ activities, job, createdAt, request, plan }: JobFixture) {
  return run(activities.prepareManifest, { ...job, createdAt, request, plan });
}

async function runAll(fixture: JobFixture, batches: number): Promise<void> {
  for (let batch = 0; batch < batches; batch++) await run(fixture.activities.runBatch, { ...fixture.job, batch });
}

test('a job’s rows come back through the report, each once', async () => {
  const fixture = jobFixture({ rows: 95, batchRows: 10, manifest: undefined as never });
  expect(await prepare(fixture)).toEqual({ totalTasks: 95, batches: 10 });
  await runAll(fixture, 10);
  const { activities, job, store } = fixture;
  await run(activities.writeChunkReport, { ...job, range: { chunk: 0, firstBatch: 0, batches: 6 } });
  await run(activities.writeChunkReport, { ...job, range: { chunk: 1, firstBatch: 6, batches: 4 } });
  const { manifestKey } = await run(activities.writeReport, { ...job, chunks: 2 });
  expect(manifestKey).toBe(`out/job-${job.jobId}/manifest.json`);
  const rows = reportRows(store, 'reports', manifestKey ?? '');
  expect(new Set(rows).size).toBe(95);
  expect(rows).toHaveLength(95);
  expect(store.peek('reports', `${manifestKey}.md5`)).toBeDefined();
});

test('the report of a stopped chunk holds finished and open batches, and nothing of the others', async () => {
  const fixture = jobFixture({ rows: 30, batchRows: 10 });
  await prepare(fixture);
  const { activities, job, store } = fixture;
  await run(activities.runBatch, { ...job, batch: 0 });
  await run(activities.writeChunkReport, {
    ...job,
    range: { chunk: 0, firstBatch: 0, batches: 3 },
    open: [{ batch: 1 }],
  });
  const { manifestKey } = await run(activities.writeReport, { ...job, chunks: 1 });
  expect(reportRows(store, 'reports', manifestKey ?? '')).toHaveLength(10);
});

test('a chunk that ended without all its rows is a defect that is told', async () => {
  const fixture = jobFixture({ rows: 30, batchRows: 10 });
  await prepare(fixture);
  const range = { chunk: 0, firstBatch: 0, batches: 3 };
  const failure = await failureOf(run(fixture.activities.writeChunkReport, { ...fixture.job, range }));
  expect(failure).toMatchObject({ type: 'InternalError', message: expect.stringContaining('batch 0') as string });
});

test.each([
  ['a wrong ETag', { ETag: 'other' }, 'ManifestETagMismatch'],
  ['a missing object', { ObjectArn: 'arn:aws:s3:::manifests/none.csv' }, 'ManifestNotFound'],
  ['a missing bucket', { ObjectArn: 'arn:aws:s3:::nowhere/manifest.csv' }, 'ManifestNotFound'],
])('a manifest with %s fails the job', async (_, location, type) => {
  const failure = await failureOf(prepare(jobFixture({ rows: 1, location })));
  expect(failure).toMatchObject({ type, nonRetryable: true });
});

test('a manifest with a row too short fails the job and names the row', async () => {
  const failure = await failureOf(prepare(jobFixture({ rows: 1, manifest: 'source,a\nsource\n' })));
  expect(failure).toMatchObject({ type: 'InvalidManifestContent', nonRetryable: true });
  expect((failure as Error).message).toMatch(/2/);
});

test('a missing report bucket fails the job before it begins', async () => {
  const failure = await failureOf(prepare(jobFixture({ rows: 1, report: { Bucket: 'arn:aws:s3:::nowhere' } })));
  expect(failure).toMatchObject({ type: 'ReportNotWritable', nonRetryable: true });
});

test('a missing workspace is named', async () => {
  const failure = await failureOf(prepare(jobFixture({ rows: 1, workspaceBucket: 'no-workspace' })));
  expect(failure).toMatchObject({
    type: 'WorkspaceNotWritable',
    message: expect.stringContaining('no-workspace') as string,
  });
});

test('a store that is down is waited for', async () => {
  const fixture = jobFixture({ rows: 1 });
  fixture.store.faults.down();
  expect(await failureOf(prepare(fixture))).toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
});

describe('restores', () => {
  const wait: RestoreWait = { kind: 'restore', firstCheckMs: 0, intervalMs: 1_800_000, timeoutMs: 3_600_000 };
  const ranges = [{ chunk: 0, firstBatch: 0, batches: 2 }];
  const later = new Date(Date.now() + 3_600_000).toISOString();

  async function requested(): Promise<JobFixture> {
    const operation = {
      S3InitiateRestoreObject: { ExpirationInDays: 2, GlacierJobTier: 'BULK', WaitUntilRestored: true },
    };
    const fixture = jobFixture({ rows: 0, batchRows: 2, operation, manifest: 'source,a\nsource,b\nsource,c\n' });
    for (const key of ['a', 'b', 'c']) fixture.store.seed('source', key, key, { storageClass: 'GLACIER' });
    await prepare(fixture);
    await runAll(fixture, 2);
    return fixture;
  }

  test('while objects are awaited the look fails and names the next one', async () => {
    const { activities, job } = await requested();
    const failure = await failureOf(run(activities.checkRestores, { ...job, wait, ranges, deadline: later }));
    expect(failure).toMatchObject({ type: 'RestoresPending', message: '0 of 3 objects are readable, 3 are awaited' });
    expect(failure).toMatchObject({ nextRetryDelay: 1_800_000, category: 'BENIGN' });
  });

  test('readable objects succeed, and their rows are in the report', async () => {
    const { activities, job, store } = await requested();
    store.advance((72 * 3_600_000) / 2);
    const tally = await run(activities.checkRestores, { ...job, wait, ranges, deadline: later });
    expect(tally).toEqual({ succeeded: 3, failed: 0, pending: 0 });
    await run(activities.writeChunkReport, { ...job, range: { chunk: 0, firstBatch: 0, batches: 2 } });
    const { manifestKey } = await run(activities.writeReport, { ...job, chunks: 1 });
    expect(reportRows(store, 'reports', manifestKey ?? '')).toHaveLength(3);
  });

  test('after the deadline what is still not readable has failed', async () => {
    const { activities, job } = await requested();
    const deadline = new Date(Date.now() - 1).toISOString();
    const tally = await run(activities.checkRestores, { ...job, wait, ranges, deadline });
    expect(tally).toEqual({ succeeded: 0, failed: 3, pending: 0 });
  });
});
