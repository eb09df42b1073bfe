import { defined } from '../../contracts/defined';
import { CHECKSUM_ALGORITHMS, checksumMember } from '../checksums';
import { type AnswerHeaders, single } from '../http/answer-headers';
import type { ChecksumMembers, ObjectHead, ObjectProperties, StoredBytes } from '../object-store';

const METADATA_PREFIX = 'x-amz-meta-';

const HEADER_OF_HEAD = {
  storageClass: 'x-amz-storage-class',
  restore: 'x-amz-restore',
  versionId: 'x-amz-version-id',
} as const;

const HEADER_OF_PROPERTY = {
  contentType: 'content-type',
  cacheControl: 'cache-control',
  contentDisposition: 'content-disposition',
  contentEncoding: 'content-encoding',
  contentLanguage: 'content-language',
  expires: 'expires',
  serverSideEncryption: 'x-amz-server-side-encryption',
  sseKmsKeyId: 'x-amz-server-side-encryption-aws-kms-key-id',
  websiteRedirectLocation: 'x-amz-website-redirect-location',
  objectLockMode: 'x-amz-object-lock-mode',
  objectLockLegalHold: 'x-amz-object-lock-legal-hold',
  objectLockEventHold: 'x-amz-object-lock-event-hold',
  replicationStatus: 'x-amz-replication-status',
  archiveStatus: 'x-amz-archive-status',
} as const;

const HEADER_OF_NUMBER = {
  tagCount: 'x-amz-tagging-count',
  partsCount: 'x-amz-mp-parts-count',
  objectLockEventHoldDays: 'x-amz-object-lock-event-hold-duration-days',
  objectLockEventHoldYears: 'x-amz-object-lock-event-hold-duration-years',
} as const;

const HEADER_OF_DATE = {
  lastModified: 'last-modified',
  objectLockRetainUntilDate: 'x-amz-object-lock-retain-until-date',
} as const;

/** From an answer to HeadObject or GetObject. */
export function objectHead(httpStatus: number, headers: AnswerHeaders): ObjectHead {
  const contentLength = contentLengthOf(headers);
  return {
    httpStatus,
    etag: etagOf(headers),
    ...defined({ contentLength }),
    ...textMembers(headers, HEADER_OF_HEAD),
  };
}

export function objectProperties(httpStatus: number, headers: AnswerHeaders): ObjectProperties {
  const bucketKey = single(headers['x-amz-server-side-encryption-bucket-key-enabled']);
  const checksum = checksumOf(headers);
  return {
    ...objectHead(httpStatus, headers),
    ...textMembers(headers, HEADER_OF_PROPERTY),
    ...mapped(textMembers(headers, HEADER_OF_NUMBER), Number),
    ...mapped(textMembers(headers, HEADER_OF_DATE), dateOf),
    ...(bucketKey === undefined ? {} : { bucketKeyEnabled: bucketKey.toLowerCase() === 'true' }),
    metadata: metadataOf(headers),
    missingMetadata: Number(single(headers['x-amz-missing-meta']) ?? 0),
    ...(checksum && { checksum }),
  };
}

/** What the headers of an answer to PutObject or UploadPart tell of the bytes. */
export function storedBytes(httpStatus: number, headers: AnswerHeaders): StoredBytes {
  const { serverSideEncryption } = textMembers(headers, { serverSideEncryption: 'x-amz-server-side-encryption' });
  const { versionId } = textMembers(headers, { versionId: 'x-amz-version-id' });
  const checksums = Object.fromEntries(
    CHECKSUM_ALGORITHMS.map((algorithm) => [checksumMember(algorithm), single(headers[checksumHeader(algorithm)])]),
  );
  return stored({ httpStatus, etag: etagOf(headers), serverSideEncryption, versionId, ...checksums });
}

/** The same from what the SDK's deserializer made of an answer. */
export function stored(
  output: {
    readonly httpStatus: number;
    readonly etag: string;
    readonly serverSideEncryption?: string | undefined;
    readonly versionId?: string | undefined;
  } & { readonly [name in keyof ChecksumMembers]?: string | undefined },
): StoredBytes {
  const { httpStatus, etag, serverSideEncryption, versionId } = output;
  const checksums = checksumMembers(output);
  return {
    httpStatus,
    etag,
    ...defined({ serverSideEncryption, versionId }),
    ...(Object.keys(checksums).length === 0 ? {} : { checksums }),
  };
}

export function checksumMembers(members: object): ChecksumMembers {
  const given = members as Readonly<Record<string, string | undefined>>;
  const names = CHECKSUM_ALGORITHMS.map(checksumMember).filter((name) => given[name] !== undefined);
  return Object.fromEntries(names.map((name) => [name, given[name]]));
}

export function etagOf(headers: AnswerHeaders): string {
  return withoutQuotes(single(headers['etag']));
}

export function withoutQuotes(etag: string | undefined): string {
  return (etag ?? '').replace(/^(?:W\/)?"?|"$/g, '');
}

/** Bytes that the answer is about: undefined when it does not tell. */
export function contentLengthOf(headers: AnswerHeaders): number | undefined {
  const length = single(headers['content-length']);
  if (length !== undefined && /^\d+$/.test(length)) return Number(length);
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(single(headers['content-range']) ?? '') ?? [];
  return last === undefined ? undefined : Number(last) - Number(first) + 1;
}

/** Bytes of the whole object, from an answer that has a part of it; undefined when it does not tell. */
export function wholeLengthOf(headers: AnswerHeaders): number | undefined {
  const total = /\/(\d+)$/.exec(single(headers['content-range']) ?? '')?.[1];
  return total === undefined ? undefined : Number(total);
}

function textMembers<Names extends Readonly<Record<string, string>>>(
  headers: AnswerHeaders,
  names: Names,
): { readonly [name in keyof Names]?: string } {
  const members: Record<string, string> = {};
  for (const [name, header] of Object.entries(names)) {
    const value = single(headers[header]);
    if (value !== undefined) members[name] = value;
  }
  return members;
}

function mapped<Name extends string, Value>(
  texts: { readonly [name in Name]?: string },
  read: (text: string) => Value | undefined,
): { readonly [name in Name]?: Value } {
  const entries = Object.entries<string | undefined>(texts).map(([name, text]) => [name, read(text ?? '')] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as { [name in Name]?: Value };
}

function dateOf(text: string): Date | undefined {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : new Date(ms);
}

function checksumHeader(algorithm: string): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

function metadataOf(headers: AnswerHeaders): Record<string, string> {
  // A null prototype: __proto__ is a name that metadata may have.
  const metadata = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(METADATA_PREFIX)) continue;
    // A header that comes more than once is one list (RFC 9110, 5.3).
    metadata[name.slice(METADATA_PREFIX.length)] = Array.isArray(value) ? value.join(',') : (value ?? '');
  }
  return metadata;
}

function checksumOf(headers: AnswerHeaders): ObjectProperties['checksum'] {
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = single(headers[checksumHeader(algorithm)]);
    if (value === undefined) continue;
    const type = single(headers['x-amz-checksum-type']);
    return { algorithm, value, ...defined({ type }) };
  }
  return undefined;
}
