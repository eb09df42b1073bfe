/**
 * Goal: a copy has the tags, metadata, access control list and lock that it was to have, or its row has failed, and a store that sets them
 * is not asked about each copy. Method: in-memory stores whose CopyObject takes no notice of one of them, or ends without a result.
 */
import type { Task, TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type { CopyObjectInput } from '../../../../storage/object-store';
import { StoreError } from '../../../../storage/store-error';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { DONE, row } from '../../../support/operation-runner';

const TargetResource = 'arn:aws:s3:::target';
const KEYS = ['1', '2', '3'];
const OLD = [{ Key: 'a', Value: 'b' }];
const NEW = [{ Key: 'a b', Value: 'c+d' }];
const DENIED = new StoreError('AccessDenied', 403, 'no');
const LOST = new StoreError('InternalError', 500, 'ended without a result', { answerLost: true });

class Ignoring extends MemoryStore {
  ignored: readonly (keyof CopyObjectInput)[] = [];

  override copyObject(input: CopyObjectInput, options?: object) {
    const kept = Object.entries(input).filter(([name]) => !this.ignored.includes(name as keyof CopyObjectInput));
    return super.copyObject(Object.fromEntries(kept) as unknown as CopyObjectInput, options);
  }
}

function world(ignored: readonly (keyof CopyObjectInput)[] = []): Ignoring {
  const store = new Ignoring({ buckets: ['b'] });
  store.ignored = ignored;
  store.createBucket('target', { objectLock: true });
  for (const key of KEYS) store.seed('b', key, key, { tags: OLD, metadata: { origin: 'here' } });
  return store;
}

/** The tasks of one batch, one after the other. */
async function copyAll(store: MemoryStore, given: JsonObject, tasks: readonly Task[] = rows()): Promise<TaskOutcome[]> {
  const operation = parseOperation({ S3PutObjectCopy: { TargetResource, ...given } });
  const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
  const outcomes: TaskOutcome[] = [];
  for (const task of tasks) outcomes.push(await perform(task, new AbortController().signal));
  return outcomes;
}

function rows(): Task[] {
  return KEYS.map((key, index) => ({ ...row(key), row: index }));
}

const methods = (store: MemoryStore): string[] => store.calls.map(({ method }) => method);
const ALL_DONE = KEYS.map(() => DONE);
const LOCK = { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: '2036-01-01T00:00:00Z' };

test.each<[what: string, given: JsonObject, ignored: (keyof CopyObjectInput)[], looks: string[], gives: string[]]>([
  [
    'tags',
    { NewObjectTagging: NEW },
    ['Tagging', 'TaggingDirective'],
    Array(2).fill('getObjectTagging'),
    ['putObjectTagging'],
  ],
  [
    'no tags',
    { NewObjectTagging: [] },
    ['TaggingDirective'],
    Array(2).fill('getObjectTagging'),
    ['deleteObjectTagging'],
  ],
  [
    'metadata',
    { NewObjectMetadata: { UserMetadata: { x: 'y' } } },
    ['MetadataDirective', 'Metadata'],
    Array(2).fill('describeObject'),
    ['getObject', 'getObjectTagging', 'putObject'],
  ],
  ['ACL', { CannedAccessControlList: 'public-read' }, ['ACL'], ['getObjectAcl'], ['putObjectAcl']],
  [
    'lock',
    { ...LOCK, ObjectLockLegalHoldStatus: 'ON' },
    ['ObjectLockMode', 'ObjectLockRetainUntilDate', 'ObjectLockLegalHoldStatus'],
    ['describeObject'],
    ['putObjectRetention', 'putObjectLegalHold'],
  ],
])('%s: set by a request of its own where CopyObject takes no notice', async (_what, given, ignored, looks, gives) => {
  const store = world();
  expect(await copyAll(store, given)).toEqual(ALL_DONE);
  const wanted = KEYS.map((key) => store.peek('target', key));
  // Once, on the first copy.
  expect(methods(store)).toEqual(['copyObject', ...looks, 'copyObject', 'copyObject']);

  const other = world(ignored);
  expect(await copyAll(other, given)).toEqual(ALL_DONE);
  for (const [index, key] of KEYS.entries()) {
    const { tags, metadata, acl, retention, legalHold } = wanted[index]!;
    expect(other.peek('target', key)).toMatchObject({ tags, metadata, acl, retention, legalHold });
  }
  for (const method of gives) expect(methods(other).filter((each) => each === method).length).toBeGreaterThanOrEqual(3);
});

test('a plain copy, and one whose settings come down to none, are not looked at', async () => {
  const store = world();
  expect(await copyAll(store, {})).toEqual(ALL_DONE);
  expect(await copyAll(store, { CannedAccessControlList: 'private', ObjectLockLegalHoldStatus: 'OFF' })).toEqual(
    ALL_DONE,
  );
  expect(new Set(methods(store))).toEqual(new Set(['copyObject']));
});

test('what would be the same either way tells nothing: the next copy is looked at', async () => {
  const store = world(['Tagging', 'TaggingDirective']);
  store.seed('b', '1', '1', { tags: NEW });
  expect(await copyAll(store, { NewObjectTagging: NEW })).toEqual(ALL_DONE);
  for (const key of KEYS) expect(store.peek('target', key)?.tags).toEqual(NEW);
});

test('where the copy may not be looked at, the 200 of the store has to do', async () => {
  const store = world();
  store.faults.fail(DENIED, { method: 'getObjectTagging', times: Infinity });
  expect(await copyAll(store, { NewObjectTagging: NEW })).toEqual(ALL_DONE);
  expect(methods(store)).toEqual(['copyObject', 'getObjectTagging', 'copyObject', 'copyObject']);
});

test('what can not be found out is the row', async () => {
  const store = world();
  store.faults.fail(new StoreError('NotImplemented', 501, 'unknown'), { method: 'getObjectTagging' });
  const [first, ...others] = await copyAll(store, { NewObjectTagging: NEW });
  expect(first).toEqual({
    status: 'failed',
    httpStatus: 501,
    errorCode: 'NotImplemented',
    message: 'The copy was made; whether it has the tags asked for is not known: unknown',
  });
  expect(others).toEqual([DONE, DONE]);
});

describe('an answer without a result', () => {
  test('after the copy: it is found, and not made again', async () => {
    const store = world();
    const copies = jest.spyOn(store, 'copyObject').mockImplementation(async (input) => {
      await MemoryStore.prototype.copyObject.call(store, input);
      throw LOST;
    });
    expect(await copyAll(store, { NewObjectTagging: NEW })).toEqual(ALL_DONE);
    expect(copies).toHaveBeenCalledTimes(3);
    for (const key of KEYS) expect(store.versions('target', key)).toHaveLength(1);
  });

  test('without the copy: it is asked for once more, and then it is the row', async () => {
    const store = world();
    const copies = jest.spyOn(store, 'copyObject').mockRejectedValue(LOST);
    store.seed('target', '1', '1', { metadata: { origin: 'elsewhere' } });
    expect(await copyAll(store, {}, rows().slice(0, 2))).toMatchObject([
      { status: 'failed', httpStatus: 500 },
      { status: 'failed', httpStatus: 500 },
    ]);
    expect(copies).toHaveBeenCalledTimes(4);
  });
});
