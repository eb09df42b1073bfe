import { defined } from '../../contracts/defined';
import type { CopyObjectInput, HeadObjectInput, ObjectProperties, StoredBytes } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sameTags } from '../common/tag-sets';
import { hasSameBytes } from './copied-already';
import { checkMetadataTold, describeSource, tagsOf } from './copy-from';
import { metadataOf, readable, sameMetadata, sourceMetadata, tagsOfHeader } from './copy-request';
import { COPY_BOUNDS, type CopyBounds, copyObjectInParts, type WithinStore } from './in-parts/copy-object-in-parts';

/**
 * Copies one object by CopyObject, and in parts when the store refuses that because of the size: the size of an object is
 * not asked for before. `source`, where it is known already, spares that refusal. A store that has a copy onto itself without
 * new metadata for no change at all is given the old ones as new. Rejects with `StoreError`.
 */
export async function copyWithinStore(
  copy: WithinStore,
  source: ObjectProperties | undefined,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  const { copyObjectBytesMax } = boundsOf(copy);
  if (source !== undefined && (source.contentLength ?? 0) > copyObjectBytesMax) {
    return copyObjectInParts(copy, source, signal);
  }
  try {
    return await copy.store.copyObject(copy.request, { signal });
  } catch (error) {
    return afterRefusal(copy, source, error, signal);
  }
}

async function afterRefusal(
  copy: WithinStore,
  source: ObjectProperties | undefined,
  refusal: unknown,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  if (isWithoutResult(copy, refusal)) return madeWithoutResult(copy, source, signal);
  if (!mayBeAboutSource(refusal)) throw refusal;
  const refused = source ?? (await lookAtSource(copy, refusal, signal));
  if (refused === undefined) throw refusal;
  if (isTooLarge(copy, refused, refusal)) return copyObjectInParts(copy, refused, signal);
  if (!isRefusedOntoItself(copy, refusal)) throw refusal;
  return copy.store.copyObject(withItsMetadata(copy.request, refused), { signal });
}

function boundsOf({ bounds, store }: WithinStore): CopyBounds {
  return bounds ?? { ...COPY_BOUNDS, copyObjectBytesMax: store.profile.copyObjectBytesMax };
}

/** A store may end its answer without a result, as S3 does when it is cut off; some always do. Onto itself, the object tells nothing of the bytes. */
function isWithoutResult(copy: WithinStore, error: unknown): error is StoreError {
  return error instanceof StoreError && error.answerLost && !error.storeDown && !isOntoItself(copy);
}

/** The target tells whether the copy was made: each repeat would make one more version. */
async function madeWithoutResult(
  copy: WithinStore,
  source: ObjectProperties | undefined,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  if (await isMade(copy, source, signal)) return {};
  try {
    return await copy.store.copyObject(copy.request, { signal });
  } catch (error) {
    if (isWithoutResult(copy, error) && (await isMade(copy, source, signal))) return {};
    throw error;
  }
}

/** Bytes, metadata and tags: a target that had them before is as the copy would make it. */
async function isMade(
  { store, request, task }: WithinStore,
  known: ObjectProperties | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const { Bucket, Key, RequestPayer } = request;
  const from = { Bucket: task.bucket, Key: task.key, VersionId: task.versionId, RequestPayer };
  try {
    const target = await describeSource(store, { bucket: Bucket ?? '', key: Key ?? '' }, {}, signal);
    const source = known ?? (await describeSource(store, task, {}, signal));
    const metadata = request.MetadataDirective === 'REPLACE' ? metadataOf(request) : sourceMetadata(source);
    if (!hasSameBytes(source, target) || !sameMetadata(readable(metadata), readable(sourceMetadata(target)))) {
      return false;
    }
    const isReplaced = request.TaggingDirective === 'REPLACE';
    const tags = isReplaced ? tagsOfHeader(request.Tagging) : await tagsOf(store, from, source, signal);
    return sameTags(tags, await tagsOf(store, { Bucket, Key }, target, signal));
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return false;
    throw error;
  }
}

