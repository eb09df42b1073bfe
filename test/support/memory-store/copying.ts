/** CopyObject and UploadPartCopy of the in-memory store. */
import type { CopyObjectInput, ObjectRef, UploadPartCopyInput } from '../../../storage/object-store';
import type { MemoryObject, ObjectSeed } from './bucket';
import { algorithmOf, checksumMembers, sumOf } from './checks';
import { matches, newObject } from './describe';
import { notReadable, preconditionFailed, refusal } from './refusals';
import { isReadable } from './restore';

const COPY_SOURCE_BYTES_MAX = 5 * 1024 ** 3;
/** Smaller objects are copied whole or not at all (API_UploadPartCopy). */
const RANGE_SOURCE_BYTES_MIN = 5 * 1024 ** 2;

type SourceConditions = Pick<
  CopyObjectInput,
  'CopySourceIfMatch' | 'CopySourceIfNoneMatch' | 'CopySourceIfModifiedSince' | 'CopySourceIfUnmodifiedSince'
>;

export function parseCopySource(source: string | undefined): ObjectRef {
  const match = /^\/?([^/]+)\/(.*?)(?:\?versionId=(.*))?$/s.exec(source ?? '');
  if (match?.[1] === undefined || match[2] === undefined) {
    throw refusal('InvalidArgument', 400, 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const at = { bucket: decodeURIComponent(match[1]), key: decodeURIComponent(match[2]) };
  return match[3] === undefined ? at : { ...at, versionId: decodeURIComponent(match[3]) };
}

/** Throws for what S3 does not copy so. */
export function checkCopy(input: CopyObjectInput, from: ObjectRef, source: MemoryObject, now: Date): void {
  checkSource(input, source, now);
  if (source.size > COPY_SOURCE_BYTES_MAX) throw tooLarge();
  const onItself = from.bucket === input.Bucket && from.key === input.Key && from.versionId === undefined;
  const { StorageClass, WebsiteRedirectLocation, ServerSideEncryption, BucketKeyEnabled } = input;
  const changed = [StorageClass, WebsiteRedirectLocation, ServerSideEncryption, BucketKeyEnabled];
  if (onItself && input.MetadataDirective !== 'REPLACE' && changed.every((setting) => setting === undefined)) {
    throw refusal(
      'InvalidRequest',
      400,
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
}

/** The copy: the source's metadata and tags unless they are replaced, its checksum's algorithm unless another is asked for. */
export async function copyOf(input: CopyObjectInput, source: MemoryObject): Promise<ObjectSeed> {
  const replace = input.MetadataDirective === 'REPLACE';
  const made = newObject(input);
  return {
    size: source.size,
    headers: replace ? made.headers : source.headers,
    metadata: replace ? made.metadata : source.metadata,
    tags: input.TaggingDirective === 'REPLACE' ? made.tags : source.tags,
    storageClass: made.storageClass,
    settings: { ...made.settings, ...(await checksumOfCopy(input, source)) },
  };
}

/** Always of the whole object, as the copy is in one piece. */
async function checksumOfCopy(input: CopyObjectInput, source: MemoryObject): Promise<object> {
  const former = algorithmOf(source.settings);
  const algorithm = input.ChecksumAlgorithm ?? former;
  if (algorithm === undefined) return {};
  return { ...checksumMembers(algorithm, await sumOf(source.body, algorithm)), ChecksumType: 'FULL_OBJECT' };
}

/** The bytes of a part that is copied. `size` is what they pretend to be. */
export function copiedPart(
  input: UploadPartCopyInput,
  source: MemoryObject,
  now: Date,
): { readonly body: Buffer; readonly size: number } {
  checkSource(input, source, now);
  const { CopySourceRange } = input;
  if (CopySourceRange === undefined) {
    if (source.size > COPY_SOURCE_BYTES_MAX) throw tooLarge();
    return { body: source.body, size: source.size };
  }
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(CopySourceRange) ?? [];
  const [start, end] = [Number(first), Number(last) + 1];
  if (last === undefined || start >= end) {
    throw refusal('InvalidArgument', 400, 'The x-amz-copy-source-range value must be of the form bytes=first-last');
  }
  if (end > source.size) {
    const range = `Range specified is not valid for source object of size: ${source.size}`;
    throw refusal('InvalidArgument', 400, range);
  }
  if (source.size <= RANGE_SOURCE_BYTES_MIN) {
    throw refusal('InvalidRequest', 400, 'The specified copy source is not supported as a byte-range copy source');
  }
  if (end - start > COPY_SOURCE_BYTES_MAX) throw tooLarge();
  return { body: source.body.subarray(start, end), size: end - start };
}

function checkSource(input: SourceConditions, source: MemoryObject, now: Date): void {
  const { CopySourceIfModifiedSince: after, CopySourceIfUnmodifiedSince: before } = input;
  const { CopySourceIfMatch, CopySourceIfNoneMatch } = input;
  if (CopySourceIfMatch !== undefined && !matches(source, CopySourceIfMatch)) throw preconditionFailed();
  if (CopySourceIfNoneMatch !== undefined && matches(source, CopySourceIfNoneMatch)) throw preconditionFailed();
  if (after !== undefined && source.lastModified <= after) throw preconditionFailed();
  // A matching ETag overrules the date (API_CopyObject).
  if (before !== undefined && CopySourceIfMatch === undefined && source.lastModified > before) {
    throw preconditionFailed();
  }
  if (!isReadable(source, now)) throw notReadable();
}

function tooLarge(): Error {
  const limit = `larger than the maximum allowable size for a copy source: ${COPY_SOURCE_BYTES_MAX}`;
  return refusal('InvalidRequest', 400, `The specified copy source is ${limit}`);
}
