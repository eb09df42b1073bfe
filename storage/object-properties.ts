import { CHECKSUM_ALGORITHMS } from './checksums';
import { single, type AnswerHeaders } from './error-answer';
import type { ObjectHead, ObjectProperties } from './object-store';

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
} as const;

/** From an answer to HeadObject or GetObject. */
export function objectHead(httpStatus: number, headers: AnswerHeaders): ObjectHead {
  return {
    httpStatus,
    etag: etagOf(headers),
    contentLength: contentLengthOf(headers),
    ...textMembers(headers, HEADER_OF_HEAD),
  };
}

export function objectProperties(httpStatus: number, headers: AnswerHeaders): ObjectProperties {
  const tagCount = single(headers['x-amz-tagging-count']);
  const checksum = checksumOf(headers);
  return {
    ...objectHead(httpStatus, headers),
    ...textMembers(headers, HEADER_OF_PROPERTY),
    metadata: metadataOf(headers),
    missingMetadata: Number(single(headers['x-amz-missing-meta']) ?? 0),
    ...(tagCount === undefined ? {} : { tagCount: Number(tagCount) }),
    ...(checksum && { checksum }),
  };
}

export function etagOf(headers: AnswerHeaders): string {
  return withoutQuotes(single(headers['etag']));
}

export function withoutQuotes(etag: string | undefined): string {
  return (etag ?? '').replace(/^(?:W\/)?"?|"$/g, '');
}

export function contentLengthOf(headers: AnswerHeaders): number {
  return Number(single(headers['content-length']) ?? 0);
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
    const value = single(headers[`x-amz-checksum-${algorithm.toLowerCase()}`]);
    if (value === undefined) continue;
    const type = single(headers['x-amz-checksum-type']);
    return { algorithm, value, ...(type === undefined ? {} : { type }) };
  }
  return undefined;
}
