/**
 * Goal: legal holds and retentions are set as asked, in buckets that have Object Lock; a job that can't go well fails before its
 * first task. Method: the in-memory store's locks, which follow S3's rules.
 */
import type { Task, TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import { StoreError } from '../../../storage/store-error';
import { memoryRoleStores, MemoryStore } from '../../support/memory-store/store';
import { DONE, OperationRunner, row } from '../../support/operation-runner';

const LATE = '2036-01-01T00:00:00Z';
const EARLY = '2030-01-01T00:00:00Z';
const DENIED = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' };

function locked(): MemoryStore {
  const store = new MemoryStore();
  store.createBucket('b', { objectLock: true });
  store.seed('b', 'k');
  return store;
}

function hold(store: MemoryStore, Status: string): OperationRunner {
  return new OperationRunner(store, 'S3PutObjectLegalHold', { LegalHold: { Status } });
}

function retain(store: MemoryStore, Retention: JsonObject, more: JsonObject = {}): OperationRunner {
  return new OperationRunner(store, 'S3PutObjectRetention', { Retention, ...more });
}

describe('legal hold', () => {
  test('on and off again', async () => {
    const store = locked();
    expect(await hold(store, 'ON').perform(row('k'))).toEqual(DONE);
    expect(store.peek('b', 'k')?.legalHold).toBe('ON');
    expect(await hold(store, 'OFF').perform(row('k'))).toEqual(DONE);
    expect(store.peek('b', 'k')?.legalHold).toBe('OFF');
  });

  test('an object that never had one is free of it', async () => {
    const store = locked();
    expect(await hold(store, 'OFF').isInDesiredState(row('k'))).toBe(true);
    expect(await hold(store, 'ON').isInDesiredState(row('k'))).toBe(false);
    await hold(store, 'ON').perform(row('k'));
    expect(await hold(store, 'ON').isInDesiredState(row('k'))).toBe(true);
    expect(await hold(store, 'OFF').isInDesiredState(row('k'))).toBe(false);
  });

  test('a row of a bucket without Object Lock: in the words of the store', async () => {
    const store = new MemoryStore({ buckets: ['b'] });
    store.seed('b', 'k');
    const words = { httpStatus: 400, message: 'Bucket is missing Object Lock Configuration' };
    expect(await hold(store, 'ON').perform(row('k'))).toMatchObject(words);
  });
});

describe('retention', () => {
  test('the bypass is sent only when it is asked for', async () => {
    const store = locked();
    const Retention = { Mode: 'GOVERNANCE', RetainUntilDate: LATE };
    await retain(store, Retention).perform(row('k'));
    await retain(store, Retention, { BypassGovernanceRetention: false }).perform(row('k'));
    await retain(store, Retention, { BypassGovernanceRetention: true }).perform(row('k'));
    const at = { Bucket: 'b', Key: 'k', VersionId: undefined };
    const sent = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(LATE) };
    const retentions = store.calls.filter(({ method }) => method === 'putObjectRetention');
    expect(retentions.map(({ input }) => input)).toEqual([
      { ...at, Retention: sent },
      { ...at, Retention: sent },
      { ...at, Retention: sent, BypassGovernanceRetention: true },
    ]);
  });

  test('no row of a bucket without Object Lock is sent, and each bucket is asked once', async () => {
    const store = locked();
    store.createBucket('plain');
    store.seed('plain', 'k', 'bytes');
    const given = { Retention: { Mode: 'GOVERNANCE', RetainUntilDate: LATE } };
    const operation = parseOperation({ S3PutObjectRetention: given });
    const bound = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
    const perform = (task: Task): Promise<TaskOutcome> => bound(task, new AbortController().signal);
    const other = row('k', undefined, 'plain');
    const refused = { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest' };
    for (const task of [other, other]) {
      expect(await perform(task)).toEqual({ ...refused, message: 'Bucket is missing Object Lock Configuration' });
    }
    for (const task of [row('k'), row('k')]) expect(await perform(task)).toEqual(DONE);
    expect(store.calls.map(({ method, bucket }) => `${method} ${bucket}`)).toEqual([
      'hasObjectLock plain',
      'hasObjectLock b',
      'putObjectRetention b',
      'putObjectRetention b',
    ]);
  });

  test('governance: shortened and removed only with the bypass', async () => {
    const store = locked();
    await retain(store, { Mode: 'GOVERNANCE', RetainUntilDate: LATE }).perform(row('k'));
    const shorter = { Mode: 'GOVERNANCE', RetainUntilDate: EARLY };
    expect(await retain(store, shorter).perform(row('k'))).toMatchObject(DENIED);
    expect(await retain(store, {}).perform(row('k'))).toMatchObject(DENIED);
    expect(await retain(store, shorter, { BypassGovernanceRetention: true }).perform(row('k'))).toEqual(DONE);
    expect(store.peek('b', 'k')?.retention.RetainUntilDate).toEqual(new Date(EARLY));
    expect(await retain(store, {}, { BypassGovernanceRetention: true }).perform(row('k'))).toEqual(DONE);
    expect(store.peek('b', 'k')?.retention).toEqual({});
  });

  test('compliance: extended, and nothing else', async () => {
    const store = locked();
    await retain(store, { Mode: 'COMPLIANCE', RetainUntilDate: EARLY }).perform(row('k'));
    expect(await retain(store, {}, { BypassGovernanceRetention: true }).perform(row('k'))).toMatchObject(DENIED);
    expect(await retain(store, { Mode: 'COMPLIANCE', RetainUntilDate: LATE }).perform(row('k'))).toEqual(DONE);
  });

  test('the desired state: same mode, same second', async () => {
    const store = locked();
    const isDone = (Retention: JsonObject): Promise<boolean> => retain(store, Retention).isInDesiredState(row('k'));
    expect(await isDone({})).toBe(true);
    expect(await isDone({ Mode: 'GOVERNANCE', RetainUntilDate: LATE })).toBe(false);
    await retain(store, { Mode: 'GOVERNANCE', RetainUntilDate: LATE }).perform(row('k'));
    expect(await isDone({ Mode: 'GOVERNANCE', RetainUntilDate: LATE })).toBe(true);
    expect(await isDone({ Mode: 'GOVERNANCE', RetainUntilDate: '2036-01-01T01:00:00.750+01:00' })).toBe(true);
    expect(await isDone({ Mode: 'GOVERNANCE', RetainUntilDate: '2036-01-01T00:00:01Z' })).toBe(false);
    expect(await isDone({ Mode: 'COMPLIANCE', RetainUntilDate: LATE })).toBe(false);
    expect(await isDone({})).toBe(false);
  });
});

describe.each([
  ['S3PutObjectLegalHold', (store: MemoryStore) => hold(store, 'ON')],
  ['S3PutObjectRetention', (store: MemoryStore) => retain(store, { Mode: 'GOVERNANCE', RetainUntilDate: LATE })],
])('before the first task of %s', (_name, operation) => {
  test('a bucket with Object Lock passes', async () => {
    const store = locked();
    await operation(store).precheck('b');
    expect(store.calls.map(({ method }) => method)).toEqual(['hasObjectLock']);
  });

  test('a bucket without it fails the job, by name', async () => {
    const store = new MemoryStore({ buckets: ['plain'] });
    const error = { name: 'DroverError', code: 'ObjectLockNotEnabled', message: 'The bucket plain has no Object Lock' };
    await expect(operation(store).precheck('plain')).rejects.toMatchObject(error);
  });

  test.each([400, 405, 501])('so does a store that answers %d: it has never heard of the call', async (httpStatus) => {
    const store = locked();
    store.faults.fail(new StoreError('Unknown', httpStatus, 'what?'), { method: 'hasObjectLock' });
    await expect(operation(store).precheck('b')).rejects.toMatchObject({
      code: 'ObjectLockNotEnabled',
      message: `memory://store (region memory-1) does not tell whether the bucket b has Object Lock: Unknown: what?`,
    });
  });

  test.each([
    ['no right', new StoreError('AccessDenied', 403, 'no')],
    ['no bucket', new StoreError('NoSuchBucket', 404, 'no')],
    ['trouble', new StoreError('InternalError', 500, 'no')],
    ['a store out of reach', new StoreError('ECONNREFUSED', 0, 'no')],
  ])('%s is told as it is', async (_what, error) => {
    const store = locked();
    store.faults.fail(error, { method: 'hasObjectLock' });
    await expect(operation(store).precheck('b')).rejects.toBe(error);
  });
});

test('a date that has passed: the row fails in the words of S3, and nothing is sent', async () => {
  const refused = { status: 'failed', httpStatus: 400, errorCode: 'InvalidArgument' };
  const message = 'The retain until date must be in the future!';
  for (const RetainUntilDate of ['2020-01-01T00:00:00Z', new Date(Date.now() - 1).toISOString()]) {
    const store = locked();
    const operation = retain(store, { Mode: 'GOVERNANCE', RetainUntilDate });
    await operation.precheck('b');
    expect(await operation.perform(row('k'))).toEqual({ ...refused, message });
    expect(store.calls.map(({ method }) => method)).not.toContain('putObjectRetention');
  }
  const later = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.now() + 60_000).toISOString() };
  expect(await retain(locked(), later).perform(row('k'))).toEqual(DONE);
});
