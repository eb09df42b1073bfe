import { z } from 'zod';
import { BUCKET_ARN, bucketOfArn, isAccessPoint, isDirectoryBucket, parseS3Arn } from '../../contracts/arn';
import { CHECKSUM_ALGORITHMS } from '../../storage/checksums';
import { cannedAcl, grantee } from '../common/access-control';
import { eventHoldDuration, headerText, objectTags, refused, storageClass, timestamp } from '../common/parameter-types';
import { targetKeyConflict, targetKeyMembers } from '../common/target-key';

const NO_DIRECTORY_BUCKETS = 'directory buckets are not supported';

export const targetBucket = z
  .string()
  .max(128)
  .regex(BUCKET_ARN, { error: ({ input }) => targetProblem(String(input)), abort: true })
  .refine((arn) => !isDirectoryBucket(bucketOfArn(arn)), NO_DIRECTORY_BUCKETS);

function targetProblem(arn: string): string {
  const location = parseS3Arn(arn);
  if (/^arn:[^:]+:s3express:/.test(arn)) return NO_DIRECTORY_BUCKETS;
  if (isAccessPoint(arn)) return 'access points are not supported: name the bucket';
  if (location === undefined) return 'must be the ARN of a bucket, as arn:aws:s3:::my-bucket';
  if (location.key !== undefined) return 'must name a bucket without a key: the folder goes into TargetKeyPrefix';
  return `${location.bucket} is not the name of a bucket`;
}

/** What an object has and CopyObject does not take over (API_CopyObject): the copy gets the defaults of its new place. */
export const PRESERVABLE = ['AccessControlList', 'StorageClass', 'Encryption', 'ObjectLock'] as const;

export type Preserved = (typeof PRESERVABLE)[number];

const grant = z.strictObject({
  Grantee: grantee,
  Permission: z.enum(['FULL_CONTROL', 'READ', 'READ_ACP', 'WRITE_ACP'], {
    error: ({ input }) =>
      input === 'WRITE'
        ? 'WRITE is a permission of buckets: CopyObject does not grant it'
        : 'must be one of FULL_CONTROL, READ, READ_ACP, WRITE_ACP',
  }),
});

/** Names of user metadata become HTTP header names (RFC 9110, token). */
export const metadataName = z
  .string()
  .min(1)
  .max(1_024)
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must be usable in the name of an HTTP header');

const newObjectMetadata = z.strictObject({
  CacheControl: headerText(1_024).optional(),
  ContentDisposition: headerText(1_024).optional(),
  ContentEncoding: headerText(1_024).optional(),
  ContentLanguage: headerText(1_024).optional(),
  ContentType: headerText(1_024).optional(),
  UserMetadata: z
    .record(metadataName, headerText(1_024).or(z.literal('')))
    .refine((entries) => Object.keys(entries).length <= 8_192, 'at most 8,192 entries are allowed')
    .optional(),
  HttpExpiresDate: timestamp.optional(),
  SSEAlgorithm: z.enum(['AES256', 'KMS']).optional(),
  ContentLength: refused('is deprecated: a copy has the length of its source'),
  ContentMD5: refused('is deprecated: a copy has the content of its source'),
  RequesterCharged: refused('is deprecated: use RequesterPays'),
});

/** API_control_S3CopyObjectOperation, member by member. */
const members = z.strictObject({
  TargetResource: targetBucket.describe('ARN of the bucket that receives the copies.'),
  ...targetKeyMembers,
  MetadataDirective: z
    .enum(['COPY', 'REPLACE'])
    .optional()
    .describe('Default: REPLACE when NewObjectMetadata names metadata, else COPY.'),
  NewObjectMetadata: newObjectMetadata
    .optional()
    .describe(
      'CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, HttpExpiresDate, UserMetadata (map) and SSEAlgorithm (AES256, KMS) of the copies. An empty structure removes all metadata.',
    ),
  NewObjectTagging: objectTags
    .optional()
    .describe('Tags of the copies, each with Key and Value. Absent: those of the source. Empty: none.'),
  StorageClass: storageClass
    .optional()
    .describe(
      "Storage class of the copies: any that the target's store has; through S3 Control, one of AWS's. Absent: the store's default.",
    ),
  CannedAccessControlList: cannedAcl.optional().describe('Canned ACL of the copies.'),
  AccessControlGrants: z
    .array(grant)
    .optional()
    .describe(
      'Grants of the copies, each with Grantee (TypeIdentifier, Identifier) and Permission. Not together with a canned ACL.',
    ),
  RedirectLocation: headerText(2_048)
    .regex(/^(\/|https?:\/\/)/, 'must begin with /, http:// or https://')
    .optional()
    .describe('Website redirect of the copies.'),
  RequesterPays: z.boolean().optional().describe('The requester pays for reading a source that asks for it.'),
  ModifiedSinceConstraint: timestamp
    .optional()
    .describe('Copy only objects modified after this time; others fail with 412.'),
  UnModifiedSinceConstraint: timestamp
    .optional()
    .describe('Copy only objects not modified after this time; others fail with 412.'),
  SSEAwsKmsKeyId: headerText(2_000).optional().describe('KMS key of the copies; means SSEAlgorithm KMS.'),
  BucketKeyEnabled: z.boolean().optional().describe('Use an S3 Bucket Key with KMS.'),
  ChecksumAlgorithm: z
    .enum(CHECKSUM_ALGORITHMS)
    .optional()
    .describe('Checksum that the store computes for the copies.'),
  ObjectLockLegalHoldStatus: z.enum(['OFF', 'ON']).optional().describe('Legal hold of the copies.'),
  ObjectLockMode: z
    .enum(['COMPLIANCE', 'GOVERNANCE'])
    .optional()
    .describe('Retention mode; with ObjectLockRetainUntilDate.'),
  ObjectLockRetainUntilDate: timestamp.optional().describe('End of the retention; with ObjectLockMode.'),
  Preserve: z
    .array(z.enum(PRESERVABLE))
    .min(1)
    .max(PRESERVABLE.length)
    .refine((list) => new Set(list).size === list.length, 'must not name one twice')
    .optional()
    .describe(
      'Drover only. Carries over from each source what CopyObject does not: AccessControlList, StorageClass, Encryption, ObjectLock (retention and legal hold). Costs a HEAD per object, AccessControlList a GetObjectAcl as well.',
    ),
  AnnotationDirective: z
    .enum(['COPY', 'EXCLUDE'])
    .optional()
    .describe(
      "Whether the copies have the annotations of their sources. Absent: the store's default, COPY on AWS. Only CopyObject copies them: with COPY a copy in parts or to another store fails.",
    ),
  ObjectLockEventHold: z.enum(['OFF', 'ON']).optional().describe('Event hold of the copies.'),
  ObjectLockEventHoldDuration: eventHoldDuration
    .optional()
    .describe('Days or Years that a copy stays protected once its event hold is OFF.'),
});

