/** How an object of the in-memory store is made of a request, and told in an answer. */
import type { Tag } from '../../../contracts/job';
import type { HeadObjectInput, ObjectHead, ObjectProperties } from '../../../storage/object-store';
import type { MemoryObject, ObjectSeed } from './bucket';
import { algorithmOf, checksumOf } from './checks';
import { preconditionFailed, refusal } from './refusals';
import { restoreHeader } from './restore';

const HEADERS = [
  'CacheControl',
  'ContentDisposition',
  'ContentEncoding',
  'ContentLanguage',
  'ContentType',
  'Expires',
] as const;

type Conditions = Pick<HeadObjectInput, 'IfMatch' | 'IfNoneMatch' | 'IfModifiedSince' | 'IfUnmodifiedSince'>;

/** What CopyObject, PutObject and CreateMultipartUpload say of the object they make. */
export function newObject(
  input: object,
): Required<Pick<ObjectSeed, 'headers' | 'metadata' | 'tags' | 'storageClass' | 'settings'>> {
  const members = input as Readonly<Record<string, unknown>>;
  const headers = HEADERS.map((name) => [name, members[name]]).filter(([, value]) => value !== undefined);
  const {
    Bucket,
    Key,
    Body,
    CopySource,
    Metadata,
    MetadataDirective,
    Tagging,
    TaggingDirective,
    StorageClass,
    ...rest
  } = members;
  return {
    headers: Object.fromEntries(headers) as Record<string, string | Date>,
    metadata: (Metadata ?? {}) as Record<string, string>,
    tags: parseTagging(Tagging as string | undefined),
    storageClass: (StorageClass ?? 'STANDARD') as string,
    settings: rest,
  };
}

function parseTagging(header: string | undefined): Tag[] {
  return [...new URLSearchParams(header ?? '')].map(([Key, Value]) => ({ Key, Value }));
}

/** Throws 412, or 304 where it says that a reader's copy is still good. */
export function checkConditions(object: MemoryObject, conditions: Conditions): void {
  const { IfMatch, IfNoneMatch, IfModifiedSince: after, IfUnmodifiedSince: before } = conditions;
  if (IfMatch !== undefined && !matches(object, IfMatch)) throw preconditionFailed();
  if (before !== undefined && object.lastModified > before) throw preconditionFailed();
  if (IfNoneMatch !== undefined && matches(object, IfNoneMatch)) throw notModified();
  if (after !== undefined && object.lastModified <= after) throw notModified();
}

/** `condition` is an ETag, in quotes or not, or `*`. */
export function matches(object: MemoryObject, condition: string): boolean {
  return condition === '*' || condition.replaceAll('"', '') === object.etag;
}

function notModified(): Error {
  return refusal('NotModified', 304, 'The store answered with HTTP status 304');
}

export function headOf(object: MemoryObject, now: Date): ObjectHead {
  return {
    httpStatus: 200,
    etag: object.etag,
    contentLength: object.size,
    ...present({
      // S3 names no class for STANDARD.
      storageClass: object.storageClass === 'STANDARD' ? undefined : object.storageClass,
      restore: restoreHeader(object, now),
      versionId: object.versionId === 'null' ? undefined : object.versionId,
    }),
  };
}

/** What an answer to GetObject or HeadObject tells of it. */
export function describeObject(
  object: MemoryObject,
  input: Pick<HeadObjectInput, 'ChecksumMode' | 'PartNumber'>,
  now: Date,
): ObjectProperties {
  const { headers, settings, encryption } = object;
  const text = (name: (typeof HEADERS)[number]): string | undefined => {
    const value = headers[name];
    return value instanceof Date ? value.toUTCString() : value;
  };
  const algorithm = algorithmOf(settings);
  const members = {
    contentType: text('ContentType') ?? 'binary/octet-stream',
    cacheControl: text('CacheControl'),
    contentDisposition: text('ContentDisposition'),
    contentEncoding: text('ContentEncoding'),
    contentLanguage: text('ContentLanguage'),
    expires: text('Expires'),
    tagCount: object.tags.length === 0 ? undefined : object.tags.length,
    serverSideEncryption: encryption.ServerSideEncryption,
    sseKmsKeyId: encryption.SSEKMSKeyId,
    // S3 sends the header for KMS only.
    bucketKeyEnabled: encryption.BucketKeyEnabled || undefined,
    websiteRedirectLocation: settings['WebsiteRedirectLocation'],
    objectLockMode: object.retention.Mode,
    objectLockRetainUntilDate: object.retention.RetainUntilDate,
    objectLockLegalHold: object.legalHold,
    objectLockEventHold: object.retention.EventHold,
    objectLockEventHoldDays: object.retention.EventHoldDuration?.Days,
    objectLockEventHoldYears: object.retention.EventHoldDuration?.Years,
    replicationStatus: settings['ReplicationStatus'],
    archiveStatus: settings['ArchiveStatus'],
    checksum:
      input.ChecksumMode === 'ENABLED' && algorithm
        ? { algorithm, value: checksumOf(settings, algorithm), type: settings['ChecksumType'] ?? 'FULL_OBJECT' }
        : undefined,
  };
  return {
    ...headOf(object, now),
    lastModified: object.lastModified,
    metadata: Object.fromEntries(Object.entries(object.metadata).map(([name, value]) => [name.toLowerCase(), value])),
    missingMetadata: Number(settings['MissingMetadata'] ?? 0),
    ...(present(members) as object),
    ...partOf(object, input.PartNumber),
  };
}

/** Where the part of an object lies that GetObject was asked for. */
export function partRange(
  { parts, size }: MemoryObject,
  partNumber: number | undefined,
): { readonly start: number; readonly end: number } | undefined {
  if (partNumber === undefined) return undefined;
  const part = parts.length === 0 && partNumber === 1 ? { size } : parts[partNumber - 1];
  // The answer to HEAD has no body: the code is what the status stands for.
  if (part === undefined) throw refusal('InvalidRange', 416, 'The store answered with HTTP status 416');
  const start = parts.slice(0, partNumber - 1).reduce((sum, { size: bytes }) => sum + bytes, 0);
  return { start, end: start + part.size };
}

/** What is told of one part instead of the object. */
function partOf(object: MemoryObject, partNumber: number | undefined): Partial<ObjectProperties> {
  if (partNumber === undefined) return {};
  const { parts } = object;
  const part = parts[partNumber - 1];
  if (partNumber === 1 && parts.length === 0) return { httpStatus: 206 };
  // The answer to HEAD has no body: the code is what the status stands for.
  if (part === undefined) throw refusal('InvalidRange', 416, 'The store answered with HTTP status 416');
  const algorithm = algorithmOf(part);
  const value = algorithm && checksumOf(part, algorithm);
  const checksum = algorithm && value !== undefined ? { checksum: { algorithm, value } } : {};
  return { httpStatus: 206, contentLength: part.size, partsCount: parts.length, ...checksum };
}

function present<T extends object>(members: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as never;
}
