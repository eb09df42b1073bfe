// What S3Store sends for the calls that came after the first ones, byte by byte, against what the AWS SDK's whole client sends.
import fc from 'fast-check';
import { copySource } from '../../../../storage/copy-source';
import type {
  CopyObjectInput,
  DeleteObjectsInput,
  ObjectStore,
  PutObjectAclInput,
} from '../../../../storage/object-store';
import { COPY_RESULT, type SeenRequest } from '../../../support/servers/http-store-stub';
import { ETAG, SdkTwin } from './sdk-twin';

const UPLOAD = '<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>';

/** Roots of answers, by a parameter that only those requests have. */
const RESULTS = {
  acl: 'AccessControlPolicy',
  'legal-hold': 'LegalHold',
  retention: 'Retention',
  'object-lock': 'ObjectLockConfiguration',
  replication: 'ReplicationConfiguration',
  'list-type': 'ListBucketResult',
  versions: 'ListVersionsResult',
  uploads: 'ListMultipartUploadsResult',
  uploadId: 'ListPartsResult',
};

function resultOf({ method, url, headers }: SeenRequest): string {
  if (url.includes('partNumber=')) return '<CopyPartResult><ETag>"e"</ETag></CopyPartResult>';
  if (headers['x-amz-copy-source'] !== undefined) return COPY_RESULT;
  if (method === 'POST') return url.includes('?delete') ? '<DeleteResult></DeleteResult>' : UPLOAD;
  if (method !== 'GET') return '';
  const [, inner] = Object.entries(RESULTS).find(([name]) => new RegExp(`[?&]${name}(?:[=&]|$)`).test(url)) ?? [];
  return `<${inner}><AccessControlList></AccessControlList></${inner}>`;
}

const twin = new SdkTwin(resultOf);
beforeAll(() => twin.start({ name: 'AWS' }));
afterAll(() => twin.stop());

type Call = readonly [call: keyof ObjectStore, command: string, inputs: readonly object[]];

const REF = { Bucket: 'target', Key: "a b/ü?'<&>" };
const MORE = { VersionId: 'v/1+2', RequestPayer: 'requester', ExpectedBucketOwner: '123456789012' } as const;
const UPLOAD_REF = { ...REF, UploadId: 'u+1/=', RequestPayer: 'requester', ExpectedBucketOwner: '1' };
const RETENTION = { Mode: 'GOVERNANCE', RetainUntilDate: new Date(Date.UTC(2030, 1, 2, 3, 4, 5, 678)) };
const POLICY: PutObjectAclInput['AccessControlPolicy'] = {
  Owner: { ID: 'owner', DisplayName: 'a & b' },
  Grants: [
    { Grantee: { Type: 'CanonicalUser', ID: 'x', DisplayName: '<"\'>' }, Permission: 'READ' },
    { Grantee: { Type: 'Group', URI: 'http://acs.amazonaws.com/groups/global/AllUsers' }, Permission: 'WRITE_ACP' },
    { Grantee: { Type: 'AmazonCustomerByEmail', EmailAddress: 'a+b@example.com' }, Permission: 'FULL_CONTROL' },
  ],
};

