import {
  ComputeObjectChecksumAlgorithm,
  ComputeObjectChecksumType,
  GeneratedManifestFormat,
  JobManifestFieldName,
  JobManifestFormat,
  JobReportFormat,
  JobReportScope,
  JobStatus,
  ReplicationStatus,
  RequestedJobStatus,
  S3CannedAccessControlList,
  S3ChecksumAlgorithm,
  S3GlacierJobTier,
  S3GranteeTypeIdentifier,
  S3MetadataDirective,
  S3ObjectLockLegalHoldStatus,
  S3ObjectLockMode,
  S3ObjectLockRetentionMode,
  S3Permission,
  S3SSEAlgorithm,
  S3StorageClass,
} from '@aws-sdk/client-s3-control';
import { defined } from '../../../contracts/defined';

/**
 * The bounds that S3 Control's service model (`s3control/2018-08-20`) sets to what the jobs calls take. The SDK's schemas
 * have the structure only. A test compares this table with the model that boto3 ships, member by member.
 */
export interface ShapeLimits {
  /** Name in the service model; the API reference draws list items under it. */
  readonly shape: string;
  /** A string's code points, a number's value, the entries of a list or map. */
  readonly min?: number;
  readonly max?: number;
  /** The kind of a number: `integer` has 32 bits, `long` 64. */
  readonly type?: 'integer' | 'long';
  /** As it stands in the model; the whole text must match. */
  readonly pattern?: string;
  /** What the pattern asks for, in words. */
  readonly says?: string;
  readonly values?: readonly string[];
  /** Limits of a list's items. */
  readonly items?: ShapeLimits;
  /** Limits of a map's keys. */
  readonly keys?: ShapeLimits;
  readonly entries?: ShapeLimits;
}

export interface StructureLimits {
  readonly required: readonly string[];
  readonly members: Readonly<Record<string, ShapeLimits>>;
}

const text = (shape: string, min: number, max: number, pattern?: string, says?: string): ShapeLimits => ({
  shape,
  ...(min > 0 ? { min } : {}),
  max,
  ...defined({ pattern, says }),
});
const oneOf = (shape: string, values: Readonly<Record<string, string>> | readonly string[]): ShapeLimits => ({
  shape,
  values: Object.values(values),
});
/** Neither a boolean nor a timestamp nor a structure has bounds of its own here. */
const plain = (shape: string): ShapeLimits => ({ shape });
const structure = (members: Record<string, ShapeLimits>, ...required: string[]): StructureLimits => ({
  required,
  members,
});

const TAG_PATTERN = String.raw`^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$`;
const TAG_RULE = 'only letters, digits, spaces and _ . : / = + - @ are allowed';

const AccountId = text('AccountId', 0, 64, String.raw`^\d{12}$`, 'must be twelve digits');
const JobId = text('JobId', 5, 36, String.raw`[a-zA-Z0-9\-\_]+`, 'must be letters, digits, - or _');
const JobPriority: ShapeLimits = { shape: 'JobPriority', type: 'integer', min: 0, max: 2_147_483_647 };
const Text64 = text('NonEmptyMaxLength64String', 1, 64);
const Text256 = text('NonEmptyMaxLength256String', 1, 256);
const Text1024 = text('NonEmptyMaxLength1024String', 1, 1_024);
const Text2048 = text('NonEmptyMaxLength2048String', 1, 2_048);
const MayBeEmpty1024 = text('MaxLength1024String', 0, 1_024);
const BucketArn = text('S3BucketArnString', 1, 128, 'arn:[^:]+:s3:.*', 'must be the ARN of a bucket');
const KmsKey = text('KmsKeyArnString', 1, 2_000);
const KmsKeyArn = text(
  'NonEmptyKmsKeyArnString',
  20,
  2_048,
  'arn:aws[a-zA-Z0-9-]*:kms:[a-z0-9-]+:[0-9]{12}:key/[a-zA-Z0-9-]+',
  'must be the ARN of a KMS key',
);
const Flag = plain('Boolean');
const Time = plain('TimeStamp');
const CannedAcl = oneOf('S3CannedAccessControlList', S3CannedAccessControlList);
const StorageClass = oneOf('S3StorageClass', S3StorageClass);
const LegalHold = oneOf('S3ObjectLockLegalHoldStatus', S3ObjectLockLegalHoldStatus);
const TagSet: ShapeLimits = { shape: 'S3TagSet', items: plain('S3Tag') };
const Grants: ShapeLimits = { shape: 'S3GrantList', items: plain('S3Grant') };
const Texts: ShapeLimits = { shape: 'NonEmptyMaxLength1024StringList', items: Text1024 };

