import { z } from 'zod';
import type { Task, TaskOutcome } from '../contracts/outcome';
import type { CallOptions, ObjectStore, ObjectVersion } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { defineOperation } from './operation';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { lookFor } from './deleting/delete-one';
import { deleteVersions, versionsOf } from './deleting/versions';

const NAME = 'S3UndeleteObject';

/** One round does nearly always; more are for markers that could not be told apart, or were added meanwhile. */
const ROUNDS_MAX = 5;

const VERSION_NAMED: TaskOutcome = Object.freeze({
  status: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidRequest',
  message: 'The row names a version, but a key as a whole is brought back: leave the version out of the manifest',
});

/**
 * Brings back objects that were deleted in a bucket with versioning: removes the delete markers above the newest version.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/RemDelMarker.html
 */
export const undeleteObject = defineOperation({
  name: NAME,
  summary: 'Bring back each object that is behind a delete marker',
  call: 'ListObjectVersions; DeleteObject for a delete marker, DeleteObjects for several; HeadObject to see it back',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/RemDelMarker.html',
  success:
    'The newest version that is no delete marker is the current one. An object that was not deleted counts as a success.',
  rerun:
    'Finds the object there: no difference. An object that was deleted once more in the meantime is brought back again.',
  parameters: z.strictObject({}),
  examples: [{ title: 'Bring back what was deleted', parameters: {} }],
  worksWithoutObject: () => true,
  plan: () => defaultPlan(NAME),
  bind(_parameters, context) {
    return async (task, signal) => {
      signal.throwIfAborted();
      if (task.versionId !== undefined) return VERSION_NAMED;
      const store = (): ObjectStore => context.storeFor(task.bucket, 'write');
      return send(() => bringBack(store(), task, signal), { store, ref: task }, signal);
    };
  },
  bindDesiredState(_parameters, context) {
    return async (task, signal) => {
      // The row is refused, whatever there is.
      if (task.versionId !== undefined) return false;
      return (await markersAbove(context.storeFor(task.bucket, 'read'), task, { signal })).length === 0;
    };
  },
});

/**
 * What was brought back is looked at: of markers and versions of one second, stores that list them apart do not tell which
 * came first, and a marker may be left.
 */
async function bringBack(store: ObjectStore, task: Task, signal: AbortSignal): Promise<void> {
  for (let round = 1; round <= ROUNDS_MAX; round += 1) {
    const markers = await markersAbove(store, task, { signal });
    if (markers.length === 0) return;
    await deleteVersions(store, task.bucket, markers, { signal, bypassGovernance: false });
    if ((await lookFor(store, task, signal)) !== 'gone') return;
  }
  throw new StoreError('NoSuchKey', 404, 'The delete markers were removed, but the object is not there');
}

/** Delete markers newer than the newest version of the key. Rejects when there is no such version. */
async function markersAbove(
  store: ObjectStore,
  { bucket, key }: Task,
  options: CallOptions,
): Promise<readonly ObjectVersion[]> {
  const markers: ObjectVersion[] = [];
  for await (const version of versionsOf(store, bucket, key, options)) {
    if (!version.isDeleteMarker) return markers;
    markers.push(version);
  }
  if (markers.length === 0) throw new StoreError('NoSuchKey', 404, 'The key has neither a version nor a delete marker');
  throw new StoreError(
    'NoSuchVersion',
    404,
    'Of this key only delete markers are left: no version can be brought back',
  );
}
