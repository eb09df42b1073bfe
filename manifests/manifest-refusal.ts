import { DroverError } from '../contracts/engine/failures';
import type { CallOptions, ObjectRef, ObjectStore } from '../storage/object-store';
import { generalRefusal } from '../storage/refusals';
import { StoreError } from '../storage/store-error';

/**
 * What the store answers to a request for the manifest, in the words of the failure catalogue. Anything else than a
 * `StoreError` comes back as it is.
 */
export function manifestRefusal(error: unknown, manifestArn: string, versionId?: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const general = generalRefusal(error, 'manifest bucket');
  if (general !== undefined) return general;
  const manifest = versionId === undefined ? manifestArn : `${manifestArn}, version ${versionId}`;
  const cause = { cause: error };
  const { httpStatus, code, told } = error;
  // Archived: the role may read it, but nobody can.
  if (code === 'InvalidObjectState') {
    return new DroverError('ManifestNotReadable', `The manifest ${manifest} is archived: ${told}`, cause);
  }
  if (httpStatus === 401 || httpStatus === 403) {
    return new DroverError('ManifestAccessDenied', `The role may not read the manifest ${manifest}: ${told}`, cause);
  }
  if (httpStatus === 404 || (code === 'InvalidArgument' && versionId !== undefined)) {
    return new DroverError('ManifestNotFound', `There is no manifest ${manifest}: ${told}`, cause);
  }
  // A delete marker that is named by its version.
  if (httpStatus === 405) {
    return new DroverError('ManifestNotFound', `The manifest ${manifest} is deleted: ${told}`, cause);
  }
  if (httpStatus === 412) {
    return new DroverError('ManifestETagMismatch', `The manifest's ETag is not the one given: ${manifest}`, cause);
  }
  return new DroverError('ManifestNotReadable', `The manifest ${manifest} can't be read: ${told}`, cause);
}

/** The manifest's ETag, without quotes. Rejects with what `manifestRefusal` makes of the store's answer. */
export async function manifestEtag(
  store: ObjectStore,
  ref: ObjectRef,
  manifestArn: string,
  options: CallOptions = {},
): Promise<string> {
  try {
    return (await store.headObject(ref, options)).etag;
  } catch (error) {
    throw manifestRefusal(await inTheStoresWords(error, store, ref, options), manifestArn, ref.versionId);
  }
}

/** An answer to HeadObject has no body: that it is forbidden may mean the key, the signature or the object's rights. */
async function inTheStoresWords(
  error: unknown,
  store: ObjectStore,
  ref: ObjectRef,
  options: CallOptions,
): Promise<unknown> {
  if (!(error instanceof StoreError) || error.httpStatus !== 403) return error;
  try {
    await store.read(ref, { ...options, range: { start: 0, end: 1 } });
    return error;
  } catch (reason) {
    return reason instanceof StoreError && reason.httpStatus === 403 ? reason : error;
  }
}
