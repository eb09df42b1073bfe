import { BACKOFF, exponentialMs } from '../../contracts/backoff';
import { LIMITS } from '../../contracts/limits';
import { single, type AnswerHeaders } from './answer-headers';

export interface RetryLimits {
  readonly attemptsMax: number;
  readonly slowDownAttemptsMax: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly retryAfterMaxMs: number;
}

export const RETRY_LIMITS: RetryLimits = {
  attemptsMax: LIMITS.requestAttemptsMax,
  slowDownAttemptsMax: LIMITS.requestSlowDownAttemptsMax,
  backoffBaseMs: LIMITS.requestBackoffBaseMs,
  backoffMaxMs: LIMITS.requestBackoffMaxMs,
  retryAfterMaxMs: LIMITS.requestRetryAfterMaxMs,
};

/** `slowDown`: the store is asked too much. `transient`: it may go well the next time. `final`: it won't. */
export type FaultKind = 'slowDown' | 'transient' | 'final';

/** Codes that mean "slow down" whatever their HTTP status, from S3 and from stores that speak its language. */
const SLOW_DOWN_CODES = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequests',
  'TooManyRequestsException',
  'RequestLimitExceeded',
  'BandwidthLimitExceeded',
]);

/** What a method or protocol the store does not know answers: the same the next time. */
const NOT_IMPLEMENTED = new Set([501, 505]);

export function classify(httpStatus: number, code: string): FaultKind {
  if (httpStatus === 429 || httpStatus === 503 || code.startsWith('SlowDown') || SLOW_DOWN_CODES.has(code))
    return 'slowDown';
  if (NOT_IMPLEMENTED.has(httpStatus) || code === 'NotImplemented') return 'final';
  // RequestTimeout is S3's 400 for a body that did not arrive in time.
  if (httpStatus >= 500 || httpStatus === 408 || code === 'RequestTimeout') return 'transient';
  return 'final';
}

/** Milliseconds until the next attempt of a request; not earlier than `Retry-After` asks. */
export function backoffMs(attempt: number, retryAfterMs: number, limits: RetryLimits, random: () => number): number {
  const curve = { ...BACKOFF.request, firstMs: limits.backoffBaseMs, maxMs: limits.backoffMaxMs };
  return Math.min(retryAfterMs, limits.retryAfterMaxMs) + exponentialMs(attempt, curve, random);
}

/** `Retry-After` in milliseconds, from seconds or from an HTTP date (RFC 9110, 10.2.3); 0 when absent or unreadable. */
export function retryAfterMs(headers: AnswerHeaders, nowMs: number): number {
  const value = single(headers['retry-after'])?.trim();
  if (!value) return 0;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
