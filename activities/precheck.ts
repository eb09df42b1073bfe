import type { JobRef } from '../contracts/activities';
import { DroverError } from '../contracts/failures';
import type { OperationContext } from '../operations/operation';
import type { RoleStores, Stores } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { readBatchRows } from './batch/batch-rows';
import type { JobSpec } from './job-spec';
import { operationContext } from './batch/operation-context';

/**
 * Lets the operation look whether it can be carried out at all in the bucket of the manifest's first row, so that a job that
 * can't go well fails before it fails a million times. For a manifest that has been scanned; most operations have nothing to look at.
 * Throws `DroverError`, or `StoreError` while the store is out of reach.
 */
export async function precheckOperation(
  stores: Stores,
  role: RoleStores,
  job: JobRef,
  spec: JobSpec,
  signal: AbortSignal,
): Promise<void> {
  const { precheck, plan } = spec.operation();
  if (precheck === undefined) return;
  const rows = await readBatchRows(stores, role, { workspace: job.workspace, batch: 0 }, spec, signal);
  const context = operationContext(job, spec.createdAt, 0, role, stores.workspace());
  for (const bucket of new Set(rows.map(({ task }) => task.bucket).filter(Boolean))) {
    const { storeFor, refusal } = noticing(role);
    try {
      await precheck(bucket, { ...context, storeFor });
      return;
    } catch (error) {
      // Rows of a bucket that the role may not use fail by themselves, and tell nothing of the others.
      if (error !== refusal()) throw bucketError(error, plan.operation, bucket);
    }
  }
}

/** What `storeFor` throws is told by `refusal`. */
function noticing(role: RoleStores): {
  readonly storeFor: OperationContext['storeFor'];
  readonly refusal: () => unknown;
} {
  let refusal: unknown;
  return {
    storeFor: (bucket, access) => {
      try {
        return role.storeFor(bucket, access);
      } catch (error) {
        refusal = error;
        throw error;
      }
    },
    refusal: () => refusal,
  };
}

/** A refusal of the store in the words of the job's failure reasons; anything else is as it was. */
function bucketError(error: unknown, operation: string, bucket: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const said = `${error.code}: ${error.message}`;
  switch (error.httpStatus) {
    case 401:
    case 403:
      return new DroverError(
        'BucketNotAllowed',
        `The store does not let the role see the settings of the bucket ${bucket} that ${operation} depends on: ${said}`,
        { cause: error },
      );
    case 404:
      return new DroverError('StoreNotConfigured', `The store does not have the bucket ${bucket}: ${said}`, {
        cause: error,
      });
    default:
      return error;
  }
}
