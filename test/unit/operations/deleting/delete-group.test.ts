/**
 * Goal: many tasks in one DeleteObjects end each as it would alone, whatever the answer leaves out, mixes up or refuses.
 * Method: groups on the in-memory store, with answers of its own and faults; the calls tell what was asked again, and how.
 */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { CallOptions, DeletedKeys, DeleteObjectsInput } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { MemoryStore } from '../../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../../support/operation-runner';

const KEYS = ['a', 'b', 'c'];
const LOST = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });

function world(options: { readonly versioned?: boolean } = {}): { store: MemoryStore; deletion: OperationRunner } {
  const store = new MemoryStore();
  store.createBucket('b', options);
  for (const key of KEYS) store.seed('b', key);
  return { store, deletion: new OperationRunner(store, 'S3DeleteObject', {}) };
}

function methods(store: MemoryStore): string[] {
  return store.calls.map(({ method }) => method);
}

/** What became of the versions of each key. */
function kinds(store: MemoryStore): string[] {
  return KEYS.map((key) => store.versions('b', key).map(({ deleteMarker }) => (deleteMarker ? 'M' : 'o'))).map((all) =>
    all.join(''),
  );
}

test('one request for all', async () => {
  const { store, deletion } = world();
  expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
  expect(store.keys('b')).toEqual([]);
  expect(store.calls.map(({ input }) => input)).toEqual([
    { Bucket: 'b', Delete: { Objects: [{ Key: 'a' }, { Key: 'b' }, { Key: 'c' }], Quiet: false } },
  ]);
});

test('a group of one is a single request', async () => {
  const { store, deletion } = world();
  expect(await deletion.performGroup([row('a')])).toEqual([DONE]);
  expect(methods(store)).toEqual(['deleteObject']);
});

test('rows that name the same object are asked for once, and each has its outcome', async () => {
  const { store, deletion } = world({ versioned: true });
  const v1 = store.versions('b', 'a')[0]?.versionId;
  store.refuseDelete('b', 'c', 'AccessDenied', 'locked');
  const locked: TaskOutcome = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied', message: 'locked' };
  const rows = [row('b'), row('c'), row('b'), row('a', v1), row('c'), row('a', v1)];
  expect(await deletion.performGroup(rows)).toEqual([DONE, locked, DONE, DONE, locked, DONE]);
  expect(kinds(store)).toEqual(['', 'oM', 'o']);
  expect(methods(store)).toEqual(['deleteObjects']);
});

test('keys and versions are never mixed up', async () => {
  const { store, deletion } = world({ versioned: true });
  const { versionId } = store.seed('b', 'a', 'newer');
  const odd = [`a\0${versionId}`, `${versionId}a`, `2:${versionId}a`, `v2:${versionId}a`];
  for (const key of odd) store.seed('b', key);
  const rows = [row('a', versionId), ...odd.map((key) => row(key))];
  expect(await deletion.performGroup(rows)).toEqual(rows.map(() => DONE));
  expect(odd.map((key) => store.peek('b', key))).toEqual(odd.map(() => undefined));
});

test('a key and a version of it are two things', async () => {
  const { store, deletion } = world({ versioned: true });
  const { versionId } = store.seed('b', 'a', 'newer');
  expect(await deletion.performGroup([row('a', versionId), row('b')])).toEqual([DONE, DONE]);
  expect(kinds(store)).toEqual(['o', 'oM', 'o']);
});

test('rows of several buckets: a request for each, one that is not allowed fails alone', async () => {
  const { store } = world();
  for (const bucket of ['d', 'secret']) {
    store.createBucket(bucket);
    for (const key of KEYS) store.seed(bucket, key);
  }
  const deletion = new OperationRunner(store, 'S3DeleteObject', {}, { denied: ['secret'] });
  const rows = KEYS.flatMap((key) => ['b', 'secret', 'd', 'none'].map((bucket) => row(key, undefined, bucket)));
  const secret = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' };
  const none = { status: 'failed', httpStatus: 404, errorCode: 'NoSuchBucket' };
  expect(await deletion.performGroup(rows)).toMatchObject(KEYS.flatMap(() => [DONE, secret, DONE, none]));
  expect([store.keys('b'), store.keys('d'), store.keys('secret')]).toEqual([[], [], KEYS]);
  expect(methods(store)).toEqual(['deleteObjects', 'deleteObjects', 'deleteObjects']);
});

