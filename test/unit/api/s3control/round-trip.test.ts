/**
 * Goal: what a client sends in CreateJob it gets back from DescribeJob, member by member. Method: the official JavaScript
 * client against the app on a fake Temporal, over HTTP, for every operation that is carried out with every option.
 */
import {
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobTaggingCommand,
  DescribeJobCommand,
  GetJobTaggingCommand,
  type JobOperation,
  ListJobsCommand,
  NotFoundException,
  PutJobTaggingCommand,
  type S3ControlClient,
  TooManyTagsException,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { OPERATIONS } from '../../../../operations';
import { isOfAws } from '../../../../operations/describe';
import { snapshotOf } from '../fake-gateway';
import { ACCOUNT, ROLE, type TestApp } from '../test-app';
import { type ServedApp, serveWithAwsClient } from './served';

const AccountId = ACCOUNT;
let served: ServedApp;
let context: TestApp;
let client: S3ControlClient;

beforeAll(async () => {
  served = await serveWithAwsClient();
  ({ app: context, client } = served);
});

afterAll(() => served.close());

const MANIFEST = {
  Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Ignore', 'Bucket', 'Key', 'VersionId'] },
  Location: { ObjectArn: 'arn:aws:s3:::man/a b+c/é &lt;.csv', ObjectVersionId: 'v"1', ETag: '"60e460c9"' },
} as const;
const REPORT = {
  Enabled: true,
  Bucket: 'arn:aws:s3:::reports',
  Prefix: 'a/b & c',
  Format: 'Report_CSV_20180820',
  ReportScope: 'FailedTasksOnly',
  ExpectedBucketOwner: ACCOUNT,
} as const;

let tokens = 0;

async function described(changes: Partial<CreateJobCommandInput>): Promise<Record<string, unknown>> {
  tokens += 1;
  const request = {
    AccountId,
    ClientRequestToken: `token-${tokens}`,
    Priority: 7,
    RoleArn: ROLE,
    Manifest: { ...MANIFEST, Spec: { ...MANIFEST.Spec, Fields: [...MANIFEST.Spec.Fields] } },
    Report: REPORT,
    ...changes,
  } as CreateJobCommandInput;
  const { JobId } = await client.send(new CreateJobCommand(request));
  const { Job } = await client.send(new DescribeJobCommand({ AccountId, JobId }));
  return Job as unknown as Record<string, unknown>;
}

const TIME = new Date('2099-03-04T05:06:07.089Z');
const ROUND_TIME = new Date('2099-03-04T05:06:07Z');
const TARGET = { TargetResource: 'arn:aws:s3:::target' };

const COPIES: readonly NonNullable<JobOperation['S3PutObjectCopy']>[] = [
  TARGET,
  {
    ...TARGET,
    TargetKeyPrefix: ' folder & <more>/é\u{1F600}',
    CannedAccessControlList: 'bucket-owner-full-control',
    MetadataDirective: 'REPLACE',
    NewObjectMetadata: {
      CacheControl: 'no-cache',
      ContentDisposition: 'attachment; filename="a&b"',
      ContentEncoding: 'gzip',
      ContentLanguage: 'en, fr',
      ContentType: 'text/plain',
      UserMetadata: { a: '1', 'b-b': '', c: ' two  spaces ' },
      HttpExpiresDate: TIME,
      SSEAlgorithm: 'KMS',
    },
    NewObjectTagging: [
      { Key: 'k', Value: 'v' },
      { Key: 'empty', Value: '' },
    ],
    RedirectLocation: '/elsewhere?a=1&b=2',
    RequesterPays: true,
    StorageClass: 'GLACIER_IR',
    ModifiedSinceConstraint: TIME,
    UnModifiedSinceConstraint: ROUND_TIME,
    SSEAwsKmsKeyId: 'arn:aws:kms:us-east-1:123456789012:key/k',
    BucketKeyEnabled: true,
    ChecksumAlgorithm: 'CRC64NVME',
    ObjectLockLegalHoldStatus: 'ON',
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: TIME,
  },
  // Absent and empty differ: tags of the source, or none.
  { ...TARGET, NewObjectTagging: [] },
  { ...TARGET, NewObjectMetadata: {} },
  { ...TARGET, NewObjectMetadata: { UserMetadata: {} }, MetadataDirective: 'REPLACE' },
  { ...TARGET, MetadataDirective: 'COPY', RequesterPays: false, BucketKeyEnabled: false },
  { ...TARGET, AccessControlGrants: [] },
  {
    ...TARGET,
    AccessControlGrants: [
      { Grantee: { TypeIdentifier: 'id', Identifier: 'canonical', DisplayName: 'née' }, Permission: 'FULL_CONTROL' },
      { Grantee: { TypeIdentifier: 'uri', Identifier: 'http://a/b?c&d' }, Permission: 'READ' },
    ],
  },
];

const CARRIED_OUT: readonly JobOperation[] = [
  ...COPIES.map((S3PutObjectCopy) => ({ S3PutObjectCopy })),
  { S3PutObjectTagging: { TagSet: [] } },
  {
    S3PutObjectTagging: {
      TagSet: [
        { Key: 'a b', Value: '' },
        { Key: 'é', Value: ' +-=._:/@' },
      ],
    },
  },
  { S3DeleteObjectTagging: {} },
  { S3InitiateRestoreObject: {} },
  { S3InitiateRestoreObject: { ExpirationInDays: 2_147_483_647, GlacierJobTier: 'BULK' } },
  { LambdaInvoke: { FunctionArn: 'my-function:$LATEST' } },
  {
    LambdaInvoke: {
      FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f:7',
      InvocationSchemaVersion: '2.0',
      UserArguments: { 'a <b>': '', b: ' "x" & y\n' },
    },
  },
  { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'authenticated-read' } } },
  {
    S3PutObjectAcl: {
      AccessControlPolicy: {
        AccessControlList: {
          Owner: { ID: 'owner', DisplayName: 'née & co' },
          Grants: [
            { Grantee: { TypeIdentifier: 'id', Identifier: 'owner' }, Permission: 'FULL_CONTROL' },
            { Grantee: { TypeIdentifier: 'uri', Identifier: 'http://a/b?c&d' }, Permission: 'READ_ACP' },
          ],
        },
      },
    },
  },
  { S3PutObjectAcl: { AccessControlPolicy: { AccessControlList: { Owner: { ID: 'owner' }, Grants: [] } } } },
  { S3PutObjectLegalHold: { LegalHold: { Status: 'OFF' } } },
  {
    S3PutObjectRetention: {
      Retention: { Mode: 'GOVERNANCE', RetainUntilDate: TIME },
      BypassGovernanceRetention: true,
    },
  },
  // No retention at all: it is removed.
  { S3PutObjectRetention: { Retention: {}, BypassGovernanceRetention: false } },
  { S3ReplicateObject: {} },
  { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'CRC64NVME', ChecksumType: 'FULL_OBJECT' } },
  { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'SHA256', ChecksumType: 'COMPOSITE' } },
  {
    S3UpdateObjectEncryption: {
      ObjectEncryption: {
        SSEKMS: {
          KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
          BucketKeyEnabled: true,
        },
      },
    },
  },
];