export type CopyParameters = z.infer<typeof members>;

/** Combinations that CopyObject would refuse for every single object, or carry out without one of the members. */
export const copyParameters = members.superRefine((given, context) => {
  for (const [member, message] of conflicts(given)) context.addIssue({ code: 'custom', path: [member], message });
});

/** The members given of NewObjectMetadata that are metadata: SSEAlgorithm stands there too, and is not. */
export function metadataMembers(given: CopyParameters): string[] {
  const entries = Object.entries(given.NewObjectMetadata ?? {});
  return entries.filter(([name, value]) => name !== 'SSEAlgorithm' && value !== undefined).map(([name]) => name);
}

function isEmpty(entries: object | undefined): boolean {
  return Object.keys(entries ?? {}).length === 0;
}

function* conflicts(given: CopyParameters): Generator<[member: keyof CopyParameters, message: string]> {
  const { UserMetadata, SSEAlgorithm } = given.NewObjectMetadata ?? {};
  const lost = metadataMembers(given).find((member) => member !== 'UserMetadata' || !isEmpty(UserMetadata));
  if (given.MetadataDirective === 'COPY' && lost !== undefined) {
    yield ['MetadataDirective', `COPY leaves no room for NewObjectMetadata.${lost}: use REPLACE`];
  }
  if (given.CannedAccessControlList !== undefined && (given.AccessControlGrants ?? []).length > 0) {
    yield ['AccessControlGrants', 'cannot be given together with CannedAccessControlList'];
  }
  if (given.SSEAwsKmsKeyId !== undefined && SSEAlgorithm === 'AES256') {
    yield ['SSEAwsKmsKeyId', 'cannot be given together with SSEAlgorithm AES256'];
  }
  for (const [kept, member] of setOtherwise(given)) {
    yield ['Preserve', `${kept} cannot be kept where ${member} sets it`];
  }
  const keyConflict = targetKeyConflict(given);
  if (keyConflict) yield [...keyConflict];
  if (given.ObjectLockMode !== undefined && given.ObjectLockRetainUntilDate === undefined) {
    yield ['ObjectLockMode', 'needs ObjectLockRetainUntilDate'];
  }
  if (given.ObjectLockEventHoldDuration !== undefined && given.ObjectLockEventHold === 'OFF') {
    yield ['ObjectLockEventHoldDuration', 'has no meaning with ObjectLockEventHold OFF'];
  }
  if (given.ObjectLockRetainUntilDate !== undefined && given.ObjectLockMode === undefined) {
    yield ['ObjectLockRetainUntilDate', 'needs ObjectLockMode'];
  }
}

/** Members that set what the source's own is to be kept of. */
const SETTERS: Readonly<Record<(typeof PRESERVABLE)[number], readonly (keyof CopyParameters)[]>> = {
  AccessControlList: ['CannedAccessControlList', 'AccessControlGrants'],
  StorageClass: ['StorageClass'],
  Encryption: ['SSEAwsKmsKeyId', 'BucketKeyEnabled'],
  ObjectLock: ['ObjectLockLegalHoldStatus', 'ObjectLockMode', 'ObjectLockRetainUntilDate'],
};

function* setOtherwise(given: CopyParameters): Generator<[kept: string, member: string]> {
  for (const kept of given.Preserve ?? []) {
    const member = SETTERS[kept].find((name) => given[name] !== undefined);
    if (member !== undefined) yield [kept, member];
    if (kept === 'Encryption' && given.NewObjectMetadata?.SSEAlgorithm !== undefined) {
      yield [kept, 'NewObjectMetadata.SSEAlgorithm'];
    }
  }
}
