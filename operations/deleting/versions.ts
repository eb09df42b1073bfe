import type { TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { classify } from '../../storage/http/error-meanings';
import { inLanes } from '../../storage/http/in-lanes';
import type { CallOptions, ListObjectVersionsInput, ObjectStore, ObjectVersion } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { type DeleteOptions, requestDelete } from './delete-one';
import { deleteTogether, entryName } from './delete-together';

type Shape = (key: string) => { readonly Prefix: string; readonly MaxKeys: number };

/**
 * How a listing is asked for, until one has the key. SeaweedFS keeps the versions of `key` in a folder `key.versions`, which comes after
 * `key-1`: a page that others fill does not have the key, nor does any that follows.
 */
const SHAPES: readonly Shape[] = [
  // Few keys have more versions, and keys that begin with this one would fill a larger page for nothing.
  (key) => ({ Prefix: key, MaxKeys: 100 }),
  (key) => ({ Prefix: key, MaxKeys: 1_000 }),
  (key) => ({ Prefix: `${key}.versions`, MaxKeys: 1_000 }),
];

/** Versions and delete markers of exactly this key, newest first. There may be none, or none that the store lists. */
export async function* versionsOf(
  store: ObjectStore,
  bucket: string,
  key: string,
  options: CallOptions,
): AsyncGenerator<ObjectVersion, void, undefined> {
  for (const shape of SHAPES) {
    const { isListed, isWhole } = yield* listed(store, { Bucket: bucket, ...shape(key) }, key, options);
    if (isListed || isWhole) return;
  }
}

async function* listed(
  store: ObjectStore,
  input: ListObjectVersionsInput,
  key: string,
  options: CallOptions,
): AsyncGenerator<ObjectVersion, { readonly isListed: boolean; readonly isWhole: boolean }, undefined> {
  let next: Pick<ListObjectVersionsInput, 'KeyMarker' | 'VersionIdMarker'> | undefined = {};
  let last: ObjectVersion | undefined;
  let isListed = false;
  // Within a listing the key itself comes before all others that begin with it.
  while (next !== undefined && (last === undefined || last.key === key)) {
    const page = await store.listObjectVersions({ ...input, ...next }, options);
    for (const version of page.versions) {
      if (version.key !== key) continue;
      isListed = true;
      yield version;
    }
    last = page.versions.at(-1);
    if (page.next && page.next.KeyMarker === next.KeyMarker && page.next.VersionIdMarker === next.VersionIdMarker) {
      throw new StoreError('InvalidAnswer', 200, 'The store gives the same page of versions again');
    }
    next = page.next;
  }
  return { isListed, isWhole: next === undefined };
}

/**
 * Deletes versions of one key, in the order given as far as requests for 1,000 can keep it. Rejects with the first refusal;
 * all of those before it, and some after it, are gone then. Deleting a version again changes nothing.
 */
export async function deleteVersions(
  store: ObjectStore,
  bucket: string,
  versions: readonly ObjectVersion[],
  options: DeleteOptions,
): Promise<void> {
  for (let start = 0; start < versions.length; start += LIMITS.deletes.keysPerRequestMax) {
    await deleteSome(store, bucket, versions.slice(start, start + LIMITS.deletes.keysPerRequestMax), options);
  }
}

async function deleteSome(
  store: ObjectStore,
  bucket: string,
  versions: readonly ObjectVersion[],
  options: DeleteOptions,
): Promise<void> {
  const found = await together(store, bucket, versions, options);
  await inLanes(
    versions,
    LIMITS.deletes.singlesInFlight,
    options.signal,
    async ({ key, versionId }, _index, signal) => {
      const outcome = found.get(entryName(key, versionId));
      if (outcome === undefined) {
        await requestDelete(store, { bucket, key, versionId }, { ...options, signal });
      } else if (outcome.status === 'failed') {
        throw new StoreError(outcome.errorCode, outcome.httpStatus, `Version ${versionId}: ${outcome.message}`);
      }
    },
  );
}

/** Empty when each version has to be asked for by itself. */
async function together(
  store: ObjectStore,
  bucket: string,
  versions: readonly ObjectVersion[],
  options: DeleteOptions,
): Promise<ReadonlyMap<string, TaskOutcome>> {
  if (versions.length < 2) return new Map();
  const entries = versions.map(({ key, versionId }) => ({ Key: key, VersionId: versionId }));
  try {
    return await deleteTogether(store, bucket, entries, options);
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    if (classify(error.httpStatus, error.code) === 'slowDown') throw error;
    return new Map();
  }
}
