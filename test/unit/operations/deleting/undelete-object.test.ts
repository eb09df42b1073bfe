/**
 * Goal: the newest version comes to light again, whatever lies on top of it; nothing else is removed. Method: histories of one
 * key in the in-memory store, o for a version and M for a delete marker, oldest first.
 */
import type { ListObjectVersionsInput, ObjectVersion, ObjectVersionsPage } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../../support/operation-runner';

function world(history: string): { store: MemoryStore; undelete: OperationRunner } {
  const store = new MemoryStore();
  store.createBucket('b', { versioned: true });
  store.seed('b', 'k0');
  store.seedDeleteMarker('b', 'k0');
  for (const kind of history) {
    if (kind === 'M') store.seedDeleteMarker('b', 'k');
    else store.seed('b', 'k', `version ${store.versions('b', 'k').length}`);
  }
  return { store, undelete: new OperationRunner(store, 'S3UndeleteObject', {}) };
}

function history(store: MemoryStore, key = 'k'): string {
  return store
    .versions('b', key)
    .map(({ deleteMarker }) => (deleteMarker ? 'M' : 'o'))
    .join('');
}

function methods(store: MemoryStore): string[] {
  return store.calls.map(({ method }) => method);
}

const ROUND = ['listObjectVersions', 'headObject', 'deleteObject', 'headObject'];

test.each([
  ['oM', 'o', ROUND],
  ['oMM', 'o', [...ROUND, ...ROUND]],
  ['oMoMMM', 'oMo', [...ROUND, ...ROUND, ...ROUND]],
  ['o', 'o', []],
  ['oMo', 'oMo', []],
])('%s becomes %s', async (before, after, calls) => {
  const { store, undelete } = world(before);
  expect(await undelete.isInDesiredState(row('k'))).toBe(before === after);
  store.faults.calls.length = 0;
  expect(await undelete.perform(row('k'))).toEqual(DONE);
  expect(history(store)).toBe(after);
  expect(methods(store)).toEqual(['headObject', ...calls]);
  expect(history(store, 'k0')).toBe('oM');
  expect(await undelete.isInDesiredState(row('k'))).toBe(true);
  expect(await undelete.perform(row('k'))).toEqual(DONE);
  expect(history(store)).toBe(after);
});

test('more markers than a page of versions', async () => {
  const { store, undelete } = world(`o${'M'.repeat(210)}`);
  expect(await undelete.perform(row('k'))).toEqual(DONE);
  expect(history(store)).toBe('o');
});

/** Lists versions first, then markers but for the newest, as stores do that keep no order within a second. */
class Unordered extends MemoryStore {
  override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
    const { versions } = await super.listObjectVersions(input);
    const rank = ({ isLatest, isDeleteMarker }: ObjectVersion): number => (isLatest ? 0 : isDeleteMarker ? 2 : 1);
    return { versions: versions.toSorted((a, b) => rank(a) - rank(b)) };
  }
}

test('markers that a store does not tell apart in time', async () => {
  const store = new Unordered();
  store.createBucket('b', { versioned: true });
  store.seed('b', 'k');
  for (let count = 0; count < 3; count += 1) store.seedDeleteMarker('b', 'k');
  expect(await new OperationRunner(store, 'S3UndeleteObject', {}).perform(row('k'))).toEqual(DONE);
  expect(history(store)).toBe('o');
});

const NOT_FOUND = new StoreError('NotFound', 404, 'no');
const DENIED = new StoreError('AccessDenied', 403, 'no');

