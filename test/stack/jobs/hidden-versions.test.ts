/**
 * Goal: a key that SeaweedFS leaves out of its listing of versions is brought back, and deleted with all its versions. Method: keys among
 * more others than a page holds, on a real SeaweedFS; what is left is read by AWS's client under the prefix that does show it.
 */
import {
  DeleteObjectCommand,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Stores } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { DONE, OperationRunner, row } from '../../support/operation-runner';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { Buckets } from '../../support/stack/buckets';
import { oneStoreConfig, TEST_CREDENTIALS } from '../../support/stack/stores-config';

const BUCKET = 'hidden-versions';

let server: KillableStore;
let buckets: Buckets;
let client: S3Client;
let stores: Stores;

beforeAll(async () => {
  server = await startKillableStore();
  buckets = new Buckets(server.url);
  await buckets.create(BUCKET);
  const place = { endpoint: server.url, region: 'us-east-1' };
  client = new S3Client({ ...place, forcePathStyle: true, credentials: TEST_CREDENTIALS });
  const VersioningConfiguration = { Status: 'Enabled' } as const;
  await client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
  stores = createStores(oneStoreConfig(server.url, BUCKET, []));
});

afterAll(async () => {
  await stores?.close();
  client?.destroy();
  buckets?.close();
  await server?.close();
});

test.each([
  ['report', '-', 150],
  ['many', '-', 1_100],
  ['dotted', '.', 1_100],
])('%s with names that go on with "%s", %d of them', async (key, separator, siblings) => {
  for (const Body of ['first', 'second']) await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: key, Body }));
  await client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: key }));
  const names = Array.from({ length: siblings }, (_, index) => `${key}${separator}${String(index).padStart(4, '0')}`);
  await buckets.putMany(BUCKET, names);
  expect(await left(key)).toBe(3);

  const undelete = new OperationRunner(stores.workspace(), 'S3UndeleteObject', {});
  expect(await undelete.perform(row(key, undefined, BUCKET))).toEqual(DONE);
  expect(await left(key)).toBe(2);
  expect((await buckets.get(BUCKET, key)).toString()).toBe('second');

  const deletion = new OperationRunner(stores.workspace(), 'S3DeleteObject', { AllVersions: true });
  expect(await deletion.perform(row(key, undefined, BUCKET))).toEqual(DONE);
  expect(await left(key)).toBe(0);
});

async function left(key: string): Promise<number> {
  const page = await client.send(new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: `${key}.versions` }));
  return [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].filter(({ Key }) => Key === key).length;
}
