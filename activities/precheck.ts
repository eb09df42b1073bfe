import type { JobRef } from '../contracts/engine/activities';
import { DroverError } from '../contracts/engine/failures';
import type { OperationContext } from '../operations/operation';
import type { Access, ObjectStore, RoleStores, Stores } from '../storage/object-store';
import { generalRefusal } from '../storage/refusals';
import { StoreError } from '../storage/store-error';
import { readBatchRows } from './batch/batch-rows';
import { operationContext } from './batch/operation-context';
import type { JobSpec } from './job-spec';
import { sourceContext } from './preparing/source-context';

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
  const source = sourceContext(stores, spec, job, signal);
  const rows = await readBatchRows({ workspace: job.workspace, batch: 0 }, spec, source);
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

/**
 * Whether the buckets that the operation's parameters name are there: else every task would fail, on some stores with words that
 * name no bucket. A bucket that the role may use but not look at counts as there. Throws `DroverError`.
 */
export async function checkNamedBuckets(role: RoleStores, spec: JobSpec, signal: AbortSignal): Promise<void> {
  const { buckets: { read = [], write = [] } = {}, plan } = spec.operation();
  const check = (bucket: string, access: Access): Promise<void> =>
    checkIsThere(role.storeFor(bucket, access), bucket, plan.operation, signal);
  for (const bucket of new Set(read)) await check(bucket, 'read');
  for (const bucket of new Set(write)) await check(bucket, 'write');
}

async function checkIsThere(store: ObjectStore, bucket: string, operation: string, signal: AbortSignal): Promise<void> {
  try {
    if (await store.bucketExists(bucket, { signal })) return;
    // An answer to HEAD does not tell a bucket that is missing from one that the role may not see.
    await store.listObjects({ Bucket: bucket, MaxKeys: 1 }, { signal });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const general = generalRefusal(error, 'target bucket');
    if (general !== undefined) throw general;
    if (error.code !== 'NoSuchBucket') return;
    const text = `There is no bucket ${bucket}, which ${operation} names: ${error.told}`;
    throw new DroverError('TargetBucketNotFound', text, { cause: error });
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
  const general = generalRefusal(error, 'bucket');
  if (general !== undefined) return general;
  const said = error.told;
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
