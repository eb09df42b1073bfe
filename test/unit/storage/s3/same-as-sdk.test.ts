// What S3Store sends, byte by byte on the wire, against what the AWS SDK's whole client sends for the same input; and its
// signature against @smithy/signature-v4. Both talk to the same HTTP server.
import { createHash } from 'node:crypto';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  RestoreObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { copySource } from '../../../../storage/copy-source';
import type {
  CopyObjectInput,
  CreateMultipartUploadInput,
  ObjectStore,
  PutObjectTaggingInput,
  RestoreObjectInput,
} from '../../../../storage/object-store';
import { ODD_KEYS } from '../../../contract/odd-keys';
import { COPY_RESULT, type SeenRequest } from '../../../support/servers/http-store-stub';
import { ETAG, SdkTwin } from './sdk-twin';

function resultOf({ method, url, headers }: SeenRequest): string {
  if (headers['x-amz-copy-source'] !== undefined) return COPY_RESULT;
  if (url.includes('?uploads')) {
    return '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';
  }
  if (method === 'POST' && url.includes('uploadId=')) {
    return '<CompleteMultipartUploadResult><ETag>&quot;e-2&quot;</ETag></CompleteMultipartUploadResult>';
  }
  return method === 'GET' && url.includes('?tagging') ? '<Tagging><TagSet></TagSet></Tagging>' : '';
}

const twin = new SdkTwin(resultOf);
let store: ObjectStore;
let sdk: S3Client;
let sdkReader: S3Client;

beforeAll(async () => {
  await twin.start();
  ({ store, sdk, sdkReader } = twin);
});

afterAll(() => twin.stop());

function expectSame(ours: () => Promise<unknown>, theirs: () => Promise<unknown>): Promise<void> {
  return twin.expectSameRequest(ours, theirs);
}

/** Beside ODD_KEYS: what the encodings of paths, queries and headers treat each in their own way. */
const KEYS = [
  ...ODD_KEYS,
  'plain.txt',
  'a b+c%20d&e=f?g#h',
  'quotes\'()*!~"<>',
  '//leading/and//double//',
  '.',
  'a'.repeat(1_024),
  '%2F%2f/%C3%BC',
  'line\nbreak\ttab\u0001',
];

describe.each(KEYS.map((key) => [key.slice(0, 40), key] as const))('key %j', (_shown, key) => {
  const ref = { Bucket: 'bucket.with-dots', Key: key };

  test('is copied, tagged, restored, read and removed under the same path', async () => {
    const CopySource = copySource('source', key, 'v/1+2');
    await expectSame(
      () => store.copyObject({ ...ref, CopySource }),
      () => sdk.send(new CopyObjectCommand({ ...ref, CopySource })),
    );
    const Tagging = {
      TagSet: [
        { Key: 'a&b', Value: '<ü>' },
        { Key: 'empty', Value: '' },
      ],
    };
    await expectSame(
      () => store.putObjectTagging({ ...ref, Tagging }),
      () => sdk.send(new PutObjectTaggingCommand({ ...ref, Tagging })),
    );
    await expectSame(
      () => store.deleteObjectTagging({ ...ref, VersionId: 'v/1+2' }),
      () => sdk.send(new DeleteObjectTaggingCommand({ ...ref, VersionId: 'v/1+2' })),
    );
    const RestoreRequest = { Days: 3, GlacierJobParameters: { Tier: 'Bulk' } } as const;
    await expectSame(
      () => store.restoreObject({ ...ref, RestoreRequest }),
      () => sdk.send(new RestoreObjectCommand({ ...ref, RestoreRequest })),
    );
    const our = { bucket: ref.Bucket, key };
    await expectSame(
      () => store.headObject({ ...our, versionId: 'v 1' }),
      () => sdkReader.send(new HeadObjectCommand({ ...ref, VersionId: 'v 1' })),
    );
    await expectSame(
      () => store.read({ ...our, versionId: 'null' }, { ifMatch: ETAG }),
      () => sdkReader.send(new GetObjectCommand({ ...ref, VersionId: 'null', IfMatch: ETAG })),
    );
    await expectSame(
      () => store.remove(our),
      () => sdk.send(new DeleteObjectCommand(ref)),
    );
    await expectSame(
      () => store.put(our, 'größe', { contentType: 'text/csv' }),
      () => sdk.send(new PutObjectCommand({ ...ref, Body: 'größe', ContentType: 'text/csv' })),
    );
  });
});

