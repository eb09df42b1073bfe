import { ApplicationFailure, Context } from '@temporalio/activity';
import type { Activities } from '../contracts/engine/activities';
import { BACKOFF, exponentialMs } from '../contracts/engine/backoff';
import { withoutStack } from '../contracts/engine/failures';
import { LIMITS } from '../contracts/limits';
import { DeliveryError } from '../notifications';
import type { ActivityDependencies } from './dependencies';

/** One attempt. The time until the next is the workflow's back-off, or longer when the target asks for it. */
export function deliverEventActivity({
  notifications,
}: Pick<ActivityDependencies, 'notifications'>): Activities['deliverEvent'] {
  return async (input) => {
    const { info, cancellationSignal } = Context.current();
    try {
      return await notifications.deliver(input, cancellationSignal);
    } catch (error) {
      // A worker that stops: the request may have arrived, and another attempt is made elsewhere.
      const stopped = cancellationSignal.aborted && !(error instanceof DeliveryError);
      const reported = stopped ? new DeliveryError('NotificationFailed', 'the worker was stopped meanwhile') : error;
      throw reported instanceof DeliveryError ? failureOf(reported, info.attempt) : reported;
    }
  };
}

function failureOf(error: DeliveryError, attempt: number): ApplicationFailure {
  const asked = Math.min(error.retryAfterMs ?? 0, LIMITS.notification.retryAfterMaxMs);
  return withoutStack(
    ApplicationFailure.create({
      type: error.code,
      message: error.message,
      nonRetryable: !error.retryable,
      ...(asked > exponentialMs(attempt, BACKOFF.delivery) ? { nextRetryDelay: asked } : {}),
    }),
  );
}
