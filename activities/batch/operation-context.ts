import type { BatchRestoreLimits, JobRef } from '../../contracts/engine/activities';
import type { OperationContext } from '../../operations/operation';
import type { ObjectStore, RoleStores } from '../../storage/object-store';
import { restorePace } from './restore-pace';
import { taskNotes } from './task-notes';
import { type BatchUploads, uploadNotes } from './upload-notes';

/** What an operation may use when it runs for one batch of a job. `createdAt` is the job's, ISO 8601. */
export function operationContext(
  job: JobRef,
  createdAt: string,
  batch: number,
  role: RoleStores,
  workspace: ObjectStore,
  takenUpAgain = false,
  restores?: BatchRestoreLimits,
): OperationContext & { readonly uploads: BatchUploads } {
  return {
    jobId: job.jobId,
    createdAt: new Date(createdAt),
    storeFor: (bucket, access) => role.storeFor(bucket, access),
    functions: role.functions,
    webhooks: role.webhooks,
    vaults: role.vaults,
    transfer: role.transfer,
    uploads: uploadNotes(workspace, job, batch),
    notes: taskNotes(workspace, job, batch),
    takenUpAgain,
    ...(restores && { restores: restorePace(restores) }),
  };
}