const duration = (shape: string): StructureLimits =>
  structure({
    Days: { shape: `${shape}Days`, type: 'integer', min: 1, max: 36_500 },
    Years: { shape: `${shape}Years`, type: 'integer', min: 1, max: 100 },
  });

const OPERATIONS: Readonly<Record<string, StructureLimits>> = {
  JobOperation: structure({
    LambdaInvoke: plain('LambdaInvokeOperation'),
    S3PutObjectCopy: plain('S3CopyObjectOperation'),
    S3PutObjectAcl: plain('S3SetObjectAclOperation'),
    S3PutObjectTagging: plain('S3SetObjectTaggingOperation'),
    S3DeleteObjectTagging: plain('S3DeleteObjectTaggingOperation'),
    S3InitiateRestoreObject: plain('S3InitiateRestoreObjectOperation'),
    S3PutObjectLegalHold: plain('S3SetObjectLegalHoldOperation'),
    S3PutObjectRetention: plain('S3SetObjectRetentionOperation'),
    S3ReplicateObject: plain('S3ReplicateObjectOperation'),
    S3ComputeObjectChecksum: plain('S3ComputeObjectChecksumOperation'),
    S3UpdateObjectEncryption: plain('S3UpdateObjectEncryptionOperation'),
  }),
  LambdaInvokeOperation: structure({
    FunctionArn: text(
      'FunctionArnString',
      1,
      1_024,
      String.raw`(arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?`,
      'must be the ARN or the name of a function',
    ),
    InvocationSchemaVersion: Text64,
    UserArguments: { shape: 'UserArguments', min: 1, max: 10, keys: Text64, entries: MayBeEmpty1024 },
  }),
  S3CopyObjectOperation: structure({
    TargetResource: text(
      'S3RegionalOrS3ExpressBucketArnString',
      1,
      128,
      'arn:[^:]+:(s3|s3express):.*',
      'must be the ARN of a bucket',
    ),
    CannedAccessControlList: CannedAcl,
    AccessControlGrants: Grants,
    MetadataDirective: oneOf('S3MetadataDirective', S3MetadataDirective),
    AnnotationDirective: oneOf('S3AnnotationDirective', ['COPY', 'EXCLUDE']),
    ModifiedSinceConstraint: Time,
    NewObjectMetadata: plain('S3ObjectMetadata'),
    NewObjectTagging: TagSet,
    RedirectLocation: Text2048,
    RequesterPays: Flag,
    StorageClass,
    UnModifiedSinceConstraint: Time,
    SSEAwsKmsKeyId: KmsKey,
    TargetKeyPrefix: Text1024,
    ObjectLockLegalHoldStatus: LegalHold,
    ObjectLockMode: oneOf('S3ObjectLockMode', S3ObjectLockMode),
    ObjectLockRetainUntilDate: Time,
    BucketKeyEnabled: Flag,
    ChecksumAlgorithm: oneOf('S3ChecksumAlgorithm', S3ChecksumAlgorithm),
    ObjectLockEventHold: oneOf('S3ObjectLockEventHold', ['ON', 'OFF']),
    ObjectLockEventHoldDuration: plain('S3ObjectLockEventHoldDuration'),
  }),
  S3ObjectMetadata: structure({
    CacheControl: Text1024,
    ContentDisposition: Text1024,
    ContentEncoding: Text1024,
    ContentLanguage: Text1024,
    UserMetadata: { shape: 'S3UserMetadata', max: 8_192, keys: Text1024, entries: MayBeEmpty1024 },
    ContentLength: { shape: 'S3ContentLength', type: 'long', min: 0 },
    ContentMD5: Text1024,
    ContentType: Text1024,
    HttpExpiresDate: Time,
    RequesterCharged: Flag,
    SSEAlgorithm: oneOf('S3SSEAlgorithm', S3SSEAlgorithm),
  }),
  S3ObjectLockEventHoldDuration: duration('S3ObjectLockEventHoldDuration'),
  S3Tag: structure(
    {
      Key: text('TagKeyString', 1, 128, TAG_PATTERN, TAG_RULE),
      Value: text('TagValueString', 0, 256, TAG_PATTERN, TAG_RULE),
    },
    'Key',
    'Value',
  ),
  S3Grant: structure({ Grantee: plain('S3Grantee'), Permission: oneOf('S3Permission', S3Permission) }),
  S3Grantee: structure({
    TypeIdentifier: oneOf('S3GranteeTypeIdentifier', S3GranteeTypeIdentifier),
    Identifier: Text1024,
    DisplayName: Text1024,
  }),
  S3SetObjectAclOperation: structure({ AccessControlPolicy: plain('S3AccessControlPolicy') }),
  S3AccessControlPolicy: structure({
    AccessControlList: plain('S3AccessControlList'),
    CannedAccessControlList: CannedAcl,
  }),
  S3AccessControlList: structure({ Owner: plain('S3ObjectOwner'), Grants }, 'Owner'),
  S3ObjectOwner: structure({ ID: Text1024, DisplayName: Text1024 }),
  S3SetObjectTaggingOperation: structure({ TagSet }),
  S3DeleteObjectTaggingOperation: structure({}),
  S3InitiateRestoreObjectOperation: structure({
    ExpirationInDays: { shape: 'S3ExpirationInDays', type: 'integer', min: 0 },
    GlacierJobTier: oneOf('S3GlacierJobTier', S3GlacierJobTier),
  }),
  S3SetObjectLegalHoldOperation: structure({ LegalHold: plain('S3ObjectLockLegalHold') }, 'LegalHold'),
  S3ObjectLockLegalHold: structure({ Status: LegalHold }, 'Status'),
  S3SetObjectRetentionOperation: structure(
    { BypassGovernanceRetention: Flag, Retention: plain('S3Retention') },
    'Retention',
  ),
  S3Retention: structure({
    RetainUntilDate: Time,
    Mode: oneOf('S3ObjectLockRetentionMode', S3ObjectLockRetentionMode),
    EventHold: oneOf('S3ObjectLockRetentionEventHold', ['ON', 'OFF']),
    EventHoldDuration: plain('S3ObjectLockRetentionEventHoldDuration'),
  }),
  S3ObjectLockRetentionEventHoldDuration: duration('S3ObjectLockRetentionEventHoldDuration'),
  S3ReplicateObjectOperation: structure({}),
  S3ComputeObjectChecksumOperation: structure({
    ChecksumAlgorithm: oneOf('ComputeObjectChecksumAlgorithm', ComputeObjectChecksumAlgorithm),
    ChecksumType: oneOf('ComputeObjectChecksumType', ComputeObjectChecksumType),
  }),
  S3UpdateObjectEncryptionOperation: structure({ ObjectEncryption: plain('ObjectEncryption') }),
  ObjectEncryption: structure({ SSEKMS: plain('S3UpdateObjectEncryptionSSEKMS') }),
  S3UpdateObjectEncryptionSSEKMS: structure({ KMSKeyArn: KmsKeyArn, BucketKeyEnabled: Flag }, 'KMSKeyArn'),
};