const COPIES: readonly Partial<CopyObjectInput>[] = [
  {
    MetadataDirective: 'REPLACE',
    Metadata: { One: '1', 'two-words': 'a  b', empty: '' },
    ContentType: 'text/plain; charset=utf-8',
  },
  {
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="a b"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
  },
  { Expires: new Date(Date.UTC(2027, 0, 2, 3, 4, 5, 678)) },
  { TaggingDirective: 'REPLACE', Tagging: 'a=b&c%20d=e' },
  { TaggingDirective: 'REPLACE', Tagging: '' },
  { ACL: 'bucket-owner-full-control' },
  {
    GrantFullControl: 'id="abc"',
    GrantRead: 'emailAddress="x@example.com"',
    GrantReadACP: 'id="d"',
    GrantWriteACP: 'uri="u"',
  },
  { StorageClass: 'DEEP_ARCHIVE', WebsiteRedirectLocation: '/elsewhere' },
  { ServerSideEncryption: 'AES256' },
  {
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'arn:aws:kms:eu-west-1:1:key/2',
    SSEKMSEncryptionContext: 'e30=',
    BucketKeyEnabled: true,
  },
  { BucketKeyEnabled: false },
  { ChecksumAlgorithm: 'SHA256' },
  { ChecksumAlgorithm: 'CRC64NVME' },
  { CopySourceIfMatch: '"abc"', CopySourceIfNoneMatch: 'def' },
  {
    CopySourceIfModifiedSince: new Date(Date.UTC(2026, 0, 1)),
    CopySourceIfUnmodifiedSince: new Date(Date.UTC(2026, 5, 1)),
  },
  {
    ObjectLockLegalHoldStatus: 'ON',
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date(Date.UTC(2030, 1, 2, 3, 4, 5, 6)),
  },
  { RequestPayer: 'requester', ExpectedBucketOwner: '123456789012', ExpectedSourceBucketOwner: '210987654321' },
  { IfNoneMatch: '*' },
];

test.each(COPIES)('copies with %j', async (members) => {
  const input = { Bucket: 'target', Key: 'a/b', CopySource: copySource('source', 'a/b'), ...members };
  await expectSame(
    () => store.copyObject(input),
    () => sdk.send(new CopyObjectCommand({ ...input })),
  );
});

const TAGGINGS: readonly Partial<PutObjectTaggingInput>[] = [
  { Tagging: { TagSet: [] } },
  { Tagging: { TagSet: Array.from({ length: 10 }, (_, i) => ({ Key: `k${i}`, Value: '"\'&<>\r\n\u00e9' })) } },
  {
    Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] },
    VersionId: 'v',
    RequestPayer: 'requester',
    ExpectedBucketOwner: '123456789012',
  },
  { Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] }, ChecksumAlgorithm: 'SHA1' },
  { Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] }, ChecksumAlgorithm: 'SHA256' },
  { Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] }, ContentMD5: 'CY9rzUYh03PK3k6DJie09g==' },
];

test.each(TAGGINGS)('tags with %j', async (members) => {
  const input = { Bucket: 'target', Key: 'a/b', Tagging: { TagSet: [] }, ...members };
  await expectSame(
    () => store.putObjectTagging(input),
    () => sdk.send(new PutObjectTaggingCommand({ ...input })),
  );
});

const RESTORES: readonly RestoreObjectInput['RestoreRequest'][] = [
  { Days: 1 },
  { GlacierJobParameters: { Tier: 'Expedited' } },
  { Days: 30, GlacierJobParameters: { Tier: 'Standard' }, Description: 'a & b' },
];

test.each(RESTORES)('restores with %j', async (RestoreRequest) => {
  const input = { Bucket: 'target', Key: 'a/b', VersionId: 'v', RestoreRequest };
  await expectSame(
    () => store.restoreObject(input),
    () => sdk.send(new RestoreObjectCommand({ ...input })),
  );
});

test('asks for a bucket, and sends bytes and empty bodies, as the SDK does', async () => {
  await expectSame(
    () => store.bucketExists('target'),
    () => sdk.send(new HeadBucketCommand({ Bucket: 'target' })),
  );
  for (const body of ['text', new Uint8Array([0, 255, 1])]) {
    await expectSame(
      () => store.put({ bucket: 'target', key: 'k' }, body),
      () => sdk.send(new PutObjectCommand({ Bucket: 'target', Key: 'k', Body: body })),
    );
  }
});

