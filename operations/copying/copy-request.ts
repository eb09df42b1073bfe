import { defined } from '../../contracts/defined';
import type { Tag } from '../../contracts/job';
import { textOfHeader } from '../../storage/http/header-text';
import type { CopyObjectInput, CreateMultipartUploadInput, ObjectProperties } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { type CopyParameters, metadataMembers } from './copy-parameters';

/** Everything of a CopyObject request but `Key` and `CopySource`, which alone differ from task to task. */
export type FixedCopyRequest = Omit<CopyObjectInput, 'Key' | 'CopySource'>;

/** What PutObject and CreateMultipartUpload say alike of the object they make. */
export type NewObject = Omit<CreateMultipartUploadInput, 'Key' | 'ChecksumAlgorithm' | 'ChecksumType'>;

export function copyRequest(given: CopyParameters, bucket: string): FixedCopyRequest {
  const replaced = replacedMetadata(given);
  return defined({
    Bucket: bucket,
    ...settings(given),
    MetadataDirective: given.MetadataDirective ?? (replaced && 'REPLACE'),
    ...replaced,
    ...(given.NewObjectTagging && {
      TaggingDirective: 'REPLACE' as const,
      Tagging: taggingHeader(given.NewObjectTagging),
    }),
    AnnotationDirective: given.AnnotationDirective,
    CopySourceIfModifiedSince: date(given.ModifiedSinceConstraint),
    CopySourceIfUnmodifiedSince: date(given.UnModifiedSinceConstraint),
    ChecksumAlgorithm: given.ChecksumAlgorithm,
  });
}

/**
 * The same object made without CopyObject, of bytes or parts: what CopyObject takes over from the source by itself is in the
 * request. Throws `StoreError` where annotations are to be among it.
 */
export function copiedObject(request: FixedCopyRequest, source: ObjectProperties, tags: readonly Tag[]): NewObject {
  if (request.AnnotationDirective === 'COPY') {
    const text =
      "Annotations are copied by CopyObject alone, which can't make this copy; AnnotationDirective EXCLUDE leaves them out";
    throw new StoreError('NotImplemented', 501, text);
  }
  const members = Object.entries(request).filter(([name]) => !OF_COPIES_ONLY.has(name));
  const copied = Object.fromEntries(members) as NewObject;
  const metadata = request.MetadataDirective === 'REPLACE' ? copied : sourceMetadata(source);
  return defined({
    ...copied,
    ...metadata,
    // What S3 makes of none; the SDK's serializer of PutObject would put another.
    ContentType: metadata.ContentType ?? 'binary/octet-stream',
    Tagging: request.TaggingDirective === 'REPLACE' ? request.Tagging : taggingHeader(tags),
  }) as NewObject;
}

/** Members of CopyObject that PutObject and CreateMultipartUpload don't have, or have in another sense. */
const OF_COPIES_ONLY: ReadonlySet<string> = new Set<keyof CopyObjectInput>([
  'Key',
  'CopySource',
  'CopySourceIfMatch',
  'CopySourceIfModifiedSince',
  'CopySourceIfUnmodifiedSince',
  'MetadataDirective',
  'TaggingDirective',
  'AnnotationDirective',
  'ChecksumAlgorithm',
  'IfMatch',
  'IfNoneMatch',
]);

/** Members that CopyObject, PutObject and CreateMultipartUpload share, other than metadata and tags. */
function settings(given: CopyParameters) {
  return {
    ACL: given.CannedAccessControlList,
    ...grantHeaders(given.AccessControlGrants ?? []),
    ...encryption(given),
    WebsiteRedirectLocation: given.RedirectLocation,
    ...requestPayer(given),
    // The SDK's type has AWS's classes.
    StorageClass: given.StorageClass as CopyObjectInput['StorageClass'],
    ObjectLockLegalHoldStatus: given.ObjectLockLegalHoldStatus,
    ObjectLockMode: given.ObjectLockMode,
    ObjectLockRetainUntilDate: date(given.ObjectLockRetainUntilDate),
    ObjectLockEventHold: given.ObjectLockEventHold,
    ObjectLockEventHoldDurationDays: given.ObjectLockEventHoldDuration?.Days,
    ObjectLockEventHoldDurationYears: given.ObjectLockEventHoldDuration?.Years,
  };
}

