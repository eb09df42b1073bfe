import { SUCCESSFUL, type TaskOutcome } from '../../contracts/engine/outcome';
import type { CallOptions, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { failedBy } from './failed-by';

/**
 * Sends the request of an idempotent operation and makes an outcome of what comes of it.
 *
 * A lost answer is neither success nor failure: the request may have taken effect. The object is read to tell a store that
 * is out of reach (the error is thrown: the task is taken up again later) from one that serves, just not this answer. Then
 * the request is repeated once, which is safe, and a second loss becomes a failed row, so that one object whose request
 * always outlasts the time-out can't hold up its job for ever.
 */
export async function send(
  request: () => Promise<unknown>,
  lookAt: { readonly store: () => ObjectStore; readonly ref: ObjectRef },
  signal: AbortSignal,
): Promise<TaskOutcome> {
  signal.throwIfAborted();
  try {
    await request();
    return SUCCESSFUL;
  } catch (error) {
    if (!isAnswerLost(error)) return failedBy(error);
    await throwIfDown(error, lookAt.store(), lookAt.ref, { signal });
  }
  try {
    await request();
    return SUCCESSFUL;
  } catch (error) {
    return isAnswerLost(error) ? unknownOutcome(error) : failedBy(error);
  }
}

export function isAnswerLost(error: unknown): error is StoreError {
  return error instanceof StoreError && error.storeDown && error.answerLost;
}

/** Throws `lost` when the store gives no answer to a HEAD either; any answer will do, also "not found". */
export async function throwIfDown(
  lost: StoreError,
  store: ObjectStore,
  ref: ObjectRef,
  options: CallOptions,
): Promise<void> {
  try {
    await store.headObject(ref, { ...options, plainNotFound: true });
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    if (error.storeDown) throw lost;
  }
}

export function unknownOutcome(error: StoreError): TaskOutcome {
  return {
    status: 'failed',
    httpStatus: error.httpStatus,
    errorCode: error.code,
    message: `No answer was received, the request may have taken effect: ${error.message}`,
  };
}
