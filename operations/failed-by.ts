import { DroverError } from '../contracts/failures';
import type { TaskOutcome } from '../contracts/outcome';
import { StoreError } from '../storage/store-error';

/** What `storeFor` and the configuration say of a bucket that the role may not use. */
const NOT_ALLOWED: readonly string[] = ['AccessDenied', 'RoleNotConfigured'];

/**
 * The row of a task whose request was refused, in the store's own words. Throws `error` again when it is not about the
 * object: the reason of an abort, a store out of reach, a defect.
 */
export function failedBy(error: unknown): TaskOutcome {
  if (error instanceof StoreError && !error.storeDown) {
    return { status: 'failed', httpStatus: error.httpStatus, errorCode: error.code, message: error.message };
  }
  if (error instanceof DroverError && NOT_ALLOWED.includes(error.code)) {
    return { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied', message: error.message };
  }
  throw error;
}