const NOT_BACK = { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey' };

test('someone who deletes it again and again', async () => {
  const { store, undelete } = world('oM');
  const head = jest.spyOn(store, 'headObject').mockImplementation((ref) => {
    store.seedDeleteMarker('b', 'k');
    return MemoryStore.prototype.headObject.call(store, ref);
  });
  const message = 'Delete markers were removed, but others came: the object is not there';
  expect(await undelete.perform(row('k'))).toEqual({ ...NOT_BACK, message });
  expect(head).toHaveBeenCalledTimes(205);
});

test('a marker that is taken for deleted and stays', async () => {
  const { store, undelete } = world('oM');
  jest.spyOn(store, 'deleteObject').mockResolvedValue({ httpStatus: 204 });
  const message = 'Delete markers were removed, but the store lists v4 again: the object is not there';
  expect(await undelete.perform(row('k'))).toEqual({ ...NOT_BACK, message });
});

describe('what a listing calls a delete marker', () => {
  /** Lists versions below a delete marker, or all, as delete markers, too. */
  class Mislisting extends MemoryStore {
    which: 'below' | 'all' = 'below';

    override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
      const { versions } = await super.listObjectVersions(input);
      const oldest = versions.at(-1);
      const isBelow = versions[0]?.isDeleteMarker === true;
      return {
        versions: versions.map((version) =>
          version !== oldest && (isBelow || this.which === 'all') ? { ...version, isDeleteMarker: true } : version,
        ),
      };
    }
  }

  function mislisting(which: Mislisting['which'], ...kinds: readonly ('o' | 'M')[]): Mislisting {
    const store = new Mislisting();
    store.which = which;
    store.createBucket('b', { versioned: true });
    for (const kind of kinds) {
      if (kind === 'M') store.seedDeleteMarker('b', 'k');
      else store.seed('b', 'k');
    }
    return store;
  }

  test('is none below the newest: the version comes to light, and nothing of it is lost', async () => {
    const store = mislisting('below', 'o', 'M', 'o', 'M', 'M');
    expect(await new OperationRunner(store, 'S3UndeleteObject', {}).perform(row('k'))).toEqual(DONE);
    expect(history(store)).toBe('oMo');
  });

  test('is none at all, and the key is not found: the row says so, and it stays', async () => {
    const store = mislisting('all', 'o', 'o');
    store.faults.fail(NOT_FOUND, { method: 'headObject' });
    expect(await new OperationRunner(store, 'S3UndeleteObject', {}).perform(row('k'))).toEqual({
      status: 'failed',
      httpStatus: 200,
      errorCode: 'InvalidAnswer',
      message: 'The store lists version v2 as a delete marker, but it is an object: nothing was removed',
    });
    expect(history(store)).toBe('oo');
  });

  test('and what it finds nothing of, as SeaweedFS does: deleted when the key is not there either', async () => {
    for (const [marker, expected] of [
      ['M', 'o'],
      ['o', 'oo'],
    ] as const) {
      const store = mislisting('all', 'o', marker);
      store.faults.fail(NOT_FOUND, { method: 'headObject', times: 2 });
      await new OperationRunner(store, 'S3UndeleteObject', {}).perform(row('k'));
      expect(history(store)).toBe(expected);
    }
  });

  test('and may not be looked at: stays', async () => {
    const { store, undelete } = world('oM');
    store.faults.fail(DENIED, { method: 'headObject', times: Infinity });
    expect(await undelete.perform(row('k'))).toMatchObject({ status: 'failed', httpStatus: 403 });
    expect(history(store)).toBe('oM');
  });

  test('and does not say which is the newest: the key itself does, or nothing is removed', async () => {
    class Vague extends MemoryStore {
      override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
        const { versions } = await super.listObjectVersions(input);
        return { versions: versions.map((version) => ({ ...version, isLatest: false })) };
      }
    }
    const store = new Vague();
    store.createBucket('b', { versioned: true });
    store.seed('b', 'k');
    store.seedDeleteMarker('b', 'k');
    const undelete = new OperationRunner(store, 'S3UndeleteObject', {});
    store.faults.fail(NOT_FOUND, { method: 'headObject' });
    expect(await undelete.perform(row('k'))).toMatchObject({ status: 'failed', errorCode: 'InvalidAnswer' });
    expect(history(store)).toBe('oM');
    expect(await undelete.perform(row('k'))).toEqual(DONE);
    expect(history(store)).toBe('o');
  });
});

