/** What goes back over the wire: XML, headers, errors. Header values have one character for each octet. */
import type { ObjectProperties, StoredBytes } from '../../../storage/object-store';
import type { StoreError } from '../../../storage/store-error';

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

export type Element =
  string | number | boolean | Date | undefined | readonly Element[] | { readonly [name: string]: Element };

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';
const NO_BYTES = Buffer.alloc(0);

export function plain(status: number, headers: Readonly<Record<string, string | undefined>> = {}): WireAnswer {
  return { status, headers: given(headers), body: NO_BYTES };
}

export function xmlAnswer(
  root: string,
  content: Element,
  headers: Readonly<Record<string, string | undefined>> = {},
): WireAnswer {
  const body = Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="${NAMESPACE}">${text(content)}</${root}>`,
  );
  return { status: 200, headers: { 'content-type': 'application/xml', ...given(headers) }, body };
}

export function errorAnswer({ code, httpStatus, message }: StoreError, isHead: boolean): WireAnswer {
  if (isHead || httpStatus === 304) return plain(httpStatus);
  const body = Buffer.from(`<Error><Code>${text(code)}</Code><Message>${text(message)}</Message></Error>`);
  return { status: httpStatus, headers: { 'content-type': 'application/xml' }, body };
}

/** Children of one element; arrays are repeated elements of the same name. */
export function text(content: Element): string {
  if (content === undefined) return '';
  if (content instanceof Date) return content.toISOString();
  if (typeof content !== 'object') return escape(String(content));
  return Object.entries(content)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? (value as Element[]) : [value]).map((each) => [name, each] as const),
    )
    .filter(([, each]) => each !== undefined)
    .map(([name, each]) => `<${name}>${text(each)}</${name}>`)
    .join('');
}

/** Ampersands stay as they are, for that is what readers of headers and queries want: this is XML only. */
function escape(value: string): string {
  return value.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

export function quoted(etag: string): string {
  return `"${etag}"`;
}

export function propertyHeaders(of: ObjectProperties): Record<string, string> {
  const metadata = Object.entries(of.metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]);
  const sum = of.checksum;
  return given({
    ...(Object.fromEntries(metadata) as Record<string, string>),
    etag: quoted(of.etag),
    'content-length': String(of.contentLength),
    'last-modified': of.lastModified?.toUTCString(),
    'content-type': of.contentType,
    'cache-control': of.cacheControl,
    'content-disposition': of.contentDisposition,
    'content-encoding': of.contentEncoding,
    'content-language': of.contentLanguage,
    expires: of.expires,
    'accept-ranges': 'bytes',
    'x-amz-storage-class': of.storageClass,
    'x-amz-restore': of.restore,
    'x-amz-version-id': of.versionId,
    'x-amz-tagging-count': of.tagCount?.toString(),
    'x-amz-missing-meta': of.missingMetadata === 0 ? undefined : String(of.missingMetadata),
    'x-amz-server-side-encryption': of.serverSideEncryption,
    'x-amz-server-side-encryption-aws-kms-key-id': of.sseKmsKeyId,
    'x-amz-server-side-encryption-bucket-key-enabled': of.bucketKeyEnabled?.toString(),
    'x-amz-website-redirect-location': of.websiteRedirectLocation,
    'x-amz-object-lock-mode': of.objectLockMode,
    'x-amz-object-lock-retain-until-date': of.objectLockRetainUntilDate?.toISOString(),
    'x-amz-object-lock-legal-hold': of.objectLockLegalHold,
    'x-amz-replication-status': of.replicationStatus,
    'x-amz-archive-status': of.archiveStatus,
    'x-amz-mp-parts-count': of.partsCount?.toString(),
    ...(sum && { [`x-amz-checksum-${sum.algorithm.toLowerCase()}`]: sum.value, 'x-amz-checksum-type': sum.type }),
  });
}

export function storedHeaders(of: StoredBytes): Record<string, string> {
  const sums = Object.entries(of.checksums ?? {}).map(([name, value]) => [`x-amz-${kebab(name)}`, value]);
  return given({
    ...(Object.fromEntries(sums) as Record<string, string>),
    etag: quoted(of.etag),
    'x-amz-version-id': of.versionId,
    'x-amz-server-side-encryption': of.serverSideEncryption,
  });
}

/** `ChecksumCRC32` is the header `x-amz-checksum-crc32`. */
function kebab(member: string): string {
  return member.replace('Checksum', 'checksum-').toLowerCase();
}

function given(headers: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)) as Record<
    string,
    string
  >;
}
