/**
 * Goal: on a gateway that keeps objects as files, no task reaches another bucket or another folder, whatever the operation.
 * Method: every operation of the registry that works on objects, on a real versitygw, with keys that lead to objects and files
 * outside; these are looked at afterwards. That they can be reached at all is shown first, with AWS's own client.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DeleteObjectsCommand } from '@aws-sdk/client-s3';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import { CLIMBING } from '../../../contracts/object-key';
import { parseOperation } from '../../../operations';
import type { OperationContext, OperationDefinition } from '../../../operations/operation';
import type { Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { CLIMBING_KEYS } from '../../contract/odd-keys';
import { OBJECT_OPERATIONS, parametersOf, setupOf, SOURCE, TARGET, taskOf } from '../../contract/operation-bench';
import { MemoryTaskNotes } from '../../support/memory-store/task-notes';
import { MemoryUploadNotes } from '../../support/memory-store/upload-notes';
import { type StartedServer, startVersityGw } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { oneStoreConfig, roleConfig } from '../../support/stack/stores-config';

const ROLE = 'arn:aws:iam::123456789012:role/drover';
/** What CLIMBING_KEYS lead to from SOURCE. */
const VICTIM = 'victim';

/** What these say of the bucket before they look at the key: it has no Object Lock, no replication rules. */
const OF_BUCKETS: Readonly<Record<string, string>> = {
  S3PutObjectLegalHold: 'InvalidRequest',
  S3PutObjectRetention: 'InvalidRequest',
  S3ReplicateObject: 'SrcObjectNotEligible',
};

let gateway: StartedServer;
let buckets: Buckets;
let stores: Stores;

beforeAll(async () => {
  gateway = await startVersityGw();
  buckets = new Buckets(gateway.url);
  await buckets.create(SOURCE, TARGET, VICTIM);
  const role = roleConfig({ arn: ROLE, read: [SOURCE], write: [SOURCE, TARGET] });
  stores = createStores(oneStoreConfig(gateway.url, 'workspace', [role]));
});

afterAll(async () => {
  buckets?.close();
  await stores?.close();
  await gateway?.stop();
});

const outside = (): string => join(gateway.home, 'outside');

async function putVictims(): Promise<void> {
  for (const key of ['a', 'b']) await buckets.put(VICTIM, key, `body of ${key}`);
  writeFileSync(outside(), 'a file of nobody');
}

const outcomes = async (operation: OperationDefinition, keys: readonly string[]): Promise<readonly TaskOutcome[]> => {
  const role = stores.forRole(ROLE, '123456789012');
  const context: OperationContext = {
    jobId: 'climbing',
    createdAt: new Date(),
    storeFor: role.storeFor.bind(role),
    functions: role.functions,
    webhooks: role.webhooks,
    vaults: role.vaults,
    transfer: role.transfer,
    notes: new MemoryTaskNotes(),
    uploads: new MemoryUploadNotes(),
  };
  const bound = parseOperation({ [operation.name]: parametersOf(operation) });
  const tasks = keys.map((key, row) => ({ ...taskOf(key), row }));
  const { signal } = new AbortController();
  const perform = bound.bind(context);
  const found = await Promise.all(tasks.map((task) => perform(task, signal)));
  const group = bound.bindGroup?.(context);
  return group ? [...found, ...(await group.perform(tasks, signal))] : found;
};

test('the gateway itself does not hold the boundary: what follows can fail', async () => {
  await putVictims();
  const Delete = { Objects: [{ Key: `../${VICTIM}/b` }, { Key: '../../outside' }] };
  await buckets.client.send(new DeleteObjectsCommand({ Bucket: SOURCE, Delete }));
  expect(existsSync(outside())).toBe(false);
  await expect(buckets.get(VICTIM, 'b')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

const onObjects = OBJECT_OPERATIONS.filter((operation) => !setupOf(operation).objectNotNeeded);

test.each(onObjects.map((operation) => [operation.name, operation] as const))('%s', async (_name, operation) => {
  await putVictims();
  for (const outcome of await outcomes(operation, CLIMBING_KEYS)) {
    expect(outcome).toMatchObject({ status: 'failed', errorCode: OF_BUCKETS[operation.name] ?? CLIMBING.errorCode });
  }
  expect((await buckets.get(VICTIM, 'a')).toString()).toBe('body of a');
  expect(readFileSync(outside(), 'utf8')).toBe('a file of nobody');
  expect((await buckets.list(VICTIM)).map(({ key }) => key)).toEqual(['a', 'b']);
});
