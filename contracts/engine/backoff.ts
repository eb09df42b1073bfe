import { LIMITS } from '../limits';

/** How the pause grows from one failure to the next. */
export interface BackoffCurve {
  /** After the first failure; it doubles with each. */
  readonly firstMs: number;
  readonly maxMs: number;
  /** The share of the pause that is left to chance, 0 to 1: what failed together does not come back together. */
  readonly jitter: number;
}

export const BACKOFF = {
  /** Requests to a store. */
  request: { firstMs: LIMITS.request.backoffBaseMs, maxMs: LIMITS.request.backoffMaxMs, jitter: 1 },
  /** Tasks that a function or a webhook wants to have again. */
  redrive: { firstMs: 1_000, maxMs: LIMITS.request.backoffMaxMs, jitter: 0.5 },
  /** Deliveries of events: Temporal's retry policy, which has no jitter. */
  delivery: { firstMs: 1_000, maxMs: LIMITS.notification.retryIntervalMaxMs, jitter: 0 },
} as const satisfies Readonly<Record<string, BackoffCurve>>;

/** Milliseconds to wait after the so many-th failure in a row, from 1. `random` gives numbers from 0 to 1. */
export function exponentialMs(
  failures: number,
  { firstMs, maxMs, jitter }: BackoffCurve,
  random = Math.random,
): number {
  const fullMs = Math.min(maxMs, firstMs * 2 ** (failures - 1));
  return fullMs * (1 - jitter) + random() * fullMs * jitter;
}