test.each(CARRIED_OUT.map((operation) => [JSON.stringify(operation).slice(0, 100), operation] as const))(
  '%s',
  async (_shown, Operation) => {
    const job = await described({ Operation });
    expect(job['Operation']).toEqual(Operation);
    expect(job['Manifest']).toEqual(MANIFEST);
    expect(job['Report']).toEqual(REPORT);
  },
);

/** AWS's client does not know them yet: `create.test.ts` has them. */
const NEWER = ['AnnotationDirective', 'ObjectLockEventHold', 'ObjectLockEventHoldDuration'];

test('no option of an operation that is carried out is missing here', () => {
  const tried = new Map<string, Set<string>>();
  for (const operation of CARRIED_OUT) {
    for (const [name, parameters] of Object.entries(operation as Record<string, object>)) {
      const members = tried.get(name) ?? new Set();
      Object.keys(parameters).forEach((member) => members.add(member));
      tried.set(name, members);
    }
  }
  for (const { name, parameters } of OPERATIONS.filter(isOfAws)) {
    const shape = (parameters as unknown as { shape: Record<string, { description?: string }> }).shape;
    // Members without a description are those that are known and refused; some are Drover's own and not on this wire.
    const offered = Object.entries(shape)
      .filter(([, { description }]) => description !== undefined && !description.startsWith('Drover only'))
      .map(([member]) => member)
      .filter((member) => !NEWER.includes(member));
    expect([name, offered.filter((member) => tried.get(name)?.has(member) !== true)]).toEqual([name, []]);
  }
});

test.each([
  ['the rest of a job', { Description: ' x & <y>\n"é" ', ConfirmationRequired: false, Priority: 2_147_483_647 }],
  ['what may be absent', { Report: { Enabled: false } }],
])('%s', async (_what, changes) => {
  const job = await described({ Operation: { S3DeleteObjectTagging: {} }, ...changes });
  expect(job).toMatchObject({ ConfirmationRequired: true, RoleArn: ROLE, Priority: 7, ...changes });
  expect('Description' in job).toBe('Description' in changes);
  expect(job).not.toHaveProperty('Tags');
  expect(job['FailureReasons']).toEqual([]);
});

