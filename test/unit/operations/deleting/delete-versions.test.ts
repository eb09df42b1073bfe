/**
 * Goal: what a row asks to be deleted is gone, nothing else is, and no version comes to light that was not visible before.
 * Method: single tasks on the in-memory store, which keeps versions, markers and locks as S3 does; faults at each step.
 */
import type {
  DeletedObject,
  DeleteObjectInput,
  ListObjectVersionsInput,
  ObjectVersion,
  ObjectVersionsPage,
} from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { DONE, row } from '../../../support/operation-runner';
import { all, kinds, methods, versioned } from './delete-object-tasks';

describe('all versions', () => {
  test('of this key, with its markers, and of no other', async () => {
    const store = versioned(['k', 'k/1', 'k0', 'kk', 'j']);
    store.seed('b', 'k', 'newer');
    store.seedDeleteMarker('b', 'k');
    store.seed('b', 'k', 'newest');
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
    expect(store.keys('b').sort()).toEqual(['j', 'k/1', 'k0', 'kk']);
  });

  test('the newest goes last, by itself', async () => {
    const store = versioned();
    for (const body of ['2', '3']) store.seed('b', 'k', body);
    await all(store).perform(row('k'));
    expect(store.calls.slice(1, -1).map(({ input }) => input)).toEqual([
      {
        Bucket: 'b',
        Delete: {
          Objects: [
            { Key: 'k', VersionId: 'v1' },
            { Key: 'k', VersionId: 'v2' },
          ],
          Quiet: false,
        },
      },
      { Bucket: 'b', Key: 'k', VersionId: 'v3' },
    ]);
  });

  test('a locked version: the row says which, and the key stays deleted', async () => {
    const store = versioned(['k'], { objectLock: true });
    const settings = { ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date('2099-01-01') };
    const { versionId } = store.seed('b', 'k', 'locked', { settings });
    store.seed('b', 'k', 'third');
    store.seedDeleteMarker('b', 'k');
    expect(await all(store).perform(row('k'))).toEqual({
      status: 'failed',
      httpStatus: 403,
      errorCode: 'AccessDenied',
      message: `Version ${versionId}: Access Denied because object protected by object lock.`,
    });
    expect(kinds(store)).toEqual(['object', 'marker']);
    expect(store.peek('b', 'k')).toBeUndefined();
  });

  test('more versions than a page and a request have', async () => {
    const store = versioned(['k', 'k1']);
    for (let count = 2; count <= 1_105; count += 1) store.seed('b', 'k', '');
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
    expect(kinds(store, 'k1')).toEqual(['object']);
    expect(methods(store).filter((method) => method !== 'listObjectVersions')).toEqual([
      'deleteObjects',
      'deleteObjects',
      'deleteObject',
      'headObject',
    ]);
  });

  test('where versioning is suspended, the null version goes, too', async () => {
    const store = versioned();
    store.suspendVersioning('b');
    store.seed('b', 'k', 'null');
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
  });

  test('of a bucket that never had versioning: the object', async () => {
    const store = new MemoryStore({ buckets: ['b'] });
    store.seed('b', 'k');
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
    expect(await all(store).perform(row('k'))).toEqual(DONE);
  });

  test('a row with a version contradicts it', async () => {
    const store = versioned();
    expect(await all(store).perform(row('k', 'v1'))).toEqual({
      status: 'failed',
      httpStatus: 400,
      errorCode: 'InvalidRequest',
      message: 'The row names a version, but AllVersions deletes all of them: leave the version out of the manifest',
    });
    expect(store.calls).toEqual([]);
  });

  test.each([501, 405, 400, 403, 500])(
    'a store that answers DeleteObjects with %d is asked one by one',
    async (status) => {
      const store = versioned();
      for (const body of ['2', '3']) store.seed('b', 'k', body);
      store.faults.fail(new StoreError('No', status, 'no'), { method: 'deleteObjects' });
      expect(await all(store).perform(row('k'))).toEqual(DONE);
      expect(kinds(store)).toEqual([]);
    },
  );

  test.each(['listObjectVersions', 'deleteObjects', 'deleteObject'])('a lost answer of %s', async (method) => {
    const store = versioned();
    for (const body of ['2', '3']) store.seed('b', 'k', body);
    store.faults.loseAnswer({ method });
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
  });

  test('an answer that leaves a version out is not believed', async () => {
    const store = versioned();
    for (const body of ['2', '3']) store.seed('b', 'k', body);
    jest.spyOn(store, 'deleteObjects').mockResolvedValue({ deleted: [], errors: [] });
    expect(await all(store).perform(row('k'))).toEqual(DONE);
    expect(kinds(store)).toEqual([]);
  });

  test('a null marker that the store only says it deletes, as SeaweedFS does', async () => {
    class Keeping extends MemoryStore {
      override deleteObject(input: DeleteObjectInput): Promise<DeletedObject> {
        return input.VersionId === 'null' ? Promise.resolve({ httpStatus: 204 }) : super.deleteObject(input);
      }
    }
    for (const stays of [true, false]) {
      const store = stays ? new Keeping() : new MemoryStore();
      store.createBucket('b', { versioned: true });
      store.seed('b', 'k');
      store.suspendVersioning('b');
      store.seedDeleteMarker('b', 'k');
      expect(await all(store).perform(row('k'))).toMatchObject(
        stays ? { status: 'failed', httpStatus: 501, errorCode: 'NotImplemented' } : DONE,
      );
      expect(kinds(store)).toEqual(stays ? ['marker'] : []);
    }
  });

  describe('a store that lists no versions', () => {
    class Listless extends MemoryStore {
      override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
        await super.listObjectVersions(input);
        return { versions: [] };
      }
    }

    test('of an object that it has: the row says so, and the object stays', async () => {
      const store = new Listless({ buckets: ['b'] });
      store.seed('b', 'k');
      expect(await all(store).isInDesiredState(row('k'))).toBe(false);
      expect(await all(store).perform(row('k'))).toEqual({
        status: 'failed',
        httpStatus: 501,
        errorCode: 'NotImplemented',
        message: 'The store lists no versions of the key, but has the object: leave AllVersions out to delete that',
      });
      expect(kinds(store)).toEqual(['object']);
    });

    test('of what it does not have either: a success', async () => {
      const store = new Listless({ buckets: ['b'] });
      expect(await all(store).perform(row('k'))).toEqual(DONE);
      expect(await all(store).isInDesiredState(row('k'))).toBe(true);
    });

    test('of what may not be looked at: no success', async () => {
      const store = new Listless({ buckets: ['b'] });
      store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'headObject' });
      expect(await all(store).perform(row('k'))).toMatchObject({ status: 'failed', httpStatus: 403 });
    });
  });

  describe('a listing that does not show all', () => {
    class Hiding extends MemoryStore {
      isShown: (version: ObjectVersion) => boolean = () => true;

      override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
        const { versions } = await super.listObjectVersions(input);
        return { versions: versions.filter(this.isShown) };
      }
    }

    function hiding(isShown: Hiding['isShown']): Hiding {
      const store = new Hiding();
      store.isShown = isShown;
      store.createBucket('b', { versioned: true });
      for (const body of ['1', '2', '3']) store.seed('b', 'k', body);
      store.seedDeleteMarker('b', 'k');
      return store;
    }

    test.each([
      ['no delete markers', ({ isDeleteMarker }: ObjectVersion): boolean => !isDeleteMarker],
      ['the newest version alone', ({ isLatest }: ObjectVersion): boolean => isLatest],
      ['nothing', (): boolean => false],
    ])('%s: the key itself shows what is left, and that goes', async (_what, isShown) => {
      const store = hiding(isShown);
      expect(await all(store).isInDesiredState(row('k'))).toBe(false);
      expect(await all(store).perform(row('k'))).toEqual(DONE);
      expect(kinds(store)).toEqual([]);
      expect(await all(store).isInDesiredState(row('k'))).toBe(true);
    });

    test('what stays although the store says that it is deleted is no success', async () => {
      const store = hiding(() => false);
      jest.spyOn(store, 'deleteObject').mockResolvedValue({ httpStatus: 204 });
      expect(await all(store).perform(row('k'))).toEqual({
        status: 'failed',
        httpStatus: 200,
        errorCode: 'InvalidAnswer',
        message:
          "The store lists no more versions of the key, but still has version v4: its listing can't be trusted for this key; other versions were deleted",
      });
    });

    test('what has no end is given up, and is no success', async () => {
      const store = hiding(() => false);
      jest.spyOn(store, 'deleteObject').mockImplementation(() => {
        store.seedDeleteMarker('b', 'k');
        return Promise.resolve({ httpStatus: 204 });
      });
      expect(await all(store).perform(row('k'))).toMatchObject({ status: 'failed', errorCode: 'InvalidAnswer' });
    });

    test('because others fill its pages: a larger page is asked for, and the versions below the key', async () => {
      class Filled extends MemoryStore {
        override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
          const page = await super.listObjectVersions(input);
          if (input.Prefix === 'k.versions') return super.listObjectVersions({ ...input, Prefix: 'k' });
          return { ...page, versions: page.versions.filter(({ key }) => key !== 'k') };
        }
      }
      const store = new Filled();
      store.createBucket('b', { versioned: true });
      for (let number = 0; number <= 1_100; number += 1) store.seed('b', `k${number}`);
      store.seed('b', 'k');
      store.seedDeleteMarker('b', 'k');
      expect(await all(store).perform(row('k'))).toEqual(DONE);
      expect(kinds(store)).toEqual([]);
      const asked = store.calls.filter(({ method }) => method === 'listObjectVersions').map(({ input }) => input);
      expect(asked).toMatchObject([
        { Prefix: 'k', MaxKeys: 100 },
        { Prefix: 'k', MaxKeys: 1_000 },
        { Prefix: 'k.versions', MaxKeys: 1_000 },
        { Prefix: 'k', MaxKeys: 1_000 },
      ]);
    });
  });

  test('a listing that goes round in circles is the row', async () => {
    class Circling extends MemoryStore {
      override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
        const { versions } = await super.listObjectVersions(input);
        return { versions, next: { KeyMarker: 'k', VersionIdMarker: 'v1' } };
      }
    }
    const store = new Circling();
    store.createBucket('b', { versioned: true });
    store.seed('b', 'k');
    expect(await all(store).perform(row('k'))).toMatchObject({ status: 'failed', errorCode: 'InvalidAnswer' });
    expect(kinds(store)).toEqual(['object']);
  });
});
