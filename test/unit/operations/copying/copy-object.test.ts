/**
 * Goal: every member of S3PutObjectCopy reaches CopyObject as AWS means it, or is refused by name. Method: parse, bind on the
 * in-memory store, and look at the request it recorded.
 */
import { defined } from '../../../../contracts/defined';
import type { TaskOutcome } from '../../../../contracts/engine/outcome';
import type { JsonObject } from '../../../../contracts/job';
import { parseOperation } from '../../../../operations';
import { memoryRoleStores, MemoryStore } from '../../../support/memory-store/store';
import { REFUSED_COPIES, type RefusedCopy } from './refused-copies';

const TargetResource = 'arn:aws:s3:::target';

function newStore(): MemoryStore {
  const store = new MemoryStore({ buckets: ['source'] });
  store.createBucket('target', { objectLock: true });
  return store;
}

async function copy(given: JsonObject, key = 'a/b c', store = newStore(), versionId?: string): Promise<TaskOutcome> {
  const operation = parseOperation({ S3PutObjectCopy: { TargetResource, ...given } });
  if (store.peek('source', key) === undefined) store.seed('source', key);
  const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store) });
  const task = { bucket: 'source', key, manifestKey: key, row: 0, ...defined({ versionId }) };
  return perform(task, new AbortController().signal);
}

/** The request that was sent, without what every copy has. */
async function request(given: JsonObject): Promise<object> {
  const store = newStore();
  expect(await copy(given, 'k', store)).toMatchObject({ status: 'succeeded' });
  const { Bucket, Key, CopySource, ...rest } = store.calls[0]?.input as Record<string, unknown>;
  expect([Bucket, Key, CopySource]).toEqual(['target', 'k', 'source/k']);
  return rest;
}

function refusal(given: JsonObject): string {
  try {
    parseOperation({ S3PutObjectCopy: { TargetResource, ...given } });
  } catch (error) {
    return (error as Error).message.replace('Operation.S3PutObjectCopy.', '');
  }
  return 'accepted';
}