export function requestPayer(given: CopyParameters): { RequestPayer?: 'requester' } {
  return given.RequesterPays ? { RequestPayer: 'requester' } : {};
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

export type GrantHeaders = { [member in (typeof GRANT_MEMBERS)[keyof typeof GRANT_MEMBERS]]?: string };

/** Grantees of one permission share a header: `id="…", uri="…"` (API_CopyObject, x-amz-grant-*). */
export function grantHeaders(grants: NonNullable<CopyParameters['AccessControlGrants']>): GrantHeaders {
  const headers: GrantHeaders = {};
  for (const { Grantee, Permission } of grants) {
    const member = GRANT_MEMBERS[Permission];
    const grantee = `${Grantee.TypeIdentifier}="${Grantee.Identifier}"`;
    headers[member] = headers[member] === undefined ? grantee : `${headers[member]}, ${grantee}`;
  }
  return headers;
}

/**
 * Undefined when the metadata of the source stay. NewObjectMetadata means REPLACE when no directive is given, else it would
 * have no effect. SSEAlgorithm, which S3 Control keeps in the same structure, is not metadata: alone it leaves them as they are.
 */
function replacedMetadata(given: CopyParameters) {
  const fields = given.NewObjectMetadata ?? {};
  const implied =
    given.NewObjectMetadata !== undefined && (fields.SSEAlgorithm === undefined || metadataMembers(given).length > 0);
  if ((given.MetadataDirective ?? (implied ? 'REPLACE' : 'COPY')) === 'COPY') return undefined;
  return {
    CacheControl: fields.CacheControl,
    ContentDisposition: fields.ContentDisposition,
    ContentEncoding: fields.ContentEncoding,
    ContentLanguage: fields.ContentLanguage,
    ContentType: fields.ContentType,
    Expires: date(fields.HttpExpiresDate),
    Metadata: fields.UserMetadata,
  };
}

/** What a copy takes over from its source, as a request says it: each value as the octets that the source told. */
export function sourceMetadata(source: ObjectProperties) {
  return {
    CacheControl: source.cacheControl,
    ContentDisposition: source.contentDisposition,
    ContentEncoding: source.contentEncoding,
    ContentLanguage: source.contentLanguage,
    ContentType: source.contentType,
    Expires: expiryDate(source.expires),
    Metadata: Object.keys(source.metadata).length === 0 ? undefined : { ...source.metadata },
  };
}

/** Text that is no date, `0` above all, means "already expired" (RFC 9111, 5.3), which is all of it that a date can say. */
function expiryDate(header: string | undefined): Date | undefined {
  if (header === undefined) return undefined;
  // Date.parse reads nearly any number as some year.
  const time = /^[A-Za-z]{3,9},? /.test(header) ? Date.parse(header) : NaN;
  return new Date(Number.isNaN(time) ? 0 : time);
}

/** Absent: the tags of the source are copied. An empty list: the copy has none (API_control_S3CopyObjectOperation). */
function taggingHeader(tags: readonly Tag[]): string | undefined {
  if (tags.length === 0) return undefined;
  return tags.map(({ Key, Value }) => `${encodeURIComponent(Key)}=${encodeURIComponent(Value)}`).join('&');
}

/** The same tags as `taggingHeader` was given. */
export function tagsOfHeader(header: string | undefined): Tag[] {
  return [...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value }));
}

/** A KMS key means KMS: CopyObject takes the key only beside `aws:kms`. */
function encryption(given: CopyParameters) {
  const algorithm = given.NewObjectMetadata?.SSEAlgorithm ?? (given.SSEAwsKmsKeyId === undefined ? undefined : 'KMS');
  return {
    ServerSideEncryption: algorithm === 'KMS' ? ('aws:kms' as const) : algorithm,
    SSEKMSKeyId: given.SSEAwsKmsKeyId,
    BucketKeyEnabled: given.BucketKeyEnabled,
  };
}

type Metadata = ReturnType<typeof sourceMetadata>;

/** Stores tell what is beyond ASCII in different ways. */
export function readable(metadata: Metadata): Metadata {
  const { ContentDisposition, Metadata } = metadata;
  const entries = Object.entries(Metadata ?? {}).map(([name, value]) => [name, textOfHeader(value)] as const);
  return {
    ...metadata,
    ContentDisposition: ContentDisposition && textOfHeader(ContentDisposition),
    Metadata: Object.fromEntries(entries),
  };
}

/** Those that a request with MetadataDirective REPLACE gives. */
export function metadataOf(request: FixedCopyRequest): Metadata {
  const { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Expires } = request;
  const Metadata = request.Metadata && lowerCased(request.Metadata);
  return { CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, ContentType, Expires, Metadata };
}

function lowerCased(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), value]));
}

export const NO_TYPE = 'binary/octet-stream';

export function sameMetadata(a: Metadata, b: Metadata): boolean {
  return (
    a.CacheControl === b.CacheControl &&
    a.ContentDisposition === b.ContentDisposition &&
    a.ContentEncoding === b.ContentEncoding &&
    a.ContentLanguage === b.ContentLanguage &&
    (a.ContentType ?? NO_TYPE) === (b.ContentType ?? NO_TYPE) &&
    // HTTP dates have whole seconds.
    seconds(a.Expires) === seconds(b.Expires) &&
    sameEntries(Object.entries(a.Metadata ?? {}), Object.entries(b.Metadata ?? {}))
  );
}

function seconds(time: Date | undefined): number | undefined {
  return time && Math.floor(time.getTime() / 1_000);
}

function sameEntries(a: readonly (readonly [string, string])[], b: readonly (readonly [string, string])[]): boolean {
  const there = new Map(b);
  return a.length === b.length && a.every(([name, value]) => there.get(name) === value);
}