const MANIFESTS: Readonly<Record<string, StructureLimits>> = {
  JobManifest: structure(
    { Spec: plain('JobManifestSpec'), Location: plain('JobManifestLocation') },
    'Spec',
    'Location',
  ),
  JobManifestSpec: structure(
    {
      Format: oneOf('JobManifestFormat', JobManifestFormat),
      Fields: { shape: 'JobManifestFieldList', items: oneOf('JobManifestFieldName', JobManifestFieldName) },
    },
    'Format',
  ),
  JobManifestLocation: structure(
    {
      ObjectArn: text('S3KeyArnString', 1, 2_000, 'arn:[^:]+:s3:.*', 'must be the ARN of an object'),
      ObjectVersionId: text('S3ObjectVersionId', 1, 2_000),
      ETag: Text1024,
    },
    'ObjectArn',
    'ETag',
  ),
  JobManifestGenerator: structure({ S3JobManifestGenerator: plain('S3JobManifestGenerator') }),
  S3JobManifestGenerator: structure(
    {
      ExpectedBucketOwner: AccountId,
      SourceBucket: BucketArn,
      ManifestOutputLocation: plain('S3ManifestOutputLocation'),
      Filter: plain('JobManifestGeneratorFilter'),
      EnableManifestOutput: Flag,
    },
    'SourceBucket',
    'EnableManifestOutput',
  ),
  S3ManifestOutputLocation: structure(
    {
      ExpectedManifestBucketOwner: AccountId,
      Bucket: BucketArn,
      ManifestPrefix: text('ManifestPrefixString', 1, 512),
      ManifestEncryption: plain('GeneratedManifestEncryption'),
      ManifestFormat: oneOf('GeneratedManifestFormat', GeneratedManifestFormat),
    },
    'Bucket',
    'ManifestFormat',
  ),
  GeneratedManifestEncryption: structure({ SSES3: plain('SSES3Encryption'), SSEKMS: plain('SSEKMSEncryption') }),
  SSES3Encryption: structure({}),
  SSEKMSEncryption: structure({ KeyId: KmsKey }, 'KeyId'),
  JobManifestGeneratorFilter: structure({
    EligibleForReplication: Flag,
    CreatedAfter: plain('ObjectCreationTime'),
    CreatedBefore: plain('ObjectCreationTime'),
    ObjectReplicationStatuses: {
      shape: 'ReplicationStatusFilterList',
      items: oneOf('ReplicationStatus', ReplicationStatus),
    },
    KeyNameConstraint: plain('KeyNameConstraint'),
    ObjectSizeGreaterThanBytes: { shape: 'ObjectSizeGreaterThanBytes', type: 'long' },
    ObjectSizeLessThanBytes: { shape: 'ObjectSizeLessThanBytes', type: 'long' },
    MatchAnyStorageClass: { shape: 'StorageClassList', items: StorageClass },
    MatchAnyObjectEncryption: {
      shape: 'ObjectEncryptionFilterList',
      min: 1,
      max: 1,
      items: plain('ObjectEncryptionFilter'),
    },
  }),
  KeyNameConstraint: structure({ MatchAnyPrefix: Texts, MatchAnySuffix: Texts, MatchAnySubstring: Texts }),
  ObjectEncryptionFilter: structure({
    SSES3: plain('SSES3Filter'),
    SSEKMS: plain('SSEKMSFilter'),
    DSSEKMS: plain('DSSEKMSFilter'),
    SSEC: plain('SSECFilter'),
    NOTSSE: plain('NotSSEFilter'),
  }),
  SSES3Filter: structure({}),
  SSEKMSFilter: structure({ KmsKeyArn, BucketKeyEnabled: Flag }),
  DSSEKMSFilter: structure({ KmsKeyArn }),
  SSECFilter: structure({}),
  NotSSEFilter: structure({}),
};

