/**
 * Goal: the restore request, its wait policy, and what a restore that is under way counts for. Method: the in-memory store's
 * archive with its clock and faults; headers as stores send them.
 */
import { defined } from '../../../../contracts/defined';
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { parseOperation } from '../../../../operations';
import { restoreState } from '../../../../operations/common/restore-state';
import { StoreError } from '../../../../storage/store-error';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { OperationRunner } from '../../../support/operation-runner';

const TASK = { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 };

function archive(): MemoryStore {
  const store = new MemoryStore({ buckets: ['b'] });
  store.seed('b', 'k', 'x', { storageClass: 'GLACIER' });
  return store;
}

function restore(store: MemoryStore, given: JsonObject): Promise<TaskOutcome> {
  const operation = parseOperation({ S3InitiateRestoreObject: given });
  return operation.bind({ jobId: 'j', ...memoryRoleStores(store) })(TASK, new AbortController().signal);
}

const SUCCEEDED = { status: 'succeeded', httpStatus: 200, message: 'Successful' };
const UNDER_WAY = { status: 'failed', httpStatus: 409, errorCode: 'RestoreAlreadyInProgress' };

describe('the request', () => {
  test.each<[given: JsonObject, sent: object]>([
    [
      { ExpirationInDays: 3, GlacierJobTier: 'BULK' },
      { Days: 3, GlacierJobParameters: { Tier: 'Bulk' } },
    ],
    [
      { ExpirationInDays: 3, GlacierJobTier: 'STANDARD' },
      { Days: 3, GlacierJobParameters: { Tier: 'Standard' } },
    ],
    [{ ExpirationInDays: 3 }, { Days: 3 }],
    [{ GlacierJobTier: 'BULK' }, { GlacierJobParameters: { Tier: 'Bulk' } }],
    [{}, {}],
  ])('%j', async (given, RestoreRequest) => {
    const store = archive();
    await restore(store, given);
    expect(store.calls[0]?.input).toEqual({ Bucket: 'b', Key: 'k', VersionId: undefined, RestoreRequest });
  });
});

describe('a restore that is under way', () => {
  test('same days and a faster tier succeed, anything else is refused (user guide)', async () => {
    const store = archive();
    expect(await restore(store, { ExpirationInDays: 3, GlacierJobTier: 'BULK' })).toEqual(SUCCEEDED);
    expect(await restore(store, { ExpirationInDays: 3, GlacierJobTier: 'BULK' })).toMatchObject(UNDER_WAY);
    expect(await restore(store, { ExpirationInDays: 4, GlacierJobTier: 'STANDARD' })).toMatchObject(UNDER_WAY);
    expect(await restore(store, { ExpirationInDays: 3, GlacierJobTier: 'STANDARD' })).toEqual(SUCCEEDED);
  });

  test('once restored, another request extends the stay', async () => {
    const store = archive();
    await restore(store, { ExpirationInDays: 1 });
    store.advance(12 * 3_600_000);
    expect(await restore(store, { ExpirationInDays: 30 })).toEqual(SUCCEEDED);
    store.advance(20 * 24 * 3_600_000);
    expect(restoreState(await store.headObject(TASK))).toBe('restored');
  });

  test('counts as this request when its answer was lost on the way', async () => {
    const store = archive();
    store.faults.loseAnswer({ method: 'restoreObject' });
    expect(await restore(store, { ExpirationInDays: 1 })).toEqual(SUCCEEDED);
    expect(store.calls.map(({ method }) => method)).toEqual(['restoreObject', 'headObject']);
  });

  test('counts as this request when the client repeated it after a lost answer', async () => {
    const store = archive();
    store.faults.fail(new StoreError('RestoreAlreadyInProgress', 409, 'in progress', { answerLost: true }));
    expect(await restore(store, { ExpirationInDays: 1 })).toEqual(SUCCEEDED);
  });

  test('is awaited by a job that waits, whoever asked for it', async () => {
    const store = archive();
    await restore(store, { ExpirationInDays: 3 });
    expect(await restore(store, { ExpirationInDays: 9, WaitUntilRestored: true })).toMatchObject({ status: 'pending' });
  });
});