const CALLS: readonly Call[] = [
  [
    'putObjectAcl',
    'PutObjectAcl',
    [
      { ACL: 'bucket-owner-full-control' },
      { ACL: 'private', ...MORE },
      { AccessControlPolicy: POLICY, ...MORE },
      { AccessControlPolicy: { Owner: { ID: 'o' }, Grants: [] }, ChecksumAlgorithm: 'SHA256' },
      { GrantRead: 'id="abc"', GrantFullControl: 'emailAddress="x@example.com"' },
    ],
  ],
  [
    'putObjectLegalHold',
    'PutObjectLegalHold',
    [{ LegalHold: { Status: 'ON' } }, { LegalHold: { Status: 'OFF' }, ...MORE, ChecksumAlgorithm: 'SHA1' }],
  ],
  [
    'putObjectRetention',
    'PutObjectRetention',
    [
      { Retention: RETENTION },
      { Retention: {}, BypassGovernanceRetention: true, ...MORE },
      { Retention: RETENTION, BypassGovernanceRetention: false },
    ],
  ],
  [
    'updateObjectEncryption',
    'UpdateObjectEncryption',
    [
      { ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:aws:kms:eu-west-1:1:key/2' } } },
      { ObjectEncryption: { SSEKMS: { KMSKeyArn: 'arn:aws:kms:x', BucketKeyEnabled: true } }, ...MORE },
    ],
  ],
  [
    'deleteObject',
    'DeleteObject',
    [{}, MORE, { BypassGovernanceRetention: true, IfMatch: '"e"', MFA: '1 2', VersionId: 'null' }],
  ],
  [
    'describeObject',
    'HeadObject',
    [{}, MORE, { ChecksumMode: 'ENABLED', PartNumber: 3, IfMatch: ETAG, IfUnmodifiedSince: new Date(2e12) }],
  ],
  ['getObjectAcl', 'GetObjectAcl', [{}, MORE]],
  ['getObjectLegalHold', 'GetObjectLegalHold', [{}, MORE]],
  ['getObjectRetention', 'GetObjectRetention', [{}, MORE]],
];

test.each(CALLS)('%s', async (call, command, inputs) => {
  // Twice, as the second request may be filled into what is left of the first.
  for (const members of [...inputs, ...inputs]) await twin.expectSame(call, command, { ...REF, ...members });
});

const LISTINGS: readonly Call[] = [
  ['listObjects', 'ListObjectsV2', [{}, { Prefix: 'a b+/ü', StartAfter: 'x', MaxKeys: 7, ContinuationToken: 't+/=' }]],
  [
    'listObjectVersions',
    'ListObjectVersions',
    [{}, { Prefix: ' ', KeyMarker: 'k&', VersionIdMarker: 'v', MaxKeys: 1 }],
  ],
  ['listMultipartUploads', 'ListMultipartUploads', [{}, { Prefix: 'p', KeyMarker: 'k', UploadIdMarker: 'u' }]],
];

test.each(LISTINGS)('%s, always with EncodingType url', async (call, command, inputs) => {
  for (const members of inputs) {
    const theirs = { Bucket: 'target', EncodingType: 'url', ...members };
    await twin.expectSame(call, command, theirs, { Bucket: 'target', ...members });
  }
});

test('what a bucket has been set to', async () => {
  await twin.expectSame('hasObjectLock', 'GetObjectLockConfiguration', { Bucket: 'target' }, 'target');
  await twin.expectSame('replicationRules', 'GetBucketReplication', { Bucket: 'target' }, 'target');
});

test('parts of an upload', async () => {
  const CopySource = copySource('source', 'ä/b c', 'v');
  await twin.expectSame('uploadPartCopy', 'UploadPartCopy', { ...UPLOAD_REF, PartNumber: 7, CopySource });
  const conditions: Partial<CopyObjectInput> = {
    CopySourceIfMatch: '"e"',
    CopySourceIfUnmodifiedSince: new Date(1e12),
    ExpectedSourceBucketOwner: '2',
  };
  const part = { ...UPLOAD_REF, PartNumber: 10_000, CopySource, CopySourceRange: 'bytes=5-9', ...conditions };
  await twin.expectSame('uploadPartCopy', 'UploadPartCopy', part);
  await twin.expectSame('listParts', 'ListParts', { ...UPLOAD_REF, PartNumberMarker: '5', MaxParts: 3 });
});

describe('deleteObjects', () => {
  const send = (members: object): Promise<void> =>
    twin.expectSame('deleteObjects', 'DeleteObjects', { Bucket: 'target', ...members });

  test('with all that it can be told', async () => {
    const Objects = [{ Key: 'a', VersionId: 'v<1>' }, { Key: '  ' }, { Key: 'b', ETag: '"e"', Size: 5 }];
    await send({ Delete: { Objects } });
    const dated = [{ Key: 'k', LastModifiedTime: new Date(1e12) }];
    await send({ Delete: { Objects: dated, Quiet: false }, ChecksumAlgorithm: 'SHA256', MFA: 'serial 123456' });
    const { RequestPayer, ExpectedBucketOwner } = MORE;
    await send({ Delete: { Objects }, BypassGovernanceRetention: true, RequestPayer, ExpectedBucketOwner });
  });

  // XML has no form for the characters that are left out: see delete-objects.test.ts.
  const key = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 30 })
    // eslint-disable-next-line no-control-regex
    .map((text) => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '_'));
  const markup = fc.constantFrom(
    '&',
    '<',
    '>',
    '"',
    "'",
    '\r',
    '\n',
    '\t',
    '\u0085',
    '\u2028',
    ']]>',
    '&amp;',
    '&#x0A;',
  );
  const Objects = fc.array(
    fc.record(
      {
        Key: fc.oneof(
          key,
          fc.array(fc.oneof(markup, key), { minLength: 1 }).map((all) => all.join('')),
        ),
        VersionId: key,
      },
      { requiredKeys: ['Key'] },
    ),
    { minLength: 1, maxLength: 40 },
  );

  test('with any keys and versions', async () => {
    await fc.assert(
      fc.asyncProperty(Objects, async (given) => {
        const Delete: DeleteObjectsInput['Delete'] = { Objects: given };
        await send({ Delete });
      }),
      { numRuns: 60 },
    );
  }, 30_000);
});
