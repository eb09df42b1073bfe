import { ApplicationFailure, Context } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import { DroverError, type FailureCode, withoutStack } from '../contracts/failures';
import { StoreError } from '../storage/store-error';

/** A defect may be a passing one (memory, a race); after this many attempts it is taken for lasting. */
const UNKNOWN_ERROR_ATTEMPTS_MAX = 5;

/**
 * The failure of an activity, as Temporal gets it. Temporal retries a retryable failure for ever, so only those that can pass by
 * themselves are retryable.
 */
export function toFailure(error: unknown): Error {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof DroverError) return failure(error.code, error.message, !error.retryable);
  if (error instanceof StoreError) return ofStore(error);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return failure('InternalError', message, Context.current().info.attempt >= UNKNOWN_ERROR_ATTEMPTS_MAX);
}

function ofStore(error: StoreError): ApplicationFailure {
  const passing = error.storeDown || error.httpStatus >= 500 || error.httpStatus === 429;
  return passing
    ? failure('StoreUnreachable', error.message, false)
    : failure('InternalError', `${error.code}: ${error.message}`, true);
}

function failure(code: FailureCode, message: string, nonRetryable: boolean): ApplicationFailure {
  return withoutStack(ApplicationFailure.create({ type: code, message, nonRetryable }));
}

/** The same anatomy for every activity: what it throws is translated in one place. */
export function reportingFailures<I, O>(activity: (input: I) => Promise<O>): (input: I) => Promise<O> {
  return async (input) => {
    try {
      return await activity(input);
    } catch (error) {
      throw toFailure(error);
    }
  };
}
