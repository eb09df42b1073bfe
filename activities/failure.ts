import { ApplicationFailure, Context } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import { DroverError, type FailureCode, withoutStack } from '../contracts/engine/failures';
import { NotYet } from '../operations/operation';
import { generalRefusal } from '../storage/refusals';
import { StoreError } from '../storage/store-error';

/** A defect may be a passing one (memory, a race); after this many attempts it is taken for lasting. */
const UNKNOWN_ERROR_ATTEMPTS_MAX = 5;

/**
 * The failure of an activity, as Temporal gets it. Temporal retries a retryable failure for ever, so only those that can pass by
 * themselves are retryable.
 */
function toFailure(error: unknown): Error {
  if (error instanceof TemporalFailure) return error;
  if (error instanceof NotYet) return wait(error);
  const known = error instanceof StoreError ? ofStore(error) : error;
  if (known instanceof DroverError) return failure(known.code, known.message, !known.retryable);
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return failure('InternalError', message, Context.current().info.attempt >= UNKNOWN_ERROR_ATTEMPTS_MAX);
}

/** A pause of the server's: an activity in back-off holds no worker, and its attempts add nothing to the history. */
function wait({ message, lookAgainInMs: nextRetryDelay }: NotYet): ApplicationFailure {
  return withoutStack(ApplicationFailure.create({ type: 'NotYet', message, nextRetryDelay, category: 'BENIGN' }));
}

/** What the activity itself has no word for. */
function ofStore(error: StoreError): DroverError {
  return generalRefusal(error, 'bucket') ?? new DroverError('StoreRefused', error.told);
}

function failure(code: FailureCode, message: string, nonRetryable: boolean): ApplicationFailure {
  return withoutStack(ApplicationFailure.create({ type: code, message, nonRetryable }));
}

/** The same anatomy for every activity: what it throws is translated in one place. */
export function reportingFailures<I extends readonly unknown[], O>(
  activity: (...input: I) => Promise<O>,
): (...input: I) => Promise<O> {
  return async (...input) => {
    try {
      return await activity(...input);
    } catch (error) {
      throw toFailure(error);
    }
  };
}