describe('the request', () => {
  test('of a bare copy has nothing but source and target', async () => {
    expect(await request({})).toEqual({});
  });

  test.each<[title: string, given: JsonObject, sent: object]>([
    ['canned ACL', { CannedAccessControlList: 'bucket-owner-full-control' }, { ACL: 'bucket-owner-full-control' }],
    ['storage class', { StorageClass: 'DEEP_ARCHIVE' }, { StorageClass: 'DEEP_ARCHIVE' }],
    ['storage class of the store', { StorageClass: 'COLD' }, { StorageClass: 'COLD' }],
    ['redirect', { RedirectLocation: '/other' }, { WebsiteRedirectLocation: '/other' }],
    ['requester pays', { RequesterPays: true }, { RequestPayer: 'requester' }],
    ['requester does not pay', { RequesterPays: false }, {}],
    ['checksum', { ChecksumAlgorithm: 'CRC64NVME' }, { ChecksumAlgorithm: 'CRC64NVME' }],
    ['legal hold', { ObjectLockLegalHoldStatus: 'OFF' }, { ObjectLockLegalHoldStatus: 'OFF' }],
    [
      'retention',
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: '2030-01-01T00:00:00+01:00' },
      { ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: new Date('2029-12-31T23:00:00Z') },
    ],
    [
      'constraints',
      { ModifiedSinceConstraint: '2020-01-01T00:00:00Z', UnModifiedSinceConstraint: '2027-01-01T00:00:00.5Z' },
      {
        CopySourceIfModifiedSince: new Date('2020-01-01T00:00:00Z'),
        CopySourceIfUnmodifiedSince: new Date('2027-01-01T00:00:00.5Z'),
      },
    ],
    ['KMS key alone means KMS', { SSEAwsKmsKeyId: 'k-1' }, { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'k-1' }],
    [
      'KMS with key and bucket key; metadata stay',
      { SSEAwsKmsKeyId: 'k-1', BucketKeyEnabled: true, NewObjectMetadata: { SSEAlgorithm: 'KMS' } },
      { ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'k-1', BucketKeyEnabled: true },
    ],
    ['AES256; metadata stay', { NewObjectMetadata: { SSEAlgorithm: 'AES256' } }, { ServerSideEncryption: 'AES256' }],
    [
      'AES256 beside an explicit COPY and no user metadata',
      { MetadataDirective: 'COPY', NewObjectMetadata: { SSEAlgorithm: 'AES256', UserMetadata: {} } },
      { MetadataDirective: 'COPY', ServerSideEncryption: 'AES256' },
    ],
    ['empty metadata remove all', { NewObjectMetadata: {} }, { MetadataDirective: 'REPLACE' }],
    ['REPLACE without metadata removes all', { MetadataDirective: 'REPLACE' }, { MetadataDirective: 'REPLACE' }],
    [
      'all metadata; REPLACE is implied',
      {
        NewObjectMetadata: {
          CacheControl: 'no-store',
          ContentDisposition: 'inline',
          ContentEncoding: 'gzip',
          ContentLanguage: 'de',
          ContentType: 'text/plain; charset=utf-8',
          HttpExpiresDate: '2027-01-01T00:00:00Z',
          UserMetadata: { 'colour-of-hair': 'red', empty: '' },
        },
      },
      {
        MetadataDirective: 'REPLACE',
        CacheControl: 'no-store',
        ContentDisposition: 'inline',
        ContentEncoding: 'gzip',
        ContentLanguage: 'de',
        ContentType: 'text/plain; charset=utf-8',
        Expires: new Date('2027-01-01T00:00:00Z'),
        Metadata: { 'colour-of-hair': 'red', empty: '' },
      },
    ],
    ['no tags', { NewObjectTagging: [] }, { TaggingDirective: 'REPLACE' }],
    [
      'tags are URL-encoded',
      {
        NewObjectTagging: [
          { Key: 'a b', Value: 'c+d=e/ü' },
          { Key: 'k', Value: '' },
        ],
      },
      { TaggingDirective: 'REPLACE', Tagging: 'a%20b=c%2Bd%3De%2F%C3%BC&k=' },
    ],
    [
      'grants',
      {
        AccessControlGrants: [
          { Grantee: { TypeIdentifier: 'id', Identifier: 'abc', DisplayName: 'Somebody' }, Permission: 'FULL_CONTROL' },
          { Grantee: { TypeIdentifier: 'uri', Identifier: 'http://acs.example/g' }, Permission: 'READ' },
          { Grantee: { TypeIdentifier: 'emailAddress', Identifier: 'a@b.example' }, Permission: 'READ' },
          { Grantee: { TypeIdentifier: 'id', Identifier: 'd' }, Permission: 'READ_ACP' },
          { Grantee: { TypeIdentifier: 'id', Identifier: 'e' }, Permission: 'WRITE_ACP' },
        ],
      },
      {
        GrantFullControl: 'id="abc"',
        GrantRead: 'uri="http://acs.example/g", emailAddress="a@b.example"',
        GrantReadACP: 'id="d"',
        GrantWriteACP: 'id="e"',
      },
    ],
  ])('%s', async (_title, given, sent) => {
    expect(await request(given)).toEqual(sent);
  });

  test.each([
    ['Folder1', 'Folder1/a'],
    ['Folder1/', 'Folder1/a'],
    ['deep/er', 'deep/er/a'],
    ['/', '/a'],
    ['ü +%', 'ü +%/a'],
  ])('the prefix %j makes the key %j', async (TargetKeyPrefix, key) => {
    const store = newStore();
    await copy({ TargetKeyPrefix }, 'a', store);
    expect(store.keys('target')).toEqual([key]);
  });

  test.each([
    [{ TargetKey: '{yyyy}/{basename}' }, 'in/a.b', '2026/a.b'],
    [{ ReplacePrefix: { From: 'in/', To: 'out/' } }, 'in/a.b', 'out/a.b'],
  ])('%j makes of %s the key %s, also for the next step', async (given, key, made) => {
    const store = newStore();
    await copy(given, key, store);
    expect(store.keys('target')).toEqual([made]);
    const operation = parseOperation({ S3PutObjectCopy: { TargetResource, ...given } });
    const result = operation.bindResult?.({ createdAt: new Date('2026-01-01T00:00:00Z') });
    const task = { bucket: 'source', key, versionId: 'v', manifestKey: 'm', row: 3 };
    expect(result?.(task)).toEqual({ bucket: 'target', key: made, manifestKey: 'm', row: 3 });
  });

  test('names the version of the source', async () => {
    const store = newStore();
    store.createBucket('source', { versioned: true });
    const { versionId } = store.seed('source', 'a?b', 'old');
    store.seed('source', 'a?b', 'new');
    await copy({}, 'a?b', store, versionId);
    expect(store.calls[0]?.input).toMatchObject({ CopySource: `source/a%3Fb?versionId=${versionId}` });
    expect(store.peek('target', 'a?b')?.body.toString()).toBe('old');
  });
});