const REQUESTS: Readonly<Record<string, StructureLimits>> = {
  CreateJobRequest: structure(
    {
      AccountId,
      ConfirmationRequired: plain('ConfirmationRequired'),
      Operation: plain('JobOperation'),
      Report: plain('JobReport'),
      ClientRequestToken: Text64,
      Manifest: plain('JobManifest'),
      Description: Text256,
      Priority: JobPriority,
      RoleArn: text(
        'IAMRoleArn',
        1,
        2_048,
        String.raw`arn:[^:]+:iam::\d{12}:role/.*`,
        'must be the ARN of an IAM role',
      ),
      Tags: TagSet,
      ManifestGenerator: plain('JobManifestGenerator'),
    },
    ...['AccountId', 'Operation', 'Report', 'ClientRequestToken', 'Priority', 'RoleArn'],
  ),
  JobReport: structure(
    {
      Bucket: BucketArn,
      Format: oneOf('JobReportFormat', JobReportFormat),
      Enabled: Flag,
      Prefix: text('ReportPrefixString', 1, 512),
      ReportScope: oneOf('JobReportScope', JobReportScope),
      ExpectedBucketOwner: AccountId,
    },
    'Enabled',
  ),
  DescribeJobRequest: structure({ AccountId, JobId }, 'AccountId', 'JobId'),
  ListJobsRequest: structure(
    {
      AccountId,
      JobStatuses: { shape: 'JobStatusList', items: oneOf('JobStatus', JobStatus) },
      NextToken: text(
        'StringForNextToken',
        1,
        1_024,
        String.raw`^[A-Za-z0-9\+\:\/\=\?\#-_]+$`,
        'is not one that a listing gives',
      ),
      MaxResults: { shape: 'MaxResults', type: 'integer', min: 0, max: 1_000 },
    },
    'AccountId',
  ),
  UpdateJobPriorityRequest: structure({ AccountId, JobId, Priority: JobPriority }, 'AccountId', 'JobId', 'Priority'),
  UpdateJobStatusRequest: structure(
    {
      AccountId,
      JobId,
      RequestedJobStatus: oneOf('RequestedJobStatus', RequestedJobStatus),
      StatusUpdateReason: text('JobStatusUpdateReason', 1, 256),
    },
    ...['AccountId', 'JobId', 'RequestedJobStatus'],
  ),
  GetJobTaggingRequest: structure({ AccountId, JobId }, 'AccountId', 'JobId'),
  PutJobTaggingRequest: structure({ AccountId, JobId, Tags: TagSet }, 'AccountId', 'JobId', 'Tags'),
  DeleteJobTaggingRequest: structure({ AccountId, JobId }, 'AccountId', 'JobId'),
};

/** By name of structure. */
export const MODEL_LIMITS: Readonly<Record<string, StructureLimits>> = { ...REQUESTS, ...OPERATIONS, ...MANIFESTS };
