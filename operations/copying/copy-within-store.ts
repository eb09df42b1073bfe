import type { Task } from '../../contracts/outcome';
import type {
  CopyObjectInput,
  HeadObjectInput,
  ObjectProperties,
  ObjectStore,
  StoredBytes,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { throwAsCopyObject } from './copy-from';
import { COPY_BOUNDS, copyObjectInParts, type WithinStore } from './copy-object-in-parts';

/**
 * Copies one object by CopyObject, and in parts when the store refuses that because of the size: the size of an object is
 * not asked for before. `source`, where it is known already, spares that refusal. Rejects with `StoreError`.
 */
export async function copyWithinStore(
  copy: WithinStore,
  source: ObjectProperties | undefined,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  const { copyObjectBytesMax } = copy.bounds ?? COPY_BOUNDS;
  if (source !== undefined && source.contentLength > copyObjectBytesMax) {
    return copyObjectInParts(copy, source, signal);
  }
  try {
    return await copy.store.copyObject(copy.request, { signal });
  } catch (error) {
    if (!mayBeAboutSize(error)) throw error;
    const tooLarge = await sourceTooLarge(copy, source, error, signal);
    if (tooLarge === undefined) throw error;
    return copyObjectInParts(copy, tooLarge, signal);
  }
}

/**
 * Amazon S3 says InvalidRequest, "The specified copy source is larger than the maximum allowable size for a copy source:
 * 5368709120"; other stores say it otherwise.
 */
const SAYS_TOO_LARGE = /larger than the maximum|too large|exceeds the maximum/i;

/** Statuses of a refusal whose reason may be the size: the object has to be looked at. */
const VAGUE_CODES: readonly string[] = ['InvalidRequest', 'InvalidArgument', 'BadRequest'];

function mayBeAboutSize(error: unknown): error is StoreError {
  return error instanceof StoreError && (saysTooLarge(error) || VAGUE_CODES.includes(error.code));
}

function saysTooLarge({ code, httpStatus, message }: StoreError): boolean {
  return code === 'EntityTooLarge' || httpStatus === 413 || (httpStatus === 400 && SAYS_TOO_LARGE.test(message));
}

/** The source, when it is too large for CopyObject; undefined when the refusal is about something else. */
async function sourceTooLarge(
  copy: WithinStore,
  known: ObjectProperties | undefined,
  refusal: StoreError,
  signal: AbortSignal,
): Promise<ObjectProperties | undefined> {
  const { copyObjectBytesMax, partBytesMin } = copy.bounds ?? COPY_BOUNDS;
  const source = known ?? (await lookAtSource(copy, refusal, signal));
  const bytes = source?.contentLength ?? 0;
  // A store with a bound of its own; what fits into one part is not too large for anything.
  const isTooLarge = bytes > copyObjectBytesMax || (saysTooLarge(refusal) && bytes > partBytesMin);
  return isTooLarge ? source : undefined;
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

/** Conditions that do not hold reject as those of CopyObject do: 412. */
export function describeSource(
  store: ObjectStore,
  { bucket, key, versionId }: Task,
  conditions: Partial<HeadObjectInput>,
  signal: AbortSignal,
): Promise<ObjectProperties> {
  const version = versionId === undefined ? {} : { VersionId: versionId };
  return store
    .describeObject({ Bucket: bucket, Key: key, ...version, ...conditions, ChecksumMode: 'ENABLED' }, { signal })
    .catch(throwAsCopyObject);
}

/** Those of CopyObject, asked of the source itself. */
export function conditionsOf(request: CopyObjectInput): Partial<HeadObjectInput> {
  const { CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince, CopySourceIfMatch, RequestPayer } = request;
  return {
    ...(CopySourceIfModifiedSince && { IfModifiedSince: CopySourceIfModifiedSince }),
    ...(CopySourceIfUnmodifiedSince && { IfUnmodifiedSince: CopySourceIfUnmodifiedSince }),
    ...(CopySourceIfMatch !== undefined && { IfMatch: CopySourceIfMatch }),
    ...(RequestPayer && { RequestPayer }),
  };
}
