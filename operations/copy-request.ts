import type { CopyObjectInput } from '../storage/object-store';
import { type CopyParameters, metadataMembers } from './copy-parameters';

/** Everything of a CopyObject request but `Key` and `CopySource`, which alone differ from task to task. */
export type FixedCopyRequest = Omit<CopyObjectInput, 'Key' | 'CopySource'>;

export function copyRequest(given: CopyParameters, bucket: string): FixedCopyRequest {
  const request: FixedCopyRequest = {
    Bucket: bucket,
    ACL: given.CannedAccessControlList,
    ...grantHeaders(given.AccessControlGrants ?? []),
    ...metadata(given),
    ...tagging(given.NewObjectTagging),
    ...encryption(given),
    WebsiteRedirectLocation: given.RedirectLocation,
    RequestPayer: given.RequesterPays ? 'requester' : undefined,
    StorageClass: given.StorageClass,
    CopySourceIfModifiedSince: date(given.ModifiedSinceConstraint),
    CopySourceIfUnmodifiedSince: date(given.UnModifiedSinceConstraint),
    ChecksumAlgorithm: given.ChecksumAlgorithm,
    ObjectLockLegalHoldStatus: given.ObjectLockLegalHoldStatus,
    ObjectLockMode: given.ObjectLockMode,
    ObjectLockRetainUntilDate: date(given.ObjectLockRetainUntilDate),
  };
  return Object.fromEntries(Object.entries(request).filter(([, value]) => value !== undefined)) as FixedCopyRequest;
}

function date(iso: string | undefined): Date | undefined {
  return iso === undefined ? undefined : new Date(iso);
}

const GRANT_MEMBERS = {
  FULL_CONTROL: 'GrantFullControl',
  READ: 'GrantRead',
  READ_ACP: 'GrantReadACP',
  WRITE_ACP: 'GrantWriteACP',
} as const;

/** Grantees of one permission share a header: `id="…", uri="…"` (API_CopyObject, x-amz-grant-*). */
function grantHeaders(grants: NonNullable<CopyParameters['AccessControlGrants']>): Partial<FixedCopyRequest> {
  const headers: { [member in (typeof GRANT_MEMBERS)[keyof typeof GRANT_MEMBERS]]?: string } = {};
  for (const { Grantee, Permission } of grants) {
    const member = GRANT_MEMBERS[Permission];
    const grantee = `${Grantee.TypeIdentifier}="${Grantee.Identifier}"`;
    headers[member] = headers[member] === undefined ? grantee : `${headers[member]}, ${grantee}`;
  }
  return headers;
}

/**
 * NewObjectMetadata means REPLACE when no directive is given, else it would have no effect. SSEAlgorithm, which S3 Control
 * keeps in the same structure, is not metadata: alone it leaves the metadata as they are.
 */
function metadata(given: CopyParameters): Partial<FixedCopyRequest> {
  const fields = given.NewObjectMetadata ?? {};
  const implied =
    given.NewObjectMetadata !== undefined && (fields.SSEAlgorithm === undefined || metadataMembers(given).length > 0);
  const MetadataDirective = given.MetadataDirective ?? (implied ? 'REPLACE' : undefined);
  if (MetadataDirective !== 'REPLACE') return { MetadataDirective };
  return {
    MetadataDirective,
    CacheControl: fields.CacheControl,
    ContentDisposition: fields.ContentDisposition,
    ContentEncoding: fields.ContentEncoding,
    ContentLanguage: fields.ContentLanguage,
    ContentType: fields.ContentType,
    Expires: date(fields.HttpExpiresDate),
    Metadata: fields.UserMetadata,
  };
}

/** Absent: the tags of the source are copied. An empty list: the copy has none (API_control_S3CopyObjectOperation). */
function tagging(tags: CopyParameters['NewObjectTagging']): Partial<FixedCopyRequest> {
  if (tags === undefined) return {};
  if (tags.length === 0) return { TaggingDirective: 'REPLACE' };
  const pairs = tags.map(({ Key, Value }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`);
  return { TaggingDirective: 'REPLACE', Tagging: pairs.join('&') };
}

/** A KMS key means KMS: CopyObject takes the key only beside `aws:kms`. */
function encryption(given: CopyParameters): Partial<FixedCopyRequest> {
  const algorithm = given.NewObjectMetadata?.SSEAlgorithm ?? (given.SSEAwsKmsKeyId === undefined ? undefined : 'KMS');
  return {
    ServerSideEncryption: algorithm === 'KMS' ? 'aws:kms' : algorithm,
    SSEKMSKeyId: given.SSEAwsKmsKeyId,
    BucketKeyEnabled: given.BucketKeyEnabled,
  };
}
