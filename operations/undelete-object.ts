import { z } from 'zod';
import { defined } from '../contracts/defined';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import type { CallOptions, ObjectRef, ObjectStore, ObjectVersion } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { requestDelete } from './deleting/delete-one';
import { type Newest, newestOf } from './deleting/newest';
import { versionsOf } from './deleting/versions';
import { defineOperation } from './operation';

const NAME = 'S3UndeleteObject';

/** For delete markers that are added meanwhile. */
const ROUNDS_MORE = 100;

const VERSION_NAMED: TaskOutcome = Object.freeze({
  status: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidRequest',
  message: 'The row names a version, but a key as a whole is brought back: leave the version out of the manifest',
});

/**
 * Brings back objects that were deleted in a bucket with versioning: removes the delete markers above the newest version, each
 * when it is sure to be one.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RemDelMarker.html
 */
export const undeleteObject = defineOperation({
  name: NAME,
  summary: 'Bring back each object that is behind a delete marker',
  call: 'HeadObject; ListObjectVersions; for each delete marker HeadObject to see that it is one, DeleteObject, and HeadObject of the key again',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/RemDelMarker.html',
  success:
    'The newest version that is no delete marker is the current one. An object that was not deleted counts as a success.',
  rerun:
    'Finds the object there: no difference. An object that was deleted once more in the meantime is brought back again, and one that is written meanwhile stays as it is: only the delete markers that were seen are removed.',
  parameters: z.strictObject({}),
  examples: [{ title: 'Bring back what was deleted', parameters: {} }],
  withParameters: () => ({
    plan: defaultPlan(NAME),
    worksWithoutObject: true,
    bind(context) {
      return async (task, signal) => {
        signal.throwIfAborted();
        if (task.versionId !== undefined) return VERSION_NAMED;
        const store = (): ObjectStore => context.storeFor(task.bucket, 'write');
        return send(() => bringBack(store(), task, signal), { store, ref: task }, signal);
      };
    },
    bindDesiredState(context) {
      return async (task, signal) => {
        // The row is refused, whatever there is.
        if (task.versionId !== undefined) return false;
        const store = context.storeFor(task.bucket, 'read');
        const seen = await lookAt(store, task, { signal });
        if (seen.is === 'object') return true;
        const { newest } = await historyOf(store, task, seen, { signal });
        return seen.is === 'untold' && !newest.isDeleteMarker;
      };
    },
  }),
});

/**
 * Removes one delete marker after the other, each time the one that is the newest then: what a listing says of those below it
 * is not always true, and a version that was taken for a marker would be lost.
 */
async function bringBack(store: ObjectStore, { bucket, key }: Task, signal: AbortSignal): Promise<void> {
  const at = { bucket, key };
  let seen = await lookAt(store, at, { signal });
  if (seen.is === 'object') return;
  const first = await historyOf(store, at, seen, { signal });
  let { newest } = first;
  for (let rounds = first.markers + ROUNDS_MORE; newest.isDeleteMarker; rounds -= 1) {
    if (rounds === 0) throw still('others came');
    const { versionId } = newest;
    if (!(await isMarker(store, { ...at, versionId }, signal))) throw isObject(versionId);
    await requestDelete(store, { ...at, versionId }, { signal, bypassGovernance: false });
    seen = await lookAt(store, at, { signal });
    if (seen.is === 'object') return;
    newest = await newestListed(store, at, seen, { signal });
    if (newest.versionId === versionId) throw still(`the store lists ${versionId} again`);
  }
  if (seen.is !== 'untold' && (await lookAt(store, at, { signal })).is !== 'object') throw notThere(newest.versionId);
}

/** `untold`: these credentials may not look. Then the listing has to do. */
type Seen = Newest | { readonly is: 'untold'; readonly versionId?: never };

async function lookAt(store: ObjectStore, at: ObjectRef, options: CallOptions): Promise<Seen> {
  try {
    return await newestOf(store, at, options);
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 403) return { is: 'untold' };
    throw error;
  }
}

function notThere(versionId: string): StoreError {
  const text = `The store lists version ${versionId} as the newest and no delete marker, but does not have the object`;
  return new StoreError('InvalidAnswer', 200, `${text}: its listing can't be trusted for this key`);
}

function still(why: string): StoreError {
  return new StoreError('NoSuchKey', 404, `Delete markers were removed, but ${why}: the object is not there`);
}

/** S3 answers 405 about a delete marker ("Working with delete markers", S3 user guide), SeaweedFS as if there were nothing. */
async function isMarker(store: ObjectStore, { versionId, ...at }: ObjectRef, signal: AbortSignal): Promise<boolean> {
  const status = await statusOf(store, { ...at, ...defined({ versionId }) }, signal);
  return status === 405 || (status === 404 && (await statusOf(store, at, signal)) === 404);
}

/** Rejects with what tells nothing. */
async function statusOf(store: ObjectStore, ref: ObjectRef, signal: AbortSignal): Promise<number> {
  try {
    return (await store.headObject(ref, { signal, plainNotFound: true })).httpStatus;
  } catch (error) {
    if (error instanceof StoreError && (error.httpStatus === 404 || error.httpStatus === 405)) return error.httpStatus;
    throw error;
  }
}

function isObject(versionId: string): StoreError {
  const what = `The store lists version ${versionId} as a delete marker, but it is an object`;
  return new StoreError('InvalidAnswer', 200, `${what}: nothing was removed`);
}

/** Rejects when the key has no version that could be brought back. */
async function historyOf(
  store: ObjectStore,
  { bucket, key }: ObjectRef,
  seen: Seen,
  options: CallOptions,
): Promise<{ readonly newest: ObjectVersion; readonly markers: number }> {
  let newest: ObjectVersion | undefined;
  let markers = 0;
  let hasVersion = false;
  for await (const version of versionsOf(store, bucket, key, options)) {
    if (version.isLatest) newest ??= version;
    if (version.isDeleteMarker) markers += 1;
    else hasVersion = true;
    if (newest && hasVersion) return { newest, markers };
  }
  if (hasVersion) return { newest: unlistedMarker(key, seen), markers: markers + 1 };
  if (markers > 0) {
    const text = 'The store lists only delete markers of this key: no version can be brought back';
    throw new StoreError('NoSuchVersion', 404, text);
  }
  if (seen.is === 'marker') throw notListed();
  throw new StoreError('NoSuchKey', 404, 'The store has neither a version nor a delete marker of the key');
}

async function newestListed(
  store: ObjectStore,
  { bucket, key }: ObjectRef,
  seen: Seen,
  options: CallOptions,
): Promise<ObjectVersion> {
  for await (const version of versionsOf(store, bucket, key, options)) if (version.isLatest) return version;
  return unlistedMarker(key, seen);
}

/** Some stores list versions, but not the delete marker that they tell of. */
function unlistedMarker(key: string, { is, versionId }: Seen): ObjectVersion {
  if (is !== 'marker' || versionId === undefined) throw noNewest();
  return { key, versionId, isLatest: true, isDeleteMarker: true };
}

function notListed(): StoreError {
  const text =
    "The key is behind a delete marker that the store does not list: its listing can't be trusted for this key";
  return new StoreError('InvalidAnswer', 200, `${text}, and nothing was removed`);
}

function noNewest(): StoreError {
  return new StoreError('InvalidAnswer', 200, 'The store does not tell which version of the key is the newest');
}
