import { DroverError, type FailureCode } from '../../contracts/engine/failures';
import type { FailedOutcome } from '../../contracts/engine/waiting';
import { StoreError } from '../../storage/store-error';
import type { PerformTask } from '../operation';

/** What the configuration says of a row's bucket (a manifest may name any) or of the function or webhook, in the words of S3 and Lambda. */
const REFUSALS: Partial<Record<FailureCode, { readonly httpStatus: number; readonly errorCode: string }>> = {
  BucketNotAllowed: { httpStatus: 403, errorCode: 'AccessDenied' },
  StoreNotConfigured: { httpStatus: 404, errorCode: 'NoSuchBucket' },
  FunctionNotAllowed: { httpStatus: 403, errorCode: 'AccessDeniedException' },
  VaultNotAllowed: { httpStatus: 403, errorCode: 'AccessDeniedException' },
  UrlNotAllowed: { httpStatus: 403, errorCode: 'AccessDenied' },
};

/**
 * The row of a task whose request was refused, by the store in its own words or by the configuration. Throws `error` again
 * when it is not about the object: the reason of an abort, a store out of reach, a defect.
 */
export function failedBy(error: unknown): FailedOutcome {
  if (error instanceof StoreError && !error.storeDown) {
    const message = error.isUnclear ? `${error.message} (the request may have taken effect)` : error.message;
    return { status: 'failed', httpStatus: error.httpStatus, errorCode: error.code, message };
  }
  const refusal = error instanceof DroverError ? REFUSALS[error.code] : undefined;
  if (refusal) return { status: 'failed', ...refusal, message: (error as DroverError).message };
  throw error;
}

/** The same, which rejects for nothing that `failedBy` makes a row of. */
export function withFailedRows(perform: PerformTask): PerformTask {
  return async (task, signal) => {
    signal.throwIfAborted();
    try {
      return await perform(task, signal);
    } catch (error) {
      return failedBy(error);
    }
  };
}