const NEW_OBJECTS: readonly Partial<CreateMultipartUploadInput>[] = [
  { ContentType: 'binary/octet-stream' },
  {
    ContentType: 'text/plain; charset=utf-8',
    CacheControl: 'no-cache',
    ContentDisposition: 'attachment; filename="a b"',
    ContentEncoding: 'gzip',
    ContentLanguage: 'de',
    Expires: new Date(Date.UTC(2027, 0, 2, 3, 4, 5, 678)),
    Metadata: { One: '1', 'two-words': 'a  b', empty: '' },
    Tagging: 'a=b&c%20d=e',
  },
  {
    ACL: 'bucket-owner-full-control',
    StorageClass: 'DEEP_ARCHIVE',
    WebsiteRedirectLocation: '/elsewhere',
    ServerSideEncryption: 'aws:kms',
    SSEKMSKeyId: 'arn:aws:kms:eu-west-1:1:key/2',
    BucketKeyEnabled: true,
    ObjectLockLegalHoldStatus: 'ON',
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: new Date(Date.UTC(2030, 1, 2, 3, 4, 5, 6)),
    RequestPayer: 'requester',
  },
  { GrantRead: 'emailAddress="x@example.com"', GrantFullControl: 'id="abc"' },
];

test.each(NEW_OBJECTS)('makes an object with %j, in one piece and in parts', async (members) => {
  const input = { Bucket: 'target', Key: 'ä b/?', ...members };
  const Body = Buffer.from('größe');
  const ContentMD5 = createHash('md5').update(Body).digest('base64');
  for (const more of [{}, { ContentMD5 }, { ContentMD5, ChecksumSHA1: 'x' }, { ChecksumXXHASH64: 'y' }]) {
    await expectSame(
      () => store.putObject({ ...input, Body, ...more }),
      () => sdk.send(new PutObjectCommand({ ...input, Body, ...more })),
    );
  }
  for (const more of [{}, { ChecksumAlgorithm: 'CRC32C', ChecksumType: 'FULL_OBJECT' } as const]) {
    await expectSame(
      () => store.createMultipartUpload({ ...input, ...more }),
      () => sdk.send(new CreateMultipartUploadCommand({ ...input, ...more })),
    );
  }
});

test('sends, completes and aborts multipart uploads, reads with conditions and reads tags', async () => {
  const upload = { Bucket: 'target', Key: 'ä b/?', UploadId: 'u+1/=', RequestPayer: 'requester' } as const;
  const part = { ...upload, PartNumber: 7, Body: Buffer.from('größe'), ContentMD5: 'CY9rzUYh03PK3k6DJie09g==' };
  for (const more of [{}, { ChecksumCRC64NVME: 'AAAAAAAAAAA=' }]) {
    await expectSame(
      () => store.uploadPart({ ...part, ...more }),
      () => sdkReader.send(new UploadPartCommand({ ...part, ...more })),
    );
  }
  const complete = {
    ...upload,
    MultipartUpload: { Parts: [1, 2].map((PartNumber) => ({ PartNumber, ETag: '"e"', ChecksumCRC32: 'AAAA' })) },
    MpuObjectSize: 12,
    ChecksumType: 'FULL_OBJECT',
    ChecksumCRC32: 'AAAA',
  } as const;
  await expectSame(
    () => store.completeMultipartUpload(complete),
    () => sdk.send(new CompleteMultipartUploadCommand({ ...complete })),
  );
  await expectSame(
    () => store.abortMultipartUpload(upload),
    () => sdk.send(new AbortMultipartUploadCommand(upload)),
  );
  const ref = { Bucket: 'target', Key: 'ä b/?', VersionId: 'v/1', RequestPayer: 'requester' } as const;
  await expectSame(
    () => store.getObjectTagging(ref),
    () => sdk.send(new GetObjectTaggingCommand(ref)),
  );
  const read = {
    ...ref,
    IfMatch: ETAG,
    IfModifiedSince: new Date(Date.UTC(2026, 0, 1)),
    IfUnmodifiedSince: new Date(Date.UTC(2026, 5, 1)),
  };
  await expectSame(
    () => store.getObject(read),
    () => sdkReader.send(new GetObjectCommand(read)),
  );
});

test('does so for any key, one after the other with the same parameters', async () => {
  const Tagging = { TagSet: [{ Key: 'a', Value: 'b' }] };
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }), async (key) => {
      const copy = { Bucket: 'target', Key: key, CopySource: copySource('source', key), Metadata: { a: 'b' } };
      await expectSame(
        () => store.copyObject(copy),
        () => sdk.send(new CopyObjectCommand(copy)),
      );
      await expectSame(
        () => store.putObjectTagging({ Bucket: 'target', Key: key, Tagging }),
        () => sdk.send(new PutObjectTaggingCommand({ Bucket: 'target', Key: key, Tagging })),
      );
    }),
    { numRuns: 40 },
  );
}, 30_000);
