/**
 * Goal: a real store that keeps raw UTF-8 has the same octets after edits, copies between stores and moves, and takes the signatures over
 * them. Method: SeaweedFS, its buckets in two stores of the configuration, and what it tells afterwards.
 */
import { randomBytes } from 'node:crypto';
import type { TaskOutcome } from '../../../contracts/engine/outcome';
import type { JsonObject } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import type { ObjectStore, Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { ACCOUNT, ROLE, storesConfig } from '../../quirks/bench/quirk-bench';
import { MemoryTaskNotes } from '../../support/memory-store/task-notes';
import { MemoryUploadNotes } from '../../support/memory-store/upload-notes';
import { testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { TEST_CREDENTIALS } from '../../support/stack/stores-config';

const octets = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
const METADATA = { author: octets('José à Paris'), sheep: octets('🐑') };
const ContentDisposition = octets('attachment; filename="naïve à.txt"');

let stores: Stores;
let store: ObjectStore;
const id = randomBytes(4).toString('hex');
const [here, there] = [`octets-here-${id}`, `octets-there-${id}`] as const;

beforeAll(async () => {
  const { s3Endpoint } = testStack();
  const buckets = new Buckets(s3Endpoint);
  for (const bucket of [here, there]) await buckets.create(bucket);
  const { stores: two, ...rest } = storesConfig([s3Endpoint, s3Endpoint]);
  const named = two.map((one, index) => ({
    ...one,
    credentials: TEST_CREDENTIALS,
    buckets: index === 0 ? [] : [there],
  }));
  stores = createStores({ ...rest, stores: named });
  store = stores.workspace();
});

afterAll(async () => {
  await stores?.close();
});

async function perform(element: JsonObject, key: string): Promise<TaskOutcome> {
  const role = stores.forRole(ROLE, ACCOUNT);
  const task = parseOperation(element).bind({
    jobId: '5f0b6a0e-6a3c-5d0c-9a54-1b1f3a1f0001',
    createdAt: new Date(),
    storeFor: (bucket, access) => role.storeFor(bucket, access),
    transfer: role.transfer,
    functions: role.functions,
    webhooks: role.webhooks,
    vaults: role.vaults,
    uploads: new MemoryUploadNotes(),
    notes: new MemoryTaskNotes(),
  });
  return task({ bucket: here, key, manifestKey: key, row: 0 }, new AbortController().signal);
}

const TargetResource = `arn:aws:s3:::${there}`;

test.each<[string, JsonObject, string]>([
  ['an edit', { S3PutObjectMetadata: { CacheControl: 'max-age=60' } }, here],
  ['a copy to another store', { S3PutObjectCopy: { TargetResource } }, there],
  ['a move to another store', { S3MoveObject: { TargetResource } }, there],
])('%s', async (what, element, bucket) => {
  const key = what.replaceAll(' ', '-');
  await store.putObject({ Bucket: here, Key: key, Body: Buffer.from('x'), Metadata: METADATA, ContentDisposition });
  expect(await perform(element, key)).toMatchObject({ status: 'succeeded' });
  const { metadata, contentDisposition } = await store.describeObject({ Bucket: bucket, Key: key });
  expect(metadata).toEqual(METADATA);
  expect(contentDisposition).toBe(ContentDisposition);
});

test('a person finds them by what they mean', async () => {
  await store.putObject({ Bucket: here, Key: 'k', Body: Buffer.from('x'), Metadata: METADATA });
  const verified = (author: string) => perform({ S3VerifyObject: { UserMetadata: { author } } }, 'k');
  expect(await verified('José à Paris')).toMatchObject({ status: 'succeeded' });
  expect(await verified('Jose à Paris')).toMatchObject({ status: 'failed', httpStatus: 412 });
  const When = { MatchAllMetadata: { author: 'José à Paris' } };
  expect(await perform({ S3DeleteObject: {}, When }, 'k')).toMatchObject({ status: 'succeeded' });
  await expect(store.headObject({ bucket: here, key: 'k' })).rejects.toMatchObject({ httpStatus: 404 });
});