describe('what the answer says of a key', () => {
  test('access denied is the row', async () => {
    const { store, deletion } = world();
    store.refuseDelete('b', 'b', 'AccessDenied', 'protected by object lock');
    const refused = { httpStatus: 403, errorCode: 'AccessDenied', message: 'protected by object lock' };
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toMatchObject([DONE, refused, DONE]);
    expect(methods(store)).toEqual(['deleteObjects']);
  });

  test.each(['NoSuchKey', 'NoSuchVersion'])('%s: it is gone', async (code) => {
    const { store, deletion } = world();
    store.refuseDelete('b', 'b', code);
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(methods(store)).toEqual(['deleteObjects']);
  });

  test.each(['InternalError', 'SlowDown', 'ObjectLocked'])('%s: asked for singly, for its status', async (code) => {
    const { store, deletion } = world();
    store.refuseDelete('b', 'b', code);
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(methods(store)).toEqual(['deleteObjects', 'headObject', 'deleteObject']);
    store.refuseDelete('b', 'b', code);
    store.seed('b', 'b');
    store.faults.fail(new StoreError(code, 409, 'in its own words'), { method: 'deleteObject' });
    expect((await deletion.performGroup([row('b'), row('a')]))[0]).toEqual({
      status: 'failed',
      httpStatus: 409,
      errorCode: code,
      message: 'in its own words',
    });
  });
});

describe('an answer that is not as it should be', () => {
  class Answering extends MemoryStore {
    constructor(private readonly answer: (answer: DeletedKeys) => DeletedKeys) {
      super();
      this.createBucket('b', { versioned: true });
      for (const key of KEYS) this.seed('b', key);
    }

    override async deleteObjects(input: DeleteObjectsInput, options?: CallOptions): Promise<DeletedKeys> {
      return this.answer(await super.deleteObjects(input, options));
    }
  }

  function perform(store: MemoryStore, versionIds: boolean): Promise<readonly TaskOutcome[]> {
    const rows = KEYS.map((key) => row(key, versionIds ? store.versions('b', key)[0]?.versionId : undefined));
    return new OperationRunner(store, 'S3DeleteObject', {}).performGroup(rows);
  }

  test('a key in neither list: looked at, and not hidden behind a second marker', async () => {
    const store = new Answering(({ deleted, errors }) => ({ deleted: deleted.slice(1), errors }));
    expect(await perform(store, false)).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
    expect(methods(store)).toEqual(['deleteObjects', 'headObject']);
  });

  test('a key in neither list, and not deleted either: asked for singly', async () => {
    const store = new Answering(({ deleted, errors }) => ({ deleted: deleted.slice(1), errors }));
    store.refuseDelete('b', 'a');
    jest.spyOn(store, 'deleteObjects').mockImplementationOnce(async (input, options) => {
      const { deleted } = await MemoryStore.prototype.deleteObjects.call(store, input, options);
      return { deleted, errors: [] };
    });
    expect(await perform(store, false)).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
  });

  test('a version in neither list: asked for singly', async () => {
    const store = new Answering(() => ({ deleted: [], errors: [] }));
    expect(await perform(store, true)).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['', '', '']);
    expect(methods(store)).toEqual(['deleteObjects', 'deleteObject', 'deleteObject', 'deleteObject']);
  });

  test('a key that nobody asked for has no outcome, and gives none', async () => {
    const strangers = [{ key: 'x' }, { key: 'y' }, { key: 'a', versionId: 'v9' }];
    const store = new Answering(() => ({ deleted: strangers, errors: [] }));
    expect(await perform(store, false)).toEqual([DONE, DONE, DONE]);
    expect(methods(store).filter((method) => method === 'headObject')).toHaveLength(3);
  });

  test('a key that is both deleted and in trouble: looked at', async () => {
    const store = new Answering(({ deleted }) => ({
      deleted,
      errors: [{ key: 'b', code: 'InternalError', message: 'no' }],
    }));
    expect(await perform(store, false)).toEqual([DONE, DONE, DONE]);
    expect(methods(store)).toEqual(['deleteObjects', 'headObject']);
  });

  test('an error counts, also of a key that stands under the deleted ones', async () => {
    const store = new Answering(({ deleted }) => ({
      deleted,
      errors: [{ key: 'b', code: 'AccessDenied', message: 'no' }],
    }));
    expect(await perform(store, false)).toMatchObject([DONE, { errorCode: 'AccessDenied' }, DONE]);
  });
});

