import { BACKOFF, exponentialMs } from '../../contracts/engine/backoff';
import { LIMITS } from '../../contracts/limits';
import { type AnswerHeaders, single } from './answer-headers';

export interface RetryLimits {
  readonly attemptsMax: number;
  readonly slowDownAttemptsMax: number;
  readonly backoffBaseMs: number;
  readonly backoffMaxMs: number;
  readonly retryAfterMaxMs: number;
}

export const RETRY_LIMITS: RetryLimits = {
  attemptsMax: LIMITS.request.attemptsMax,
  slowDownAttemptsMax: LIMITS.request.slowDownAttemptsMax,
  backoffBaseMs: LIMITS.request.backoffBaseMs,
  backoffMaxMs: LIMITS.request.backoffMaxMs,
  retryAfterMaxMs: LIMITS.request.retryAfterMaxMs,
};

/** Milliseconds until the next attempt of a request; not earlier than `Retry-After` asks (`askedMs`). */
export function backoffMs(attempt: number, askedMs: number, limits: RetryLimits, random: () => number): number {
  const curve = { ...BACKOFF.request, firstMs: limits.backoffBaseMs, maxMs: limits.backoffMaxMs };
  return Math.min(askedMs, limits.retryAfterMaxMs) + exponentialMs(attempt, curve, random);
}

/** `Retry-After` in milliseconds, from seconds or from an HTTP date (RFC 9110, 10.2.3); 0 when absent or unreadable. */
export function retryAfterMs(headers: AnswerHeaders, nowMs: number): number {
  const value = single(headers['retry-after'])?.trim();
  if (!value) return 0;
  if (/^\d+(?:\.\d+)?$/.test(value)) return Number(value) * 1_000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? 0 : Math.max(0, date - nowMs);
}
