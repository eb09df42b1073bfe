/**
 * Goal: a task that is taken up again claims nothing that its job has not done, and touches nothing that it is not for.
 * Method: runs on the in-memory store that are killed, or never were, and somebody else who changes objects meanwhile.
 */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type { TaskNotes } from '../../../../operations/operation';
import { StoreError } from '../../../../storage/store-error';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { memoryRoleStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';
import { Survivors } from '../../../support/mortal-run';

const task = { bucket: 'b', key: 'x/k', manifestKey: 'x/k', row: 3 };
const archive = { TargetResource: 'arn:aws:s3:::archive' };
const itself = { TargetResource: 'arn:aws:s3:::b' };
const copy = { S3PutObjectCopy: archive };
const removeSource = { S3DeleteObject: {}, AppliesTo: 'Source' };
const tags = (state: string): JsonObject[] => [{ Key: 'state', Value: state }];
const tag = (state: string): JsonObject => ({ S3PutObjectTagging: { TagSet: tags(state) } });
const tagged = (state: string): JsonObject => ({ MatchAllTags: tags(state) });
const pipeline = (...Steps: JsonObject[]): JsonObject => ({ Pipeline: { Steps } });
const MOVE = pipeline(copy, { S3VerifyObject: { Against: archive } }, removeSource);
const OLD = new Date('2025-06-01T00:00:00Z');

/** With the object, unless told that there is none. */
function world(seed: ObjectSeed | undefined = {}, versioned = false): Survivors {
  const store = new MemoryStore({ buckets: ['archive'] });
  store.createBucket('b', { versioned });
  store.seed('b', 'x/k', 'text', { lastModified: OLD, tags: [{ Key: 'state', Value: 'new' }], ...seed });
  return new Survivors(store);
}

async function killed(survivors: Survivors, element: JsonObject, after: string, of = task): Promise<void> {
  expect(await survivors.run(element, of, { at: after, effect: 'after' })).toBeUndefined();
}

function text({ store }: Survivors, bucket: string): string | undefined {
  return store.peek(bucket, 'x/k')?.body.toString();
}

test.each<[string, JsonObject]>([
  ['copy, compare, delete the source', MOVE],
  ['the same under a condition', { ...MOVE, When: tagged('new') }],
  ['look and delete', pipeline({ S3VerifyObject: {} }, { S3DeleteObject: {} })],
  ['a move', { S3MoveObject: archive }],
])('an object that never was, and a target of somebody else: %s', async (_name, element) => {
  const survivors = new Survivors(new MemoryStore({ buckets: ['b', 'archive'] }));
  survivors.store.seed('archive', 'x/k', 'of somebody else', { lastModified: OLD });
  for (let run = 0; run < 2; run += 1) {
    expect(await survivors.run(element, task)).toMatchObject({ status: 'failed', errorCode: 'NoSuchKey' });
  }
  expect(text(survivors, 'archive')).toBe('of somebody else');
});

test('an object that somebody deleted before the job came to that: no such key', async () => {
  const survivors = world();
  await killed(survivors, MOVE, 'copyObject');
  await survivors.store.deleteObject({ Bucket: 'b', Key: 'x/k' });
  expect(await survivors.run(MOVE, task)).toMatchObject({ status: 'failed', errorCode: 'NoSuchKey' });
});

test('an object that was stored anew under the key is not deleted before it was copied', async () => {
  for (const method of ['write', 'deleteObject']) {
    const survivors = world();
    await killed(survivors, MOVE, method);
    survivors.store.seed('b', 'x/k', 'newer');
    expect(await survivors.run(MOVE, task)).toMatchObject({ status: 'succeeded' });
    expect([text(survivors, 'b'), text(survivors, 'archive')]).toEqual([undefined, 'newer']);
  }
});

test('an object stored anew that the condition does not describe is left alone', async () => {
  const element = { ...pipeline(tag('done'), copy, removeSource), When: tagged('new') };
  const row = {
    status: 'failed',
    httpStatus: 409,
    errorCode: 'OperationAborted',
    message: expect.stringContaining('Known to be done: Step 1 (S3PutObjectTagging), Step 2 (S3PutObjectCopy)'),
  };
  const survivors = world();
  await killed(survivors, element, 'deleteObject');
  survivors.store.seed('b', 'x/k', 'newer', { tags: [{ Key: 'state', Value: 'other' }] });
  expect(await survivors.run(element, task)).toEqual(row);
  expect([text(survivors, 'b'), text(survivors, 'archive')]).toEqual(['newer', 'text']);
  expect(survivors.store.peek('b', 'x/k')?.tags).toEqual(tags('other'));
});

test('what a condition passes over says that a run before may have done it, when there was one', async () => {
  const element = { ...tag('done'), When: tagged('new') };
  const survivors = world();
  await killed(survivors, element, 'putObjectTagging');
  const now =
    'Skipped: the condition does not hold, or no longer: a run that was cut off may have begun with the object';
  expect(await survivors.run(element, task)).toEqual({
    ...{ status: 'succeeded', httpStatus: 200, message: now },
    skipped: true,
  });
  expect(await survivors.run(pipeline(element), task)).toMatchObject({ message: now });
  expect(await new Survivors(survivors.store).run(element, task)).toMatchObject({
    message: 'Skipped: the condition does not hold',
  });
});

test('a delete that is refused stays refused', async () => {
  const survivors = world();
  const element = pipeline(copy, removeSource);
  survivors.store.faults.fail(() => new StoreError('AccessDenied', 403, 'no'), {
    method: 'deleteObject',
    times: Infinity,
  });
  await killed(survivors, element, 'write');
  expect(await survivors.run(element, task)).toMatchObject({
    errorCode: 'AccessDenied',
    message: 'Step 2 (S3DeleteObject): no',
  });
});

describe('a run that was given up and goes on', () => {
  /** The notes that are there at the first look, and those that another one finds. */
  function notes(first: readonly JsonObject[], anew: readonly JsonObject[]): TaskNotes {
    return {
      find: (row, options) => Promise.resolve(row === task.row || row > 2 ** 40 ? (options?.anew ? anew : first) : []),
      write: () => Promise.resolve(),
    };
  }

  async function run(element: JsonObject, of: TaskNotes): Promise<TaskOutcome> {
    const store = new MemoryStore({ buckets: ['b', 'archive'] });
    store.seed('archive', 'k', 'text', { lastModified: OLD });
    const operation = parseOperation(element);
    const context = { jobId: 'job', ...memoryRoleStores(store), notes: of };
    return operation.bind(context)(task, new AbortController().signal);
  }

  test('has deleted the object meanwhile: its note is found', async () => {
    const note = { step: 2, done: [[0, 'Successful'], [1, 'Successful']] }; // prettier-ignore
    expect(await run(MOVE, notes([], [note]))).toEqual({ status: 'succeeded', httpStatus: 200, message: 'Successful' });
    expect(await run({ ...MOVE, When: tagged('new') }, notes([], [note]))).toMatchObject({ status: 'succeeded' });
    expect(await run(MOVE, notes([], []))).toMatchObject({ errorCode: 'NoSuchKey' });
  });
});

describe('a restore', () => {
  const restore = { S3InitiateRestoreObject: { ExpirationInDays: 3 } };

  test('that somebody else began stays theirs', async () => {
    const survivors = world({ storageClass: 'GLACIER' });
    await survivors.store.restoreObject({ Bucket: 'b', Key: 'x/k', RestoreRequest: { Days: 9 } });
    const row = { status: 'failed', httpStatus: 409, errorCode: 'RestoreAlreadyInProgress' };
    expect(await survivors.run(restore, task)).toMatchObject(row);
    expect(await survivors.run(restore, task)).toMatchObject(row);
  });

  test('costs no note where it is waited for', async () => {
    const survivors = world({ storageClass: 'GLACIER' });
    await survivors.run({ S3InitiateRestoreObject: { ExpirationInDays: 3, WaitUntilRestored: true } }, task);
    expect(survivors.notesWritten).toBe(0);
  });
});

describe('a copy of an object onto itself', () => {
  const element = { S3PutObjectCopy: { ...itself, StorageClass: 'GLACIER', NewObjectTagging: tags('cold') } };

  test('that somebody else archived otherwise: the store’s word, and what is not known', async () => {
    const survivors = world();
    await killed(survivors, element, 'copyObject');
    survivors.store.seed('b', 'x/k', 'newer', { storageClass: 'DEEP_ARCHIVE' });
    expect(await survivors.run(element, task)).toMatchObject({
      status: 'failed',
      errorCode: 'InvalidObjectState',
      message: expect.stringContaining(
        'b/x/k was written since the job was created: perhaps by a run that was cut off',
      ),
    });
  });

  test('that was archived before the job, or that no run has begun with', async () => {
    const wanted = { storageClass: 'GLACIER', tags: [{ Key: 'state', Value: 'cold' }] };
    const before = world({ ...wanted, lastModified: new Date('2025-12-31T23:58:00Z') });
    const words = { errorCode: 'InvalidObjectState', message: expect.not.stringContaining('perhaps') };
    await before.run(element, task);
    expect(await before.run(element, task)).toMatchObject(words);
    expect(await world({ ...wanted, lastModified: new Date() }).run(element, task)).toMatchObject(words);
  });

  test('whose access control list can’t be seen', async () => {
    const grants = { S3PutObjectCopy: { ...itself, StorageClass: 'GLACIER', CannedAccessControlList: 'public-read' } };
    const survivors = world();
    await killed(survivors, grants, 'copyObject');
    expect(await survivors.run(grants, task)).toMatchObject({
      errorCode: 'InvalidObjectState',
      message: expect.stringContaining('perhaps'),
    });
  });
});

describe('new metadata of a version that is not the newest any more', () => {
  const element = { S3PutObjectMetadata: { UserMetadata: { a: 'c' } } };

  test.each<[string, string, ObjectSeed, perhaps: boolean]>([
    ['with other content', 'TEXT', { metadata: { a: 'c' } }, true],
    ['with other metadata', 'text', { metadata: { a: 'c', b: 'd' } }, true],
    ['of the time before the job', 'text', { metadata: { a: 'c' }, lastModified: OLD }, false],
  ])('since somebody stored one %s: refused', async (_name, body, seed, perhaps) => {
    const survivors = world({}, true);
    const { versionId } = survivors.store.peek('b', 'x/k')!;
    survivors.store.seed('b', 'x/k', body, seed);
    const word = expect.stringContaining('perhaps by a run that was cut off');
    const row = await survivors.run(element, { ...task, versionId });
    expect(row).toMatchObject({ status: 'failed', errorCode: 'InvalidRequest' });
    expect(row).toEqual(expect.objectContaining({ message: perhaps ? word : expect.not.stringContaining('perhaps') }));
  });
});

test('a move whose copy is there no more did move the object, but does not say that it is well', async () => {
  const survivors = world();
  const element = { S3MoveObject: { ...archive, TargetKey: '{basename}' } };
  await killed(survivors, element, 'deleteObject');
  await survivors.store.deleteObject({ Bucket: 'archive', Key: 'k' });
  expect(await survivors.run(element, task)).toMatchObject({
    errorCode: 'NoSuchKey',
    message: expect.stringContaining('it was moved to archive/k before, which is not there any more'),
  });
});

test.each<[string, JsonObject, notes: number]>([
  ['a copy', copy, 0],
  ['a move', { S3MoveObject: archive }, 0],
  ['a move to where others may go', { S3MoveObject: { ...archive, TargetKey: '{basename}' } }, 1],
  ['copy and tag', pipeline(copy, tag('copy')), 0],
  ['look, and tag under a condition', pipeline({ S3VerifyObject: {} }, { ...tag('copy'), When: tagged('new') }), 0],
  ['copy, compare, delete', MOVE, 1],
  ['the same under a condition', { ...MOVE, When: tagged('new') }, 1],
  [
    'a condition of all that the first step may end',
    { ...pipeline(tag('x'), copy, removeSource), When: tagged('new') },
    2,
  ],
])('notes that it costs: %s', async (_name, element, notes) => {
  const survivors = world();
  expect(await survivors.run(element, task)).toMatchObject({ status: 'succeeded' });
  expect(survivors.notesWritten).toBe(notes);
});
