/**
 * Goal: an event hold, and what becomes of annotations, is what was asked for, or the row says otherwise. Method: the in-memory store, which
 * knows event holds as AWS does, and one that takes no notice of them.
 */
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JobOperation } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';

const TASK = { bucket: 'source', key: 'a', manifestKey: 'a', row: 0 };
const UNTIL = '2036-01-01T00:00:00Z';
const HOLD = { EventHold: 'ON', EventHoldDuration: { Days: 30 } };
const NOT_TAKEN = { status: 'failed', httpStatus: 501, errorCode: 'NotImplemented' };

function stores(): MemoryStore {
  const store = new MemoryStore();
  for (const bucket of ['source', 'target']) store.createBucket(bucket, { objectLock: true });
  store.seed('source', 'a', 'x');
  return store;
}

/** A store that reads of a request what it knows. */
function ignoring(store: MemoryStore): MemoryStore {
  const { copyObject, putObjectRetention } = store;
  store.copyObject = ({ ObjectLockEventHold: _hold, ObjectLockEventHoldDurationDays: _days, ...known }, options) =>
    copyObject.call(store, known, options);
  store.putObjectRetention = ({ Retention: { Mode, RetainUntilDate } = {}, ...others }, options) =>
    putObjectRetention.call(store, { ...others, Retention: { Mode, RetainUntilDate } }, options);
  return store;
}

function perform(store: MemoryStore, operation: JobOperation): Promise<TaskOutcome> {
  const bound = parseOperation(operation);
  return bound.bind({ jobId: 'job', ...memoryRoleStores(store) })(TASK, new AbortController().signal);
}

const retained = (Retention: object): JobOperation => ({ S3PutObjectRetention: { Retention } }) as JobOperation;

test('an event hold is set, alone and beside a retention, and released', async () => {
  const store = stores();
  const there = () => store.peek('source', 'a')?.retention;
  expect(await perform(store, retained(HOLD))).toMatchObject({ status: 'succeeded' });
  expect(there()).toEqual(HOLD);
  expect(await perform(store, retained({ EventHoldDuration: { Years: 1 } }))).toMatchObject({ status: 'succeeded' });
  const both = { Mode: 'GOVERNANCE', RetainUntilDate: UNTIL, EventHold: 'OFF' };
  expect(await perform(store, retained(both))).toMatchObject({ status: 'succeeded' });
  expect(there()).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: new Date(UNTIL), EventHold: 'OFF' });
});

test('a store that takes no notice of an event hold makes no success', async () => {
  const store = ignoring(stores());
  expect(await perform(store, retained(HOLD))).toMatchObject(NOT_TAKEN);
  expect(await perform(store, retained({ EventHoldDuration: { Days: 1 } }))).toMatchObject(NOT_TAKEN);
  // It has none to release.
  expect(await perform(store, retained({ EventHold: 'OFF' }))).toMatchObject({ status: 'succeeded' });
  const copy = { TargetResource: 'arn:aws:s3:::target', ObjectLockEventHold: 'ON' };
  expect(await perform(store, { S3PutObjectCopy: copy })).toMatchObject(NOT_TAKEN);
});

test('copies have the event hold asked for', async () => {
  const store = stores();
  const given = { ObjectLockEventHold: 'ON', ObjectLockEventHoldDuration: { Days: 30 }, AnnotationDirective: 'COPY' };
  const copy = { TargetResource: 'arn:aws:s3:::target', ...given };
  expect(await perform(store, { S3PutObjectCopy: copy })).toMatchObject({ status: 'succeeded' });
  expect(store.peek('target', 'a')?.retention).toEqual(HOLD);
  expect(store.calls.find(({ method }) => method === 'copyObject')?.input).toMatchObject({
    AnnotationDirective: 'COPY',
  });
});

test.each([
  ['COPY', NOT_TAKEN],
  ['EXCLUDE', { status: 'succeeded' }],
])('a copy that CopyObject can’t make has no annotations: %s', async (AnnotationDirective, outcome) => {
  const store = stores();
  store.seed('source', 'a', 'x', { size: 6 * 1024 ** 3 });
  const copy = { TargetResource: 'arn:aws:s3:::target', AnnotationDirective };
  expect(await perform(store, { S3PutObjectCopy: copy })).toMatchObject(outcome);
});