test('a generator with every filter, and the manifest that it has left', async () => {
  const S3JobManifestGenerator = {
    SourceBucket: 'arn:aws:s3:::herd',
    ExpectedBucketOwner: ACCOUNT,
    EnableManifestOutput: true,
    ManifestOutputLocation: {
      Bucket: 'arn:aws:s3:::reports',
      ManifestPrefix: 'a & b',
      ManifestFormat: 'S3InventoryReport_CSV_20211130',
      ExpectedManifestBucketOwner: ACCOUNT,
      ManifestEncryption: { SSEKMS: { KeyId: 'k' } },
    },
    Filter: {
      EligibleForReplication: false,
      CreatedAfter: ROUND_TIME,
      CreatedBefore: TIME,
      ObjectReplicationStatuses: ['NONE', 'REPLICA'],
      KeyNameConstraint: { MatchAnyPrefix: [' <a>'], MatchAnySuffix: ['é'], MatchAnySubstring: ['b', 'c'] },
      ObjectSizeGreaterThanBytes: 0,
      ObjectSizeLessThanBytes: Number.MAX_SAFE_INTEGER,
      MatchAnyStorageClass: ['STANDARD'],
      MatchAnyObjectEncryption: [{ SSEKMS: { BucketKeyEnabled: false } }],
    },
  };
  const Operation = { S3DeleteObjectTagging: {} };
  const ManifestGenerator = { S3JobManifestGenerator } as CreateJobCommandInput['ManifestGenerator'];
  const job = await described({ Operation, Manifest: undefined, ManifestGenerator });
  expect(job['ManifestGenerator']).toEqual({ S3JobManifestGenerator });
  expect(job).not.toHaveProperty('Manifest');
  expect(job).not.toHaveProperty('GeneratedManifestDescriptor');
  const made = {
    format: 'S3InventoryReport_CSV_20211130',
    objectArn: 'arn:aws:s3:::reports/m.json',
    etag: 'e',
  } as const;
  const JobId = job['JobId'] as string;
  context.gateway.set(JobId, snapshotOf('Active', { generatedManifest: made }));
  const { Job } = await client.send(new DescribeJobCommand({ AccountId, JobId }));
  expect(Job?.GeneratedManifestDescriptor).toEqual({
    Format: made.format,
    Location: { ObjectArn: made.objectArn, ETag: made.etag },
  });
});

test('an inventory', async () => {
  const Manifest = {
    Spec: { Format: 'S3InventoryReport_CSV_20161130' as const },
    Location: { ObjectArn: 'arn:aws:s3:::man/inventory/manifest.json', ETag: 'e' },
  };
  expect(await described({ Operation: { S3DeleteObjectTagging: {} }, Manifest })).toMatchObject({ Manifest });
});

test('the other calls are answered as the client expects', async () => {
  const { JobId } = await described({
    Operation: { S3DeleteObjectTagging: {} },
    Tags: [{ Key: 'team', Value: 'a' }],
  });
  const id = { AccountId, JobId: JobId as string };
  expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual([{ Key: 'team', Value: 'a' }]);
  const Tags = [
    { Key: 'b', Value: '' },
    { Key: 'ä', Value: 'x y' },
  ];
  await client.send(new PutJobTaggingCommand({ ...id, Tags }));
  expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual(Tags);
  await client.send(new DeleteJobTaggingCommand(id));
  expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual([]);
  const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
  await expect(client.send(new PutJobTaggingCommand({ ...id, Tags: many }))).rejects.toBeInstanceOf(
    TooManyTagsException,
  );
  const missing = client.send(new GetJobTaggingCommand({ AccountId, JobId: 'no-such-job' }));
  await expect(missing).rejects.toBeInstanceOf(NotFoundException);
  expect(await client.send(new UpdateJobPriorityCommand({ ...id, Priority: 0 }))).toMatchObject({ JobId, Priority: 0 });
  const cancel = { ...id, RequestedJobStatus: 'Cancelled', StatusUpdateReason: 'é & <x>' } as const;
  expect(await client.send(new UpdateJobStatusCommand(cancel))).toMatchObject({
    JobId,
    Status: 'Cancelled',
    StatusUpdateReason: 'é & <x>',
  });
  const { Jobs = [] } = await client.send(new ListJobsCommand({ AccountId, JobStatuses: ['Cancelled', 'New'] }));
  expect(Jobs.find((job) => job.JobId === JobId)).toMatchObject({ Operation: 'S3DeleteObjectTagging', Priority: 0 });
});