describe('a request that fails as a whole', () => {
  test.each([
    ['AccessDenied', 403],
    ['MalformedXML', 400],
    ['MissingContentMD5', 400],
    ['EntityTooLarge', 413],
  ])('%s: nothing was done, each is asked for singly', async (code, httpStatus) => {
    const { store, deletion } = world({ versioned: true });
    store.faults.fail(new StoreError(code, httpStatus, 'no'), { method: 'deleteObjects' });
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(methods(store)).toEqual(['deleteObjects', 'deleteObject', 'deleteObject', 'deleteObject']);
  });

  test.each([
    ['InternalError', 500, false],
    ['InvalidAnswer', 200, false],
    ['AccessDenied', 403, true],
  ])('%s %d (answer lost before: %s): may have been done, so each is looked at', async (code, status, answerLost) => {
    const { store, deletion } = world({ versioned: true });
    jest.spyOn(store, 'deleteObjects').mockImplementationOnce(async (input, options) => {
      await MemoryStore.prototype.deleteObjects.call(store, input, options);
      throw new StoreError(code, status, 'no', { answerLost });
    });
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
    expect(methods(store).slice(1)).toEqual(['headObject', 'headObject', 'headObject']);
  });

  test.each([501, 405])(
    '%d: the store does not know the call, and is not asked again in this batch',
    async (status) => {
      const { store } = world();
      const seen = new OperationRunner(store, 'S3DeleteObject', {}).bindGroup();
      store.faults.fail(new StoreError('NotImplemented', status, 'no'), { method: 'deleteObjects', times: Infinity });
      const { signal } = new AbortController();
      expect(await seen.perform([row('a'), row('b')], signal)).toEqual([DONE, DONE]);
      expect(await seen.perform([row('c'), row('d')], signal)).toEqual([DONE, DONE]);
      expect(methods(store)).toEqual(['deleteObjects', ...Array<string>(4).fill('deleteObject')]);
    },
  );
});

describe('a lost answer', () => {
  test('all done: no second marker', async () => {
    const { store, deletion } = world({ versioned: true });
    store.faults.loseAnswer({ method: 'deleteObjects' });
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
    expect(methods(store).filter((method) => method !== 'headObject')).toEqual(['deleteObjects']);
  });

  test('nothing done: repeated for those that are there', async () => {
    const { store, deletion } = world({ versioned: true });
    store.seedDeleteMarker('b', 'b');
    store.faults.fail(LOST, { method: 'deleteObjects' });
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
    const [, again] = store.calls.filter(({ method }) => method === 'deleteObjects');
    expect((again?.input as DeleteObjectsInput).Delete?.Objects).toEqual([{ Key: 'a' }, { Key: 'c' }]);
  });

  test('versions are asked for again, without a look at each', async () => {
    const { store, deletion } = world({ versioned: true });
    const rows = KEYS.map((key) => row(key, store.versions('b', key)[0]?.versionId));
    store.faults.loseAnswer({ method: 'deleteObjects' });
    expect(await deletion.performGroup(rows)).toEqual([DONE, DONE, DONE]);
    expect(methods(store)).toEqual(['deleteObjects', 'headObject', 'deleteObjects']);
  });

  test('twice: repeated for those that are there then', async () => {
    const { store, deletion } = world({ versioned: true });
    store.faults.fail(LOST, { method: 'deleteObjects' });
    store.faults.loseAnswer({ method: 'deleteObjects' });
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([DONE, DONE, DONE]);
    expect(kinds(store)).toEqual(['oM', 'oM', 'oM']);
  });

  test('for good, while the store serves: rows that say so, of those that are there', async () => {
    const { store, deletion } = world({ versioned: true });
    store.seedDeleteMarker('b', 'b');
    store.faults.fail(LOST, { method: 'deleteObjects', times: Infinity });
    const unknown = {
      status: 'failed',
      httpStatus: 0,
      errorCode: 'RequestTimeout',
      message: 'No answer was received, the request may have taken effect: no answer',
    };
    expect(await deletion.performGroup(KEYS.map((key) => row(key)))).toEqual([unknown, DONE, unknown]);
    expect(methods(store).filter((method) => method === 'deleteObjects')).toHaveLength(5);
  });

  test('and the store is gone: all are taken up again later', async () => {
    const { store, deletion } = world();
    store.faults.fail(LOST, { method: 'deleteObjects' });
    store.faults.down({ method: 'headObject' });
    await expect(deletion.performGroup(KEYS.map((key) => row(key)))).rejects.toBe(LOST);
  });

  test('a store that goes while the keys are looked at', async () => {
    const { store, deletion } = world();
    store.faults.fail(LOST, { method: 'deleteObjects' });
    store.faults.down({ method: 'headObject', key: 'c' });
    await expect(deletion.performGroup(KEYS.map((key) => row(key)))).rejects.toBe(LOST);
  });
});

test('a thousand keys in little time', async () => {
  const store = new MemoryStore({ buckets: ['b'] });
  const rows = Array.from({ length: 1_000 }, (_, index) => row(`folder/object-${index}`));
  for (const { key } of rows) store.seed('b', key);
  const outcomes = await new OperationRunner(store, 'S3DeleteObject', {}).performGroup(rows);
  expect(outcomes.every((outcome) => outcome === outcomes[0])).toBe(true);
  expect(store.calls).toHaveLength(1);
});
