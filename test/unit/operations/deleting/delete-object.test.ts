/**
 * Goal: what a row asks to be deleted is gone, nothing else is, and no version comes to light that was not visible before.
 * Method: single tasks on the in-memory store, which keeps versions, markers and locks as S3 does; faults at each step.
 */
import { parseOperation } from '../../../../operations';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../../support/operation-runner';
import { all, kinds, LOST, methods, one, versioned } from './delete-object-tasks';

describe('the current version', () => {
  test('of a bucket with versioning: behind a marker', async () => {
    const store = versioned();
    expect(await one(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual(['object', 'marker']);
  });

  test('a version in the row goes for good, be it a marker', async () => {
    const store = versioned();
    const marker = store.seedDeleteMarker('b', 'k');
    expect(await one(store).perform(row('k', marker))).toEqual(DONE);
    expect(kinds(store)).toEqual(['object']);
    expect(await one(store).perform(row('k', store.versions('b', 'k')[0]?.versionId))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
  });

  test.each(['NoSuchKey', 'NoSuchVersion'])('a store that says %s says that it is gone', async (code) => {
    const store = versioned();
    store.faults.fail(new StoreError(code, 404, 'not there'), { method: 'deleteObject' });
    expect(await one(store).perform(row('k', 'v9'))).toEqual(DONE);
  });

  test('governance is bypassed only when it is asked for', async () => {
    const store = new MemoryStore();
    store.createBucket('b', { objectLock: true });
    const settings = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2099-01-01') };
    const { versionId } = store.seed('b', 'k', 'x', { settings });
    const refused = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' };
    expect(await one(store).perform(row('k', versionId))).toMatchObject(refused);
    const bypassing = new OperationRunner(store, 'S3DeleteObject', { BypassGovernanceRetention: true });
    expect(await bypassing.perform(row('k', versionId))).toEqual(DONE);
    expect(store.calls.map(({ input }) => input)).toEqual([
      { Bucket: 'b', Key: 'k', VersionId: versionId },
      { Bucket: 'b', Key: 'k', VersionId: versionId, BypassGovernanceRetention: true },
    ]);
  });

  test('a server’s error may come after the effect: the object tells', async () => {
    const error = new StoreError('InternalError', 500, 'try again', { isUnclear: true });
    const store = versioned(['gone', 'there']);
    const remove = store.deleteObject.bind(store);
    store.deleteObject = async (input, options) => {
      if (input.Key === 'gone') await remove(input, options);
      throw error;
    };
    expect(await one(store).perform(row('gone'))).toEqual(DONE);
    expect(kinds(store, 'gone')).toEqual(['object', 'marker']);
    expect(await one(store).perform(row('there'))).toMatchObject({
      status: 'failed',
      httpStatus: 500,
      message: 'try again (the request may have taken effect)',
    });
  });

  test('a lost answer leaves one marker, not two', async () => {
    const store = versioned();
    store.faults.loseAnswer({ method: 'deleteObject' });
    expect(await one(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual(['object', 'marker']);
    expect(methods(store)).toEqual(['deleteObject', 'headObject']);
  });

  test('a lost request is repeated, each time after a look', async () => {
    const store = versioned();
    store.faults.fail(LOST, { method: 'deleteObject', times: 2 });
    expect(await one(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual(['object', 'marker']);
    const again = ['headObject', 'deleteObject'];
    expect(methods(store)).toEqual(['deleteObject', ...again, ...again]);
  });

  test('the answer to a repeat is lost: still one marker', async () => {
    const store = versioned();
    store.faults.fail(LOST, { method: 'deleteObject' });
    store.faults.loseAnswer({ method: 'deleteObject' });
    expect(await one(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual(['object', 'marker']);
  });

  test.each([
    ['an object', undefined, 5],
    ['a version, which the client repeats by itself', 'v1', 2],
  ])('for good, while the store serves: a row that says so, of %s', async (_what, versionId, requests) => {
    const store = versioned();
    store.faults.fail(LOST, { method: 'deleteObject', times: Infinity });
    const unknown = { status: 'failed', httpStatus: 0, errorCode: 'RequestTimeout' };
    expect(await one(store).perform(row('k', versionId))).toMatchObject(unknown);
    expect(methods(store).filter((method) => method === 'deleteObject')).toHaveLength(requests);
  });

  test('a lost answer about a bucket that is not there', async () => {
    const store = versioned();
    store.faults.loseAnswer({ method: 'deleteObject' });
    expect(await one(store).perform(row('k', undefined, 'none'))).toMatchObject({ errorCode: 'NoSuchBucket' });
  });
});

describe('the desired state', () => {
  test('not there, behind a marker, or the version not there', async () => {
    const store = versioned(['k', 'l']);
    const { versionId } = store.seed('b', 'k');
    store.seedDeleteMarker('b', 'k');
    expect(await one(store).isInDesiredState(row('none'))).toBe(true);
    expect(await one(store).isInDesiredState(row('k'))).toBe(true);
    expect(await one(store).isInDesiredState(row('l'))).toBe(false);
    expect(await one(store).isInDesiredState(row('k', versionId))).toBe(false);
    expect(await one(store).isInDesiredState(row('k', 'v99'))).toBe(true);
    await expect(one(store).isInDesiredState(row('k', 'v4'))).rejects.toMatchObject({ code: 'MethodNotAllowed' });
  });

  test('an object of a bucket that is not there is not taken for gone', async () => {
    const store = versioned();
    expect(await one(store).isInDesiredState(row('k', undefined, 'none'))).toBe(false);
    store.faults.fail(new StoreError('NotFound', 404, 'HEAD has no words'), { method: 'headObject', times: 2 });
    expect(await one(store).isInDesiredState(row('x', undefined, 'none'))).toBe(false);
    expect(await one(store).isInDesiredState(row('x'))).toBe(true);
  });

  test('of all versions: there are none', async () => {
    const store = versioned(['k', 'kk']);
    store.seedDeleteMarker('b', 'k');
    expect(await all(store).isInDesiredState(row('k'))).toBe(false);
    expect(await all(store).isInDesiredState(row(''))).toBe(true);
    await all(store).perform(row('k'));
    expect(await all(store).isInDesiredState(row('k'))).toBe(true);
    expect(await all(store).isInDesiredState(row('k', 'v1'))).toBe(false);
  });
});

test('plans: few large requests, or many small ones', () => {
  const plan = (given: object): unknown => parseOperation({ S3DeleteObject: given }).plan;
  expect(plan({})).toMatchObject({ batchRows: 5_000, chunksInFlight: 4, batchesInFlight: 2 });
  expect(plan({ AllVersions: true })).toMatchObject({ batchRows: 1_000, chunksInFlight: 8, batchesInFlight: 4 });
});