describe('a listing that does not show all', () => {
  class Listing extends MemoryStore {
    isShown: (version: ObjectVersion) => boolean = () => true;

    override async listObjectVersions(input: ListObjectVersionsInput): Promise<ObjectVersionsPage> {
      const { versions } = await super.listObjectVersions(input);
      return { versions: versions.filter(this.isShown) };
    }
  }

  function listing(isShown: Listing['isShown']): { store: Listing; undelete: OperationRunner } {
    const store = new Listing();
    store.isShown = isShown;
    store.createBucket('b', { versioned: true });
    store.seed('b', 'k');
    store.seedDeleteMarker('b', 'k');
    return { store, undelete: new OperationRunner(store, 'S3UndeleteObject', {}) };
  }

  test('no delete markers: the one that the key itself tells of is removed', async () => {
    const { store, undelete } = listing(({ isDeleteMarker }) => !isDeleteMarker);
    expect(await undelete.isInDesiredState(row('k'))).toBe(false);
    expect(await undelete.perform(row('k'))).toEqual(DONE);
    expect(history(store)).toBe('o');
  });

  test('nothing: the row says so, and nothing is removed', async () => {
    const { store, undelete } = listing(() => false);
    expect(await undelete.perform(row('k'))).toMatchObject({ status: 'failed', errorCode: 'InvalidAnswer' });
    expect(history(store)).toBe('oM');
  });

  test('an old version as the newest: the key is not said to be there', async () => {
    const { store, undelete } = listing(({ isDeleteMarker }) => !isDeleteMarker);
    jest.spyOn(store, 'listObjectVersions').mockResolvedValue({
      versions: [{ key: 'k', versionId: 'v1', isLatest: true, isDeleteMarker: false }],
    });
    expect(await undelete.isInDesiredState(row('k'))).toBe(false);
    expect(await undelete.perform(row('k'))).toMatchObject({
      status: 'failed',
      errorCode: 'InvalidAnswer',
      message: expect.stringContaining("can't be trusted"),
    });
    expect(history(store)).toBe('oM');
  });

  test('is all there is to go by where the key may not be looked at', async () => {
    const { store, undelete } = world('oMo');
    store.faults.fail(DENIED, { method: 'headObject', times: 1 });
    expect(await undelete.perform(row('k'))).toEqual(DONE);
  });
});

test('a key that never was', async () => {
  const { undelete } = world('');
  const refused = { httpStatus: 404, message: 'The store has neither a version nor a delete marker of the key' };
  expect(await undelete.perform(row('k'))).toEqual({ ...refused, status: 'failed', errorCode: 'NoSuchKey' });
  await expect(undelete.isInDesiredState(row('k'))).rejects.toMatchObject({ ...refused, code: 'NoSuchKey' });
});

test('nothing but markers: they stay', async () => {
  const { store, undelete } = world('MM');
  expect(await undelete.perform(row('k'))).toEqual({
    status: 'failed',
    httpStatus: 404,
    errorCode: 'NoSuchVersion',
    message: 'The store lists only delete markers of this key: no version can be brought back',
  });
  expect(history(store)).toBe('MM');
});

test('a bucket that never had versioning', async () => {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k');
  const undelete = new OperationRunner(store, 'S3UndeleteObject', {});
  expect(await undelete.perform(row('k'))).toEqual(DONE);
  expect(await undelete.perform(row('gone'))).toMatchObject({ status: 'failed', errorCode: 'NoSuchKey' });
});

test('the null marker of a bucket whose versioning is suspended', async () => {
  const { store, undelete } = world('o');
  store.suspendVersioning('b');
  expect(store.seedDeleteMarker('b', 'k')).toBe('null');
  expect(await undelete.perform(row('k'))).toEqual(DONE);
  expect(history(store)).toBe('o');
});

test('a row with a version makes no sense', async () => {
  const { store, undelete } = world('oM');
  const refused = { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest' };
  expect(await undelete.perform(row('k', 'v3'))).toMatchObject(refused);
  expect(await undelete.isInDesiredState(row('k', 'v3'))).toBe(false);
  expect(store.calls).toEqual([]);
});

test.each(['oM', 'oMM'])('%s: a lost answer is settled by looking again', async (before) => {
  for (const method of ['listObjectVersions', 'deleteObject']) {
    const { store, undelete } = world(before);
    store.faults.loseAnswer({ method });
    expect(await undelete.perform(row('k'))).toEqual(DONE);
    expect(history(store)).toBe('o');
  }
});

test('a marker that may not be removed is the row', async () => {
  const { store, undelete } = world('oMM');
  store.faults.fail(new StoreError('AccessDenied', 403, 'no'), { method: 'deleteObject' });
  const refused = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' };
  expect(await undelete.perform(row('k'))).toEqual({ ...refused, message: 'no' });
  expect(history(store)).toBe('oMM');
});
