import { DroverError } from '../../contracts/engine/failures';
import { StoreError } from '../../storage/store-error';
import type { OperationContext } from '../operation';

/** What a store answers that has never heard of the call; anything else it says is about the bucket or the credentials. */
const UNKNOWN_CALL: readonly number[] = [400, 405, 501];

/**
 * Object Lock of the bucket is looked at before the first object, as AWS does ("Using S3 Object Lock legal hold with S3
 * Batch Operations"). A store that does not know Object Lock could take the request itself for a PutObject.
 * Rejects with `DroverError('ObjectLockNotEnabled')`, or with what else the store says.
 */
export async function requireObjectLock(bucket: string, context: Pick<OperationContext, 'storeFor'>): Promise<void> {
  const store = context.storeFor(bucket, 'write');
  let enabled: boolean;
  try {
    enabled = await store.hasObjectLock(bucket);
  } catch (error) {
    if (!(error instanceof StoreError) || !UNKNOWN_CALL.includes(error.httpStatus)) throw error;
    const answer = `${error.code}: ${error.message}`;
    const message = `${store.describe()} does not tell whether the bucket ${bucket} has Object Lock: ${answer}`;
    throw new DroverError('ObjectLockNotEnabled', message, { cause: error });
  }
  if (!enabled) throw new DroverError('ObjectLockNotEnabled', `The bucket ${bucket} has no Object Lock`);
}

/**
 * The same for every bucket that rows name, each asked once in a batch. Rejects with `StoreError` for the row: S3's own
 * words where the bucket has no Object Lock.
 */
export function bindObjectLockCheck(context: Pick<OperationContext, 'storeFor'>): (bucket: string) => Promise<void> {
  const known = new Map<string, Promise<boolean>>();
  return async (bucket) => {
    let asked = known.get(bucket);
    if (asked === undefined) {
      asked = context.storeFor(bucket, 'write').hasObjectLock(bucket);
      known.set(bucket, asked);
      // What the store could not say now it may say the next time.
      asked.catch(() => known.delete(bucket));
    }
    if (!(await asked)) throw new StoreError('InvalidRequest', 400, 'Bucket is missing Object Lock Configuration');
  };
}