function isOntoItself({ request, task }: WithinStore): boolean {
  return request.Bucket === task.bucket && request.Key === task.key;
}

/**
 * Amazon S3 says InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source:
 * 5368709120"; other stores say it otherwise.
 */
const SAYS_TOO_LARGE = /larger than the maximum|too large|exceeds the maximum/i;

/** Codes of a refusal whose reason may be the size, or that the source is the target: the object has to be looked at. */
const VAGUE_CODES: readonly string[] = ['InvalidRequest', 'InvalidArgument', 'BadRequest'];

function mayBeAboutSource(error: unknown): error is StoreError {
  return error instanceof StoreError && (saysTooLarge(error) || VAGUE_CODES.includes(error.code));
}

function saysTooLarge({ code, httpStatus, message }: StoreError): boolean {
  return code === 'EntityTooLarge' || httpStatus === 413 || (httpStatus === 400 && SAYS_TOO_LARGE.test(message));
}

/** False for a size that is not known: then the refusal is the row. */
function isTooLarge(copy: WithinStore, { contentLength = 0 }: ObjectProperties, refusal: StoreError): boolean {
  const { copyObjectBytesMax, partBytesMin } = boundsOf(copy);
  // A store with a bound of its own; what fits into one part is not too large for anything.
  return contentLength > copyObjectBytesMax || (saysTooLarge(refusal) && contentLength > partBytesMin);
}

/** What a copy onto itself may change beside metadata (API_CopyObject, `MetadataDirective`). */
const CHANGES: readonly (keyof CopyObjectInput)[] = [
  'StorageClass',
  'WebsiteRedirectLocation',
  'ServerSideEncryption',
  'SSEKMSKeyId',
  'BucketKeyEnabled',
];

/** SeaweedFS and versitygw say so of whatever is to be changed unless the metadata are replaced. S3 has a point when it does. */
const SAYS_ONTO_ITSELF = /to itself/i;

function isRefusedOntoItself(copy: WithinStore, { code, httpStatus, message }: StoreError): boolean {
  const { request } = copy;
  return (
    httpStatus === 400 &&
    code === 'InvalidRequest' &&
    SAYS_ONTO_ITSELF.test(message) &&
    request.MetadataDirective !== 'REPLACE' &&
    isOntoItself(copy) &&
    CHANGES.some((member) => request[member] !== undefined)
  );
}

/** Throws for metadata that are not all known. */
function withItsMetadata(request: CopyObjectInput, source: ObjectProperties): CopyObjectInput {
  checkMetadataTold(source);
  const { etag } = source;
  return {
    ...request,
    ...defined(sourceMetadata(source)),
    MetadataDirective: 'REPLACE',
    ...(etag !== '' && { CopySourceIfMatch: `"${etag}"` }),
  };
}

async function lookAtSource(
  { store, task, request }: WithinStore,
  refusal: StoreError,
  signal: AbortSignal,
): Promise<ObjectProperties | undefined> {
  try {
    return await describeSource(store, task, conditionsOf(request), signal);
  } catch (error) {
    // What can't be looked at was not refused for its size, unless the store said so.
    if (error instanceof StoreError && !error.storeDown && !saysTooLarge(refusal)) return undefined;
    throw error;
  }
}

/** Those of CopyObject, asked of the source itself. */
export function conditionsOf(request: CopyObjectInput): Partial<HeadObjectInput> {
  const { CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince, CopySourceIfMatch, RequestPayer } = request;
  return {
    ...(CopySourceIfModifiedSince && { IfModifiedSince: CopySourceIfModifiedSince }),
    ...(CopySourceIfUnmodifiedSince && { IfUnmodifiedSince: CopySourceIfUnmodifiedSince }),
    ...defined({ IfMatch: CopySourceIfMatch }),
    ...(RequestPayer && { RequestPayer }),
  };
}
