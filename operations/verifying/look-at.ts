import type { HeadOptions, ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';

/** All that the store tells of an object. Rejects with `StoreError`. */
export function lookAt(store: ObjectStore, ref: ObjectRef, signal: AbortSignal): Promise<ObjectProperties> {
  return describe(store, ref, { signal });
}

function describe(store: ObjectStore, ref: ObjectRef, options: HeadOptions): Promise<ObjectProperties> {
  return store.describeObject({ ...named(ref), ChecksumMode: 'ENABLED' }, options);
}

/** Undefined when there is no such object; which of key, version and bucket is missing is not asked. */
export async function find(
  store: ObjectStore,
  ref: ObjectRef,
  signal: AbortSignal,
): Promise<ObjectProperties | undefined> {
  try {
    return await describe(store, ref, { signal, plainNotFound: true });
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}

/** The key or the version is not there; of a missing bucket nothing can be said. */
export function isGone(error: unknown): error is StoreError {
  return error instanceof StoreError && error.httpStatus === 404 && error.code !== 'NoSuchBucket';
}

/** Throws `StoreError` when the store does not tell the ETag. */
export function toldEtag({ etag }: ObjectProperties): string {
  if (etag !== '') return etag;
  const text = 'The store does not tell the ETag of the object, neither by HeadObject nor by GetObject';
  throw new StoreError('InvalidAnswer', 200, text);
}

/** What GetObject, HeadObject and the like take. */
export function named({ bucket, key, versionId }: ObjectRef): { Bucket: string; Key: string; VersionId?: string } {
  return versionId === undefined ? { Bucket: bucket, Key: key } : { Bucket: bucket, Key: key, VersionId: versionId };
}
