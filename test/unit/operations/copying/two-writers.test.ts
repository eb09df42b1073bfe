/**
 * Goal: two jobs that change the same objects at the same time in one worker lose nothing of each other. Method: each has clients of
 * its own, as jobs have, on one store; both begin with all objects at once.
 */
import type { Task } from '../../../../contracts/engine/outcome';
import type { JobOperation } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { memoryRoleStores, memoryStores } from '../../../support/memory-store/role-stores';
import { MemoryStore } from '../../../support/memory-store/store';

const KEYS = Array.from({ length: 20 }, (_, index) => `cow-${index}`);

let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore({ buckets: ['herd'] });
  for (const key of KEYS) store.seed('herd', key, 'content');
});

async function runJob(jobId: string, operation: JobOperation): Promise<void> {
  const role = memoryRoleStores(store);
  const owned = memoryStores(role, store).ownedBy({ id: jobId, check: () => undefined });
  const { storeFor } = owned.forRole('role', 'account');
  const perform = parseOperation(operation).bind({ ...role, storeFor, jobId, takenUpAgain: false });
  const tasks = KEYS.map((key, row): Task => ({ bucket: 'herd', key, manifestKey: key, row }));
  const outcomes = await Promise.all(tasks.map((task) => perform(task, new AbortController().signal)));
  expect(outcomes.map(({ status }) => status)).toEqual(KEYS.map(() => 'succeeded'));
}

test('tags', async () => {
  await Promise.all(
    ['one', 'two', 'three'].map((Key) => runJob(Key, { S3AddObjectTagging: { TagSet: [{ Key, Value: 'yes' }] } })),
  );
  for (const key of KEYS) {
    const { tags } = await store.getObjectTagging({ Bucket: 'herd', Key: key });
    expect(tags.map(({ Key }) => Key).sort()).toEqual(['one', 'three', 'two']);
  }
});

test('metadata', async () => {
  await Promise.all(
    ['one', 'two', 'three'].map((name) => runJob(name, { S3PutObjectMetadata: { UserMetadata: { [name]: 'yes' } } })),
  );
  for (const key of KEYS) {
    const { metadata } = await store.describeObject({ Bucket: 'herd', Key: key });
    expect(metadata).toEqual({ one: 'yes', two: 'yes', three: 'yes' });
  }
});
