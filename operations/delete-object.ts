import { z } from 'zod';
import type { Task, TaskOutcome } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import type { CallOptions, ObjectRef, ObjectStore, ObjectVersion } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { withFailedRows } from './common/failed-by';
import { defaultPlan } from './common/plan';
import { send } from './common/send';
import { deleteGroup } from './deleting/delete-group';
import { deleteOne, type DeleteOptions, isGoneCode, requestDelete } from './deleting/delete-one';
import { newestOf } from './deleting/newest';
import { deleteVersions, versionsOf } from './deleting/versions';
import { defineOperation, type OperationContext, type PerformTask } from './operation';

const NAME = 'S3DeleteObject';

const parameters = z.strictObject({
  AllVersions: z
    .boolean()
    .optional()
    .describe(
      'Drover only. Delete every version and delete marker of the key for good. Rows must name no version. Default false.',
    ),
  BypassGovernanceRetention: z
    .boolean()
    .optional()
    .describe(
      'Drover only. Delete versions under a retention in GOVERNANCE mode, too; the credentials need s3:BypassGovernanceRetention. The bucket must have Object Lock.',
    ),
});

/**
 * Deletes objects, up to 1,000 with one request.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 *
 * A version under Object Lock stays, in the store's words. S3 does not tell whether there was anything to delete, so neither
 * does Drover: an object that is not there is a success.
 */
export const deleteObject = defineOperation({
  name: NAME,
  summary: 'Delete each object, a version of it, or all its versions',
  call: 'DeleteObjects with up to 1,000 keys; DeleteObject where a store does not know it; ListObjectVersions for AllVersions, and HeadObject to see that nothing is left',
  reference: 'https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html',
  success:
    'The object can no longer be read: it is gone, or, in a bucket with versioning, behind a delete marker. A version named in the row is gone for good. With AllVersions nothing of the key is left. An object that was not there counts as a success.',
  rerun:
    'Finds the object gone: a success again. In a versioned bucket S3 adds another delete marker. So may a retry after a lost answer, although Drover checks first. An object that was stored in the meantime is deleted; with AllVersions, a version that is stored while the others are removed may be left, which is a failed row then.',
  parameters,
  examples: [
    { title: 'The current version, or the one named in the row', parameters: {} },
    { title: 'All versions, for good', parameters: { AllVersions: true } },
    { title: 'Also what is retained in governance mode', parameters: { BypassGovernanceRetention: true } },
  ],
  withParameters: (given) => ({
    plan: given.AllVersions
      ? defaultPlan(NAME)
      : defaultPlan(NAME, {
          batchRows: LIMITS.deletes.batchRows,
          chunksInFlight: LIMITS.deletes.chunksInFlight,
          batchesInFlight: LIMITS.deletes.batchesInFlight,
        }),
    removesObject: true,
    bind(context) {
      const bypassGovernance = given.BypassGovernanceRetention ?? false;
      if (given.AllVersions) return deleteAllVersions(context, bypassGovernance);
      return withFailedRows((task, signal) =>
        deleteOne(context.storeFor(task.bucket, 'write'), task, { bypassGovernance, signal }),
      );
    },
    bindGroup: given.AllVersions
      ? undefined
      : (context) => deleteGroup(context, given.BypassGovernanceRetention ?? false),
    bindDesiredState: given.AllVersions ? hasNoVersions : isGone,
  }),
});

function isGone(context: OperationContext): (task: Task, signal: AbortSignal) => Promise<boolean> {
  const buckets = new Map<string, boolean>();
  return async (task, signal) => {
    const { bucket } = task;
    const store = context.storeFor(bucket, 'read');
    try {
      await store.headObject(task, { signal });
      return false;
    } catch (error) {
      if (!(error instanceof StoreError) || error.httpStatus !== 404) throw error;
      if (isGoneCode(error.code)) return true;
    }
    // HEAD may have no word for a bucket that is not there. Deleting has: such an object is not taken for gone.
    const exists = buckets.get(bucket) ?? (await store.bucketExists(bucket, { signal }));
    buckets.set(bucket, exists);
    return exists;
  };
}