describe('the wait policy', () => {
  const wait = (given: JsonObject): unknown => parseOperation({ S3InitiateRestoreObject: given }).plan.wait;

  test('goes by the tier, and by the values given', () => {
    const { standardLookMs, bulkFirstLookMs, bulkLookMs, lookMsMax } = LIMITS.restore;
    const of = (firstLookMs: number, intervalMs: number, intervalMaxMs: number) => ({
      kind: 'lists',
      what: 'restore',
      firstLookMs,
      intervalMs,
      intervalMaxMs,
    });
    expect(wait({ WaitUntilRestored: true })).toEqual(of(standardLookMs, standardLookMs, lookMsMax));
    const bulk = { GlacierJobTier: 'BULK', WaitUntilRestored: true };
    expect(wait(bulk)).toEqual(of(bulkFirstLookMs, bulkLookMs, lookMsMax));
    expect(wait({ ...bulk, RestorePollSeconds: 5 })).toEqual(of(5_000, 5_000, 5_000));
  });

  test.each(['RestorePollSeconds', 'RestoreTimeoutHours'])('%s without a wait is refused', (member) => {
    const message = `Operation.S3InitiateRestoreObject.${member}: has a meaning only with WaitUntilRestored true`;
    expect(() => wait({ [member]: 1 })).toThrow(message);
    expect(() => wait({ [member]: 1, WaitUntilRestored: false })).toThrow(message);
    expect(() => wait({ [member]: 0, WaitUntilRestored: true })).toThrow(`${member}: `);
  });
});

describe('the desired state', () => {
  const isDone = (store: MemoryStore, given: JsonObject): Promise<boolean> =>
    new OperationRunner(store, 'S3InitiateRestoreObject', given).isInDesiredState(TASK);

  test('archived: no; under way: yes, unless the job waits; restored: yes', async () => {
    const store = archive();
    const waiting = { ExpirationInDays: 3, WaitUntilRestored: true };
    expect(await isDone(store, { ExpirationInDays: 3 })).toBe(false);
    await restore(store, { ExpirationInDays: 3 });
    expect(await isDone(store, { ExpirationInDays: 3 })).toBe(true);
    expect(await isDone(store, waiting)).toBe(false);
    store.advance(6 * 3_600_000);
    expect(await isDone(store, waiting)).toBe(true);
    store.advance(4 * 24 * 3_600_000);
    expect(await isDone(store, { ExpirationInDays: 3 })).toBe(false);
  });

  test('restored, but not for as long as the job wants it, counted from when it was created', async () => {
    const store = archive();
    await restore(store, { ExpirationInDays: 3 });
    store.advance(6 * 3_600_000);
    // The copy stays until three days after 5:00 of the first of January, when the job was created at 0:00.
    expect(await isDone(store, { ExpirationInDays: 3 })).toBe(true);
    expect(await isDone(store, { ExpirationInDays: 4 })).toBe(false);
  });

  test('not archived: nothing to restore', async () => {
    const store = new MemoryStore({ buckets: ['b'] });
    store.seed('b', 'k');
    expect(await isDone(store, { ExpirationInDays: 3 })).toBe(true);
  });

  test.each([
    [{ storageClass: 'INTELLIGENT_TIERING' }, true],
    [{ storageClass: 'INTELLIGENT_TIERING', archiveStatus: 'DEEP_ARCHIVE_ACCESS' }, false],
    [{ storageClass: 'INTELLIGENT_TIERING', restore: 'ongoing-request="false"' }, true],
    [{ storageClass: 'INTELLIGENT_TIERING', restore: 'ongoing-request="true"', archiveStatus: 'ARCHIVE_ACCESS' }, true],
    [{ storageClass: 'GLACIER_IR' }, true],
  ])('%j: %s', async (told, done) => {
    const store = new MemoryStore({ buckets: ['b'] });
    const head = { httpStatus: 200, etag: 'x', contentLength: 1, metadata: {}, missingMetadata: 0 };
    jest.spyOn(store, 'describeObject').mockResolvedValue({ ...head, ...told });
    expect(await isDone(store, {})).toBe(done);
  });
});

describe('restoreState', () => {
  test.each([
    ['ongoing-request="true"', 'GLACIER', 'in-progress'],
    ['ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"', 'GLACIER', 'restored'],
    ['expiry-date="Fri, 21 Dec 2012 00:00:00 GMT", ongoing-request="false"', 'DEEP_ARCHIVE', 'restored'],
    ['ongoing-request="false"', undefined, 'restored'],
    ['ongoing-request="true"', 'INTELLIGENT_TIERING', 'in-progress'],
    [undefined, 'GLACIER', 'not-requested'],
    ['', 'DEEP_ARCHIVE', 'not-requested'],
    ['something else', 'DEEP_ARCHIVE', 'not-requested'],
    [undefined, 'GLACIER_IR', 'not-archived'],
    [undefined, 'INTELLIGENT_TIERING', 'not-archived'],
    [undefined, undefined, 'not-archived'],
  ])('%s of %s is %s', (header, storageClass, state) => {
    const head = {
      ...defined({ restore: header, storageClass }),
    };
    expect(restoreState(head)).toBe(state);
  });
});
