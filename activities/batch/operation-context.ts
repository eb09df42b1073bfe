import type { JobRef } from '../../contracts/engine/activities';
import type { OperationContext } from '../../operations/operation';
import type { ObjectStore, RoleStores } from '../../storage/object-store';
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
  };
}
