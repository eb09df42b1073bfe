/**
 * Goal: no multipart upload outlives its job, however batch and job end, and a batch goes on with what it had. Method: batches
 * of large objects in a mock context on the in-memory store; stops, crashes and faults, then what is left in the store.
 */
import { ActivityCancellationDetails } from '@temporalio/common';
import { uploadNotes } from '../../../../activities/batch/upload-notes';
import type { BatchResult } from '../../../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../../../contracts/engine/checkpoint';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import { LIMITS } from '../../../../contracts/limits';
import { StoreError } from '../../../../storage/store-error';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';

const LARGE = 6 * 1024 ** 3;
const NOTE = { bucket: 'target', key: 'k', begunAt: '2026-01-01T00:00:00Z', sourceEtag: 'e', partBytes: 1 };

/** Two of three objects are large. */
async function prepared(): Promise<JobFixture> {
  const fixture = jobFixture({ rows: 3 });
  for (const key of ['object-0', 'object-2']) fixture.store.seed('source', key, key, { size: LARGE });
  const { job, createdAt, request, plan, activities } = fixture;
  await activityEnvironment().run(activities.prepareManifest, { ...job, createdAt, request, plan });
  return fixture;
}

function runBatch({ activities, job }: JobFixture, env = activityEnvironment()): Promise<BatchResult> {
  return env.run(activities.runBatch, { ...job, batch: 0 });
}

/** Runs the batch until all parts of both objects but ten are there, then stops it. */
async function stopped(fixture: JobFixture): Promise<BatchResult> {
  const copyPart = fixture.store.uploadPartCopy.bind(fixture.store);
  let parts = 0;
  const spy = jest.spyOn(fixture.store, 'uploadPartCopy').mockImplementation(async (input, options) => {
    if (Number(input.PartNumber) <= 59) return copyPart(input, options).finally(() => (parts += 1));
    return new Promise((_, reject) => {
      options?.signal?.addEventListener('abort', () => reject(options.signal?.reason as Error));
    });
  });
  const env = activityEnvironment();
  const running = runBatch(fixture, env);
  while (parts < 2 * 59) await new Promise((go) => setTimeout(go, 10));
  env.cancel('CANCELLED', new ActivityCancellationDetails({ cancelRequested: true }));
  const result = await running;
  spy.mockRestore();
  return result;
}

function giveUp({ activities, job }: JobFixture): Promise<void> {
  return activityEnvironment().run(activities.giveUpUploads, job);
}

function notes({ store, job }: JobFixture): string[] {
  return store.keys('workspace').filter((key) => key.startsWith(workspaceKeys.allUploads(job.workspace.prefix)));
}

function called({ store }: JobFixture, method: string): number {
  return store.calls.filter((call) => call.method === method).length;
}

test('a batch that has done all leaves neither uploads nor notes, and does not look for them', async () => {
  const fixture = await prepared();
  expect(await runBatch(fixture)).toMatchObject({ status: 'done', tally: { succeeded: 3 } });
  expect(fixture.store.peek('target', 'object-2')?.size).toBe(LARGE);
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
  expect(called(fixture, 'listObjects')).toBe(0);
});

