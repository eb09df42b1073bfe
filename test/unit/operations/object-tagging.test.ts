/**
 * Goal: tags are added and removed without touching others, on the version that was read, and nothing is written that need
 * not be. Method: the calls that reach the in-memory store, with other writers, lost answers and its limits.
 */
import type { JsonObject, Tag } from '../../../contracts/job';
import { MemoryStore } from '../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../support/operation-runner';

function tags(pairs: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(pairs).map(([Key, Value]) => ({ Key, Value }));
}

function tagged(pairs: Readonly<Record<string, string>>): MemoryStore {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k', 'x', { tags: tags(pairs) });
  return store;
}

function add(store: MemoryStore, pairs: Readonly<Record<string, string>>): OperationRunner {
  return new OperationRunner(store, 'S3AddObjectTagging', { TagSet: tags(pairs) as unknown as JsonObject[] });
}

function remove(store: MemoryStore, ...TagKeys: string[]): OperationRunner {
  return new OperationRunner(store, 'S3RemoveObjectTagging', { TagKeys });
}

function methods(store: MemoryStore): string[] {
  return store.calls.map(({ method }) => method);
}

function present(store: MemoryStore): readonly Tag[] | undefined {
  return store.peek('b', 'k')?.tags;
}

describe('adding', () => {
  test('to those that are there, in place of one of the same key', async () => {
    const store = tagged({ a: '1', b: '2' });
    expect(await add(store, { b: 'two', c: '3' }).perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual(tags({ a: '1', b: 'two', c: '3' }));
  });

  test('keys that JavaScript has a use for are keys', async () => {
    const store = tagged({ constructor: '1' });
    expect(await add(store, { toString: '2' }).perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual(tags({ constructor: '1', toString: '2' }));
  });

  test('what is there already is not written', async () => {
    const store = tagged({ a: '1', b: '2' });
    expect(await add(store, { a: '1' }).perform(row('k'))).toEqual(DONE);
    expect(methods(store)).toEqual(['getObjectTagging']);
    expect(await add(store, { a: '1', b: '2' }).isInDesiredState(row('k'))).toBe(true);
    expect(await add(store, { a: '2' }).isInDesiredState(row('k'))).toBe(false);
    expect(await add(store, { c: '' }).isInDesiredState(row('k'))).toBe(false);
  });

  test('more than ten: refused in the words of the store, nothing changed', async () => {
    const nine = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`k${index}`, '']));
    const store = tagged(nine);
    expect(await add(store, { x: '', y: '' }).perform(row('k'))).toEqual({
      status: 'failed',
      httpStatus: 400,
      errorCode: 'BadRequest',
      message: 'Object tags cannot be greater than 10',
    });
    expect(present(store)).toEqual(tags(nine));
  });
});

describe('removing', () => {
  test('some: the others stay', async () => {
    const store = tagged({ a: '1', b: '2', c: '3' });
    expect(await remove(store, 'a', 'c', 'z').perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual(tags({ b: '2' }));
    expect(methods(store)).toEqual(['getObjectTagging', 'putObjectTagging']);
  });

  test('the last one: with its own call', async () => {
    const store = tagged({ a: '1' });
    expect(await remove(store, 'a').perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual([]);
    expect(methods(store)).toEqual(['getObjectTagging', 'deleteObjectTagging']);
  });

  test('what is not there is not written', async () => {
    const store = tagged({ a: '1' });
    expect(await remove(store, 'b').perform(row('k'))).toEqual(DONE);
    expect(methods(store)).toEqual(['getObjectTagging']);
    expect(await remove(store, 'b').isInDesiredState(row('k'))).toBe(true);
    expect(await remove(store, 'a', 'b').isInDesiredState(row('k'))).toBe(false);
  });
});

describe.each([
  ['adding', (store: MemoryStore) => add(store, { c: '3' }), tags({ a: '1', b: '2', c: '3' })],
  ['removing', (store: MemoryStore) => remove(store, 'a'), tags({ b: '2' })],
  ['removing all', (store: MemoryStore) => remove(store, 'a', 'b'), []],
])('%s', (_name, operation, wanted) => {
  const before = { a: '1', b: '2' };

  test('writes to the version that was read, also when there is a newer one by then', async () => {
    const store = new MemoryStore();
    store.createBucket('b', { versioned: true });
    const { versionId } = store.seed('b', 'k', 'old', { tags: tags(before) });
    const gate = store.faults.hold({ method: wanted.length === 0 ? 'deleteObjectTagging' : 'putObjectTagging' });
    const outcome = operation(store).perform(row('k'));
    await gate.reached;
    store.seed('b', 'k', 'new', { tags: tags({ other: 'x' }) });
    gate.release();
    expect(await outcome).toEqual(DONE);
    expect(store.peek('b', 'k', versionId)?.tags).toEqual(wanted);
    expect(present(store)).toEqual(tags({ other: 'x' }));
  });

  test('a lost answer: what is read back tells that all is done', async () => {
    const store = tagged(before);
    store.faults.loseAnswer({ method: wanted.length === 0 ? 'deleteObjectTagging' : 'putObjectTagging' });
    expect(await operation(store).perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual(wanted);
    expect(methods(store).slice(2)).toEqual(['headObject', 'getObjectTagging']);
  });

  test('a second run after a crash adds to what others wrote since', async () => {
    const store = tagged(before);
    await operation(store).perform(row('k'));
    await add(store, { since: 'x' }).perform(row('k'));
    expect(await operation(store).perform(row('k'))).toEqual(DONE);
    expect(present(store)).toEqual([...wanted, ...tags({ since: 'x' })]);
  });
});

describe('replacing and deleting all: the desired state', () => {
  const put = (store: MemoryStore, pairs: Readonly<Record<string, string>>): Promise<boolean> => {
    const TagSet = tags(pairs) as unknown as JsonObject[];
    return new OperationRunner(store, 'S3PutObjectTagging', { TagSet }).isInDesiredState(row('k'));
  };

  test('these tags and no others, in any order', async () => {
    const store = tagged({ a: '1', b: '2' });
    expect(await put(store, { b: '2', a: '1' })).toBe(true);
    expect(await put(store, { a: '1' })).toBe(false);
    expect(await put(store, { a: '1', b: '2', c: '3' })).toBe(false);
    expect(await put(store, { a: '1', b: '3' })).toBe(false);
    expect(await put(store, { a: '1', c: '2' })).toBe(false);
    expect(await put(store, {})).toBe(false);
    expect(await put(tagged({}), {})).toBe(true);
  });

  test('no tags', async () => {
    const isDone = (store: MemoryStore): Promise<boolean> =>
      new OperationRunner(store, 'S3DeleteObjectTagging', {}).isInDesiredState(row('k'));
    expect(await isDone(tagged({}))).toBe(true);
    expect(await isDone(tagged({ a: '' }))).toBe(false);
  });
});
