/** Goal: what a task is while its restore runs, and after it. Method: the in-memory store's archive with its clock. */
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { restoreState } from '../../../../operations/common/restore-state';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const SOURCE = 'source';
const TASK = { bucket: SOURCE, key: 'a', manifestKey: 'a', row: 0 };

describe('S3InitiateRestoreObject with WaitUntilRestored', () => {
  const parameters = { ExpirationInDays: 2, GlacierJobTier: 'BULK', WaitUntilRestored: true };

  function perform(store: MemoryStore, given: JsonObject = parameters): Promise<TaskOutcome> {
    const operation = parseOperation({ S3InitiateRestoreObject: given });
    const context = { jobId: 'job', ...memoryRoleStores(store) };
    return operation.bind(context)(TASK, new AbortController().signal);
  }

  test('a task is pending from the request to the end of the restore, and after it', async () => {
    const store = new MemoryStore({ buckets: [SOURCE] });
    store.seed(SOURCE, 'a', 'x', { storageClass: 'DEEP_ARCHIVE' });
    expect(restoreState(await store.headObject(TASK))).toBe('not-requested');
    expect(await perform(store)).toMatchObject({ status: 'pending' });
    expect(await perform(store)).toMatchObject({ status: 'pending' });
    expect(restoreState(await store.headObject(TASK))).toBe('in-progress');
    store.advance(48 * 3_600_000);
    expect(restoreState(await store.headObject(TASK))).toBe('restored');
    expect(await perform(store)).toMatchObject({ status: 'pending' });
    store.advance(2 * 24 * 3_600_000);
    expect(restoreState(await store.headObject(TASK))).toBe('not-requested');
  });

  test('what is refused fails at once', async () => {
    const store = new MemoryStore({ buckets: [SOURCE] });
    store.seed(SOURCE, 'a', 'x');
    expect(await perform(store)).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' });
    expect(await perform(store, { WaitUntilRestored: true })).toMatchObject({ status: 'failed' });
  });
});
