/**
 * The special cases that have a row of their own: delete markers, archived and locked objects, directory buckets, stores that
 * do not know the call. Over the whole registry, on the in-memory store; what an operation makes of each stands in its setup.
 */
import { StoreError } from '../../storage/store-error';
import { fakeClock, hurried } from './clock';
import { Bench, DIRECTORY_BUCKET, expected, OBJECT_OPERATIONS, SOURCE, VERSIONED } from './operation-bench';
import type { Row } from './setup';

const DONE: Row = { status: 'succeeded' };

fakeClock();

describe.each(OBJECT_OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  /** A key whose newest version is a delete marker; gives the marker's version. */
  async function hidden(bench: Bench, key: string): Promise<string> {
    bench.store.seed(VERSIONED, key, `body of ${key}`, bench.setup.seed);
    await bench.store.remove({ bucket: VERSIONED, key });
    return bench.store.versions(VERSIONED, key).at(-1)?.versionId ?? '';
  }

  test('the newest version is a delete marker', async () => {
    const bench = new Bench(operation);
    await hidden(bench, 'a');
    const otherwise = { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey' };
    const row = expected(bench.setup, bench.setup.rows?.deleteMarker, otherwise);
    expect(await hurried(bench.perform(bench.task('a', VERSIONED)))).toMatchObject(row);
  });

  test('the row names a delete marker', async () => {
    const bench = new Bench(operation);
    const versionId = await hidden(bench, 'a');
    const otherwise = { status: 'failed', httpStatus: 405, errorCode: 'MethodNotAllowed' };
    const row = expected(bench.setup, bench.setup.rows?.deleteMarkerVersion, otherwise);
    expect(await hurried(bench.perform(bench.task('a', VERSIONED, versionId)))).toMatchObject(row);
  });

  test('an archived object', async () => {
    const bench = new Bench(operation);
    const task = bench.seed('a', SOURCE, { storageClass: 'GLACIER' });
    const outcome = await hurried(bench.perform(task));
    expect(outcome).toMatchObject(bench.setup.rows?.archived ?? DONE);
    if (!bench.setup.readOnly) expect(bench.done(task)).toBe(outcome.status === 'succeeded');
  });

  test('a locked version', async () => {
    const bench = new Bench(operation);
    bench.createBucket(VERSIONED, { versioned: true, objectLock: true });
    const lock = {
      ObjectLockMode: 'COMPLIANCE',
      ObjectLockRetainUntilDate: new Date('2099-01-01T00:00:00Z'),
      ObjectLockLegalHoldStatus: 'ON',
    };
    const task = bench.seed('a', VERSIONED, { settings: { ...bench.setup.seed?.settings, ...lock } });
    const outcome = await hurried(bench.perform(task));
    expect(outcome).toMatchObject(bench.setup.rows?.locked ?? DONE);
    // The version stays as it was locked, whatever the row says.
    expect(bench.store.versions(VERSIONED, 'a').find(({ versionId }) => versionId === task.versionId)).toMatchObject({
      body: Buffer.from('body of a'),
      retention: { Mode: 'COMPLIANCE', RetainUntilDate: lock.ObjectLockRetainUntilDate },
    });
  });

  test('a store that does not know the call', async () => {
    const bench = new Bench(operation);
    const task = bench.seed('a');
    const unknown = new StoreError('NotImplemented', 501, 'A header you provided implies functionality we lack');
    bench.faults.fail(unknown, { method: bench.setup.method, times: Infinity });
    const otherwise = { status: 'failed', httpStatus: 501, errorCode: 'NotImplemented', message: unknown.message };
    expect(await hurried(bench.perform(task))).toMatchObject(bench.setup.rows?.unknownCall ?? otherwise);
  });

  test('a directory bucket', async () => {
    const bench = new Bench(operation);
    bench.createBucket(DIRECTORY_BUCKET);
    const task = bench.seed('a', DIRECTORY_BUCKET);
    const otherwise = { status: 'failed', httpStatus: 501, errorCode: 'NotImplemented' };
    const row = expected(bench.setup, bench.setup.rows?.directoryBucket, otherwise);
    expect(await hurried(bench.perform(task))).toMatchObject(row);
    if (row.status === 'failed') expect(bench.methods()).toEqual([]);
  });
});