describe('what the store refuses is the row', () => {
  test.each<RefusedCopy>([
    ['a key that ReplacePrefix does not fit', { ReplacePrefix: { From: 'x/', To: '' } }, {}, 400, 'InvalidRequest'],
    ...REFUSED_COPIES,
    ['onto itself without a change', { TargetResource: 'arn:aws:s3:::source' }, {}, 400, 'InvalidRequest'],
  ])('%s', async (_title, given, seed, httpStatus, errorCode) => {
    const store = newStore();
    store.seed('source', 'a', 'x', seed);
    expect(await copy(given, 'a', store)).toMatchObject({ status: 'failed', httpStatus, errorCode, message: /./ });
  });

  test('a target bucket that the role may not use', async () => {
    const store = newStore();
    store.seed('source', 'a');
    const operation = parseOperation({ S3PutObjectCopy: { TargetResource } });
    const perform = operation.bind({ jobId: 'job', ...memoryRoleStores(store, { denied: ['target'] }) });
    const outcome = await perform(
      { bucket: 'source', key: 'a', manifestKey: 'a', row: 0 },
      new AbortController().signal,
    );
    expect(outcome).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'AccessDenied' });
    expect(store.calls).toEqual([]);
  });
});

describe('refused by name', () => {
  const grant = (Permission: string, Identifier = 'x'): JsonObject => ({
    AccessControlGrants: [{ Grantee: { TypeIdentifier: 'id', Identifier }, Permission }],
  });
  test.each<[given: JsonObject, message: string]>([
    [{ TargetResource: 'arn:aws:s3:::b/key' }, 'TargetResource: must name a bucket without a key'],
    ...[
      'arn:aws:s3:us-east-1:123456789012:accesspoint/p',
      'arn:aws:s3:us-east-1:123456789012:accesspoint:p',
      'arn:aws:s3::123456789012:accesspoint/p.mrap',
      'arn:aws-cn:s3-object-lambda:cn-north-1:123456789012:accesspoint/p',
    ].map((TargetResource): [JsonObject, string] => [
      { TargetResource },
      'TargetResource: access points are not supported',
    ]),
    [
      { TargetResource: 'arn:aws:s3express:us-east-1:123456789012:bucket/b--x-s3' },
      'TargetResource: directory buckets',
    ],
    [{ TargetResource: 'arn:aws:s3:::a b' }, 'TargetResource: a b is not the name of a bucket'],
    [{ TargetKeyPrefix: '' }, 'TargetKeyPrefix: '],
    [{ StorageClass: 'two words' }, 'StorageClass: '],
    [{ ChecksumAlgorithm: 'MD4' }, 'ChecksumAlgorithm: '],
    [{ NewObjectMetadata: { ContentLength: 5 } }, 'NewObjectMetadata.ContentLength: is deprecated'],
    [{ NewObjectMetadata: { ContentMD5: 'x' } }, 'NewObjectMetadata.ContentMD5: is deprecated'],
    [{ NewObjectMetadata: { RequesterCharged: true } }, 'NewObjectMetadata.RequesterCharged: is deprecated'],
    [{ NewObjectMetadata: { SSEAlgorithm: 'aws:kms' } }, 'NewObjectMetadata.SSEAlgorithm: '],
    [{ NewObjectMetadata: { CacheControl: 'a\r\nb: c' } }, 'NewObjectMetadata.CacheControl: must be printable ASCII'],
    [{ NewObjectMetadata: { UserMetadata: { 'a b': 'c' } } }, 'NewObjectMetadata.UserMetadata.a b: must be usable'],
    [{ NewObjectMetadata: { UserMetadata: { a: 'ü' } } }, 'NewObjectMetadata.UserMetadata.a: '],
    [
      { NewObjectMetadata: { HttpExpiresDate: 'tomorrow' } },
      'NewObjectMetadata.HttpExpiresDate: must be an ISO 8601 time',
    ],
    [
      { MetadataDirective: 'COPY', NewObjectMetadata: { ContentType: 'a/b' } },
      'MetadataDirective: COPY leaves no room for NewObjectMetadata.ContentType',
    ],
    [
      { MetadataDirective: 'COPY', NewObjectMetadata: { UserMetadata: { a: 'b' } } },
      'MetadataDirective: COPY leaves no room',
    ],
    [grant('WRITE'), 'AccessControlGrants.0.Permission: WRITE is a permission of buckets'],
    [grant('ALL'), 'AccessControlGrants.0.Permission: must be one of'],
    [grant('READ', 'a", uri="b'), 'AccessControlGrants.0.Grantee.Identifier: must not contain quotes'],
    [{ CannedAccessControlList: 'private', ...grant('READ') }, 'AccessControlGrants: cannot be given together'],
    [
      { SSEAwsKmsKeyId: 'k', NewObjectMetadata: { SSEAlgorithm: 'AES256' } },
      'SSEAwsKmsKeyId: cannot be given together',
    ],
    [{ ObjectLockMode: 'COMPLIANCE' }, 'ObjectLockMode: needs ObjectLockRetainUntilDate'],
    [{ ObjectLockRetainUntilDate: '2030-01-01T00:00:00Z' }, 'ObjectLockRetainUntilDate: needs ObjectLockMode'],
    [{ ModifiedSinceConstraint: 1_700_000_000 }, 'ModifiedSinceConstraint: must be an ISO 8601 time'],
    [{ RedirectLocation: 'elsewhere' }, 'RedirectLocation: must begin with'],
    [{ AnnotationDirective: 'SOME' }, 'AnnotationDirective: '],
    [{ ObjectLockEventHold: 'PERHAPS' }, 'ObjectLockEventHold: '],
    [
      { ObjectLockEventHold: 'OFF', ObjectLockEventHoldDuration: { Days: 1 } },
      'ObjectLockEventHoldDuration: has no meaning',
    ],
    [{ ObjectLockEventHold: 'ON', ObjectLockEventHoldDuration: {} }, 'must have either Days or Years'],
    [{ NewObjectTagging: [{ Key: 'aws:x', Value: '' }] }, 'NewObjectTagging.0.Key: the prefix aws: is reserved'],
    [{ NewObjectTagging: [{ Key: 'a', Value: 'b#' }] }, 'NewObjectTagging.0.Value: only letters'],
  ])('%j', (given, message) => {
    expect(refusal(given)).toContain(message);
  });

  test('ten tags are the most', () => {
    const tags = (count: number): JsonObject[] =>
      Array.from({ length: count }, (_, i) => ({ Key: `k${i}`, Value: '' }));
    expect(refusal({ NewObjectTagging: tags(10) })).toBe('accepted');
    expect(refusal({ NewObjectTagging: tags(11) })).toBe('NewObjectTagging: an object has at most 10 tags');
  });

  test('tag lengths count UTF-16 units', () => {
    const named = (Key: string, Value: string): JsonObject => ({ NewObjectTagging: [{ Key, Value }] });
    expect(refusal(named('k'.repeat(128), 'v'.repeat(256)))).toBe('accepted');
    expect(refusal(named('k'.repeat(129), ''))).toContain('NewObjectTagging.0.Key: ');
    // U+20000 is a letter of two units.
    expect(refusal(named('k', '\u{20000}'.repeat(128)))).toBe('accepted');
    expect(refusal(named('k', '\u{20000}'.repeat(129)))).toContain('NewObjectTagging.0.Value: ');
  });
});