test('a batch that was stopped goes on with its parts', async () => {
  const fixture = await prepared();
  const result = await stopped(fixture);
  expect(result).toMatchObject({ status: 'interrupted', checkpoint: { tally: { succeeded: 1 } } });
  expect(fixture.store.unfinishedUploads().sort()).toEqual(['object-0', 'object-2']);
  const before = called(fixture, 'uploadPartCopy');
  const { activities, job } = fixture;
  const checkpoint = result.status === 'interrupted' ? result.checkpoint : undefined;
  const again = { ...job, batch: 0, ...(checkpoint && { checkpoint }) };
  expect(await activityEnvironment().run(activities.runBatch, again)).toMatchObject({ status: 'done' });
  const size = fixture.store.peek('target', 'object-0')?.size;
  expect(size).toBe(LARGE);
  const partsOfOne = Math.ceil(LARGE / (96 * 1024 ** 2));
  expect(called(fixture, 'uploadPartCopy') - before).toBe(2 * (partsOfOne - 59));
  expect(called(fixture, 'createMultipartUpload')).toBe(2);
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

test('a job that ends after that gives them up', async () => {
  const fixture = await prepared();
  await stopped(fixture);
  expect(notes(fixture)).toHaveLength(2);
  await giveUp(fixture);
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

test('what can’t be given up keeps no other, and no job', async () => {
  const fixture = await prepared();
  await stopped(fixture);
  const refusal = new StoreError('AccessDenied', 403, 'no');
  fixture.store.faults.fail(refusal, { method: 'abortMultipartUpload', key: 'object-0' });
  await giveUp(fixture);
  expect(fixture.store.unfinishedUploads()).toEqual(['object-0']);
  expect(notes(fixture)).toHaveLength(1);
  fixture.store.faults.fail(refusal, { method: 'listObjects' });
  await giveUp(fixture);
  expect(fixture.store.unfinishedUploads()).toEqual(['object-0']);
});

test('a store out of reach is asked again later, and keeps no other upload', async () => {
  const fixture = await prepared();
  await stopped(fixture);
  fixture.store.faults.down({ method: 'abortMultipartUpload', key: 'object-0', times: 1 });
  await expect(giveUp(fixture)).rejects.toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
  expect(fixture.store.unfinishedUploads()).toEqual(['object-0']);
  expect(notes(fixture)).toHaveLength(1);
  await giveUp(fixture);
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

test('thousands of them', async () => {
  const fixture = await prepared();
  const { job, store } = fixture;
  const uploads = uploadNotes(store, job, 0);
  for (let row = 0; row < 2_500; row++) {
    const { uploadId } = await store.createMultipartUpload({ Bucket: 'target', Key: 'k' });
    await uploads.write(row, { ...NOTE, uploadId });
  }
  await giveUp(fixture);
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

test('a note that nobody can read keeps no other', async () => {
  const fixture = await prepared();
  await stopped(fixture);
  const [first = ''] = notes(fixture);
  await fixture.store.put({ bucket: 'workspace', key: first }, 'gibberish');
  await giveUp(fixture);
  expect(notes(fixture)).toEqual([first]);
  expect(fixture.store.unfinishedUploads()).toHaveLength(1);
});

describe('a batch that is done but for an upload at a store out of reach', () => {
  /** One of two large objects has no source any more, and its upload is left. */
  async function leftBehind(): Promise<JobFixture> {
    const fixture = await prepared();
    await stopped(fixture);
    await fixture.store.remove({ bucket: 'source', key: 'object-0' });
    fixture.store.faults.down({ method: 'abortMultipartUpload', key: 'object-0', times: 1 });
    return fixture;
  }

  test('is tried again, and does no task twice', async () => {
    const fixture = await leftBehind();
    const env = activityEnvironment({ attempt: 2 });
    const beats: BatchCheckpoint[] = [];
    env.on('heartbeat', (details) => details && beats.push(details as BatchCheckpoint));
    await expect(runBatch(fixture, env)).rejects.toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
    expect(beats.at(-1)).toMatchObject({ tally: { succeeded: 2, failed: 1 } });
    const before = fixture.store.calls.length;
    const again = activityEnvironment({ attempt: 3, heartbeatDetails: beats.at(-1) });
    expect(await runBatch(fixture, again)).toMatchObject({ status: 'done', tally: { succeeded: 2, failed: 1 } });
    const methods = fixture.store.calls.slice(before).map(({ method }) => method);
    expect(methods).not.toContain('copyObject');
    expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
  });

  test('is not kept open for ever', async () => {
    const fixture = await leftBehind();
    const env = activityEnvironment({ attempt: LIMITS.multipart.giveUpAttemptsMax });
    expect(await runBatch(fixture, env)).toMatchObject({ status: 'done', tally: { succeeded: 2, failed: 1 } });
    expect(notes(fixture)).toHaveLength(1);
  });
});

test('a source that is gone when its batch is taken up again leaves no upload', async () => {
  const fixture = await prepared();
  await stopped(fixture);
  await fixture.store.remove({ bucket: 'source', key: 'object-0' });
  fixture.store.seed('source', 'object-2', 'small now');
  const env = activityEnvironment({ attempt: 2 });
  expect(await runBatch(fixture, env)).toMatchObject({ status: 'done', tally: { succeeded: 2, failed: 1 } });
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

test('parts whose answers are lost for good leave no upload', async () => {
  const fixture = await prepared();
  fixture.store.faults.loseAnswer({ method: 'uploadPartCopy', times: Infinity });
  const result = await runBatch(fixture);
  expect(result).toMatchObject({ status: 'done', tally: { succeeded: 1, failed: 2 } });
  expect([fixture.store.unfinishedUploads(), notes(fixture)]).toEqual([[], []]);
});

describe('a workspace', () => {
  const row = 3;

  test('keeps notes by row', async () => {
    const { store, job } = jobFixture({ rows: 1 });
    const uploads = uploadNotes(store, job, 5);
    expect(await uploads.find(row)).toBeUndefined();
    await uploads.write(row, NOTE);
    await uploads.write(row, { ...NOTE, uploadId: 'u' });
    expect(await uploadNotes(store, job, 5).find(row)).toEqual({ ...NOTE, uploadId: 'u' });
    expect(await uploadNotes(store, job, 6).find(row)).toBeUndefined();
    expect(uploads.left).toBe(1);
    await uploads.forget(row);
    expect([uploads.left, await uploads.find(row)]).toEqual([0, undefined]);
  });

  test('that refuses a note fails the job, not a row; one out of reach is waited for', async () => {
    const { store, job } = jobFixture({ rows: 1 });
    const uploads = uploadNotes(store, job, 5);
    store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'put' });
    await expect(uploads.write(row, NOTE)).rejects.toMatchObject({ code: 'WorkspaceNotWritable' });
    store.faults.fail(new StoreError('InternalError', 500, 'no'), { method: 'put' });
    await expect(uploads.write(row, NOTE)).rejects.toMatchObject({ storeDown: true });
  });
});
