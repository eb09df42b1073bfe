/**
 * Goal: a copy is skipped only when the target is what the copy would make. Method: copy, then change one thing of source,
 * target or parameters and ask; the in-memory store.
 */
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import type { ObjectSeed } from '../../../support/memory-store/bucket';
import { sumOf } from '../../../support/memory-store/checks';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';

const SEED: ObjectSeed = {
  headers: { ContentType: 'a/b', CacheControl: 'c' },
  metadata: { m: '1' },
  tags: [{ Key: 'a', Value: 'b' }],
};

class World {
  readonly store = new MemoryStore({ buckets: ['source', 'target'] });
  private readonly context = { jobId: 'job', ...memoryRoleStores(this.store) };
  private readonly task = { bucket: 'source', key: 'k', manifestKey: 'k', row: 0 };

  constructor(seed: ObjectSeed = {}, body = 'body') {
    this.store.seed('source', 'k', body, { ...SEED, ...seed });
  }

  private parsed(given: JsonObject) {
    return parseOperation({ S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target', ...given } });
  }

  async copy(given: JsonObject = {}): Promise<void> {
    const operation = this.parsed(given);
    const outcome = await operation.bind(this.context)(this.task, new AbortController().signal);
    expect(outcome).toMatchObject({ status: 'succeeded' });
  }

  isThere(given: JsonObject = {}): Promise<boolean | undefined> {
    const operation = this.parsed(given);
    const look = operation.bindDesiredState?.(this.context);
    return look?.(this.task, new AbortController().signal) ?? Promise.resolve(undefined);
  }
}

test.each<[title: string, given: JsonObject]>([
  ['plain', {}],
  ['class', { StorageClass: 'STANDARD_IA' }],
  ['class of the source', { Preserve: ['StorageClass', 'Encryption'] }],
  ['metadata', { NewObjectMetadata: { ContentType: 'x/y', UserMetadata: { M: '2' } } }],
  ['no metadata', { NewObjectMetadata: {} }],
  ['tags', { NewObjectTagging: [{ Key: 'n', Value: '' }] }],
  ['no tags', { NewObjectTagging: [] }],
  ['KMS', { SSEAwsKmsKeyId: 'arn:aws:kms:x:1:key/a', BucketKeyEnabled: true, ChecksumAlgorithm: 'CRC32' }],
  ['redirect', { RedirectLocation: '/there' }],
])('%s: not before, but after the copy', async (_title, given) => {
  const settings =
    given['SSEAwsKmsKeyId'] === undefined ? {} : { ChecksumCRC32: await sumOf(Buffer.from('body'), 'CRC32') };
  const world = new World({ settings });
  expect(await world.isThere(given)).toBe(false);
  await world.copy(given);
  expect(await world.isThere(given)).toBe(true);
});

test.each<[title: string, etag: string, is: boolean]>([
  ['an MD5', '0123456789abcdef0123456789abcdef', true],
  ['an MD5 of parts', '0123456789abcdef0123456789abcdef-2', true],
  ['made up by the store', '1f-5e9', false],
])('the same ETag, %s (%s), proves the same bytes: %s', async (_title, etag, is) => {
  const world = new World({ etag });
  world.store.seed('target', 'k', 'ydob', { ...SEED, etag });
  expect(await world.isThere()).toBe(is);
});

test('metadata told in another encoding are the same', async () => {
  const world = new World({ metadata: { m: Buffer.from('José').toString('latin1') } });
  world.store.seed('target', 'k', 'body', { ...SEED, metadata: { m: '=?UTF-8?B?Sm9zw6k=?=' } });
  expect(await world.isThere()).toBe(true);
});

test.each<[title: string, change: (store: MemoryStore) => unknown]>([
  ['other bytes', (store) => store.seed('source', 'k', 'ydob', SEED)],
  ['another length', (store) => store.seed('target', 'k', 'longer', SEED)],
  ['other metadata', (store) => store.seed('source', 'k', 'body', { ...SEED, metadata: { m: '2' } })],
  ['more metadata', (store) => store.seed('target', 'k', 'body', { ...SEED, metadata: { m: '1', n: '2' } })],
  ['another type', (store) => store.seed('target', 'k', 'body', { ...SEED, headers: { CacheControl: 'c' } })],
  ['other tags', (store) => store.seed('source', 'k', 'body', { ...SEED, tags: [{ Key: 'a', Value: 'c' }] })],
  ['no tags', (store) => store.seed('target', 'k', 'body', { ...SEED, tags: [] })],
  [
    'a redirect',
    (store) => store.seed('target', 'k', 'body', { ...SEED, settings: { WebsiteRedirectLocation: '/x' } }),
  ],
  ['a target that is gone', (store) => store.remove({ bucket: 'target', key: 'k' })],
])('not with %s', async (_title, change) => {
  const world = new World();
  await world.copy();
  expect(await world.isThere()).toBe(true);
  await change(world.store);
  expect(await world.isThere()).toBe(false);
});

test.each<[asked: JsonObject]>([
  [{ StorageClass: 'STANDARD_IA' }],
  [{ SSEAwsKmsKeyId: 'k' }],
  [{ NewObjectMetadata: { ContentType: 'x/y' } }],
  [{ NewObjectTagging: [] }],
  [{ RedirectLocation: '/there' }],
  [{ ChecksumAlgorithm: 'CRC32' }],
  [{ CannedAccessControlList: 'private' }],
  [{ Preserve: ['AccessControlList'] }],
])('not when %j is asked for, which the target lacks or does not show', async (asked) => {
  const world = new World();
  await world.copy();
  expect(await world.isThere(asked)).toBe(false);
});

test('a checksum of the whole tells where the ETags differ', async () => {
  const checksum = { ChecksumCRC32: await sumOf(Buffer.from('body'), 'CRC32'), ChecksumType: 'FULL_OBJECT' };
  const world = new World({ settings: checksum, etag: 'abc-3' });
  world.store.seed('target', 'k', 'body', { ...SEED, settings: checksum });
  expect(await world.isThere()).toBe(true);
  world.store.seed('target', 'k', 'body', { ...SEED, settings: { ...checksum, ChecksumCRC32: 'AAAAAA==' } });
  expect(await world.isThere()).toBe(false);
});

test('a source that can’t be looked at is for the store to tell', async () => {
  const world = new World();
  await world.store.remove({ bucket: 'source', key: 'k' });
  await expect(world.isThere()).rejects.toMatchObject({ code: 'NoSuchKey' });
});