const VERSION_NAMED: TaskOutcome = Object.freeze({
  status: 'failed',
  httpStatus: 400,
  errorCode: 'InvalidRequest',
  message: 'The row names a version, but AllVersions deletes all of them: leave the version out of the manifest',
});

function deleteAllVersions(context: OperationContext, bypassGovernance: boolean): PerformTask {
  return async (task, signal) => {
    signal.throwIfAborted();
    if (task.versionId !== undefined) return VERSION_NAMED;
    const store = (): ObjectStore => context.storeFor(task.bucket, 'write');
    const request = async (): Promise<void> => deleteHistory(store(), task, { bypassGovernance, signal });
    return send(request, { store, ref: task }, signal);
  };
}

/** A listing may not show all: what the key itself shows afterwards goes, too. Rejects when something is left. */
async function deleteHistory(store: ObjectStore, at: Task, options: DeleteOptions): Promise<void> {
  let listed = await deleteListed(store, at, options);
  let former: string | undefined;
  for (let rounds = 0; ; rounds += 1) {
    const { is, versionId } = await newestOf(store, at, options);
    if (is === 'nothing') return;
    if (rounds === LIMITS.deletes.unlistedVersionsMax || (versionId !== undefined && versionId === former)) {
      throw stillThere(versionId);
    }
    if (versionId === undefined) {
      const more = await deleteListed(store, at, options);
      listed += more;
      if (more === 0) throw listed === 0 ? notListed() : stillThere(versionId);
    } else {
      await requestDelete(store, { bucket: at.bucket, key: at.key, versionId }, options);
      former = versionId;
    }
  }
}

/**
 * Resolves with the number of versions. The newest version goes last, and only when all others have gone: should one of them be locked, the key looks from outside
 * as it did before, and no old version comes to light.
 */
async function deleteListed(store: ObjectStore, { bucket, key }: Task, options: DeleteOptions): Promise<number> {
  const versions = [];
  for await (const version of versionsOf(store, bucket, key, options)) versions.push(version);
  const [newest, ...others] = versions;
  if (newest === undefined) return 0;
  await deleteVersions(store, bucket, others.reverse(), options);
  await deleteVersions(store, bucket, [newest], options);
  if (versions.some(isNullMarker)) await checkNullMarker(store, { bucket, key }, options);
  return versions.length;
}

function isNullMarker({ versionId, isDeleteMarker }: ObjectVersion): boolean {
  return isDeleteMarker && versionId === 'null';
}

/** SeaweedFS says that it deletes the delete marker of a bucket whose versioning is suspended, and keeps it. */
async function checkNullMarker(store: ObjectStore, { bucket, key }: ObjectRef, options: CallOptions): Promise<void> {
  for await (const version of versionsOf(store, bucket, key, options)) {
    if (!isNullMarker(version)) continue;
    const text = 'The store took the deletion of delete marker null, but lists it again; other versions were deleted';
    throw new StoreError('NotImplemented', 501, text);
  }
}

/** A plain DeleteObject would leave what the store does not list, and the row would say that all is gone. */
function notListed(): StoreError {
  const text = 'The store lists no versions of the key, but has the object: leave AllVersions out to delete that';
  return new StoreError('NotImplemented', 501, text);
}

function stillThere(versionId: string | undefined): StoreError {
  const what = versionId === undefined ? 'something of the key' : `version ${versionId}`;
  const text = `The store lists no more versions of the key, but still has ${what}: its listing can't be trusted for this key`;
  return new StoreError('InvalidAnswer', 200, `${text}; other versions were deleted`);
}

function hasNoVersions(context: OperationContext): (task: Task, signal: AbortSignal) => Promise<boolean> {
  return async ({ bucket, key, versionId }, signal) => {
    // The row is refused, whatever there is.
    if (versionId !== undefined) return false;
    const store = context.storeFor(bucket, 'read');
    if ((await versionsOf(store, bucket, key, { signal }).next()).done !== true) return false;
    return (await newestOf(store, { bucket, key }, { signal })).is === 'nothing';
  };
}
