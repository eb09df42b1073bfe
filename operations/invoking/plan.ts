import type { OperationPlan } from '../../contracts/engine/plan';
import { LIMITS } from '../../contracts/limits';
import { defaultPlan } from '../common/plan';
import { REDRIVES_MAX } from './redrive';

/** Few requests a batch, as one lasts as long as the code it runs: pause and shutdown wait for those that have been made. */
const BATCH_REQUESTS = 200;
/**
 * A function of 100 ms is called 320 times a second by each batch. With 8 batch slots a worker makes 256 calls at once: a
 * quarter of an account's 1,000 concurrent executions on AWS.
 */
const REQUESTS_IN_FLIGHT = 32;
/** While there are too many calls, one is sent again this long at most. */
const THROTTLED_MAX_MS =
  LIMITS.request.slowDownAttemptsMax * (LIMITS.request.retryAfterMaxMs + LIMITS.request.backoffMaxMs);

/** `timeoutMs` is that of one request. */
export function invocationPlan(name: string, tasksPerInvocation: number, timeoutMs: number): OperationPlan {
  const requests = Math.min(BATCH_REQUESTS, Math.floor(LIMITS.batch.rows / tasksPerInvocation));
  // Every request at its longest, redriven each time.
  const longestMs = Math.ceil(requests / REQUESTS_IN_FLIGHT) * (1 + REDRIVES_MAX) * (timeoutMs + THROTTLED_MAX_MS);
  return defaultPlan(name, {
    // No request of a batch is only half full.
    batchRows: requests * tasksPerInvocation,
    requestsInFlight: REQUESTS_IN_FLIGHT,
    batchTimeoutMs: Math.max(longestMs, LIMITS.batch.timeoutMs),
  });
}
