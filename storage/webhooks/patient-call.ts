import { sleep } from '../http/abort';
import type { AdaptiveLimit, LimitSignal } from '../http/adaptive-limit';
import type { HttpAnswer } from '../http/exchange';
import { NetworkFault } from '../http/network-fault';
import { backoffMs, retryAfterMs, type RetryLimits } from '../http/retry-policy';
import type { RequestOwner } from '../request-owner';

/** A call of code that is not ours: repeated only when it certainly did not run. */
export interface PatientCall {
  /** Shared by all calls of the same code. */
  readonly limit: AdaptiveLimit;
  readonly retry: RetryLimits;
  /** 0..1, for the jitter. */
  readonly random: () => number;
  readonly signal: AbortSignal | undefined;
  readonly owner: RequestOwner | undefined;
  /** One attempt. Rejects with NetworkFault when no answer came. */
  send(): Promise<HttpAnswer>;
  /** Whether the answer says that there are too many calls at present, and this one was not begun. */
  isThrottle(answer: HttpAnswer): boolean;
}

/**
 * Sends until there is an answer other than "too many calls", or for as many attempts as the limits allow; then gives the last
 * answer or fault. Rejects with the signal's reason.
 */
export async function callPatiently(call: PatientCall): Promise<HttpAnswer | NetworkFault> {
  const { limit, retry, random, signal, owner } = call;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    if (!limit.tryAcquire()) await limit.acquire(signal, owner?.id);
    const startedAt = limit.now();
    let verdict: LimitSignal = 'neutral';
    let attemptsMax = 1;
    let waitMs = 0;
    let last: HttpAnswer | NetworkFault;
    try {
      owner?.check();
      last = await call.send();
      const throttled = call.isThrottle(last);
      verdict = throttled ? 'slowDown' : 'success';
      if (throttled) {
        attemptsMax = retry.slowDownAttemptsMax;
        waitMs = retryAfterMs(last.headers, Date.now());
      }
    } catch (error) {
      if (signal?.aborted || !(error instanceof NetworkFault)) throw error;
      last = error;
      if (error.code === 'ConnectionRefused') attemptsMax = retry.attemptsMax;
    } finally {
      limit.release(verdict, startedAt);
    }
    if (attempt >= attemptsMax) return last;
    await sleep(backoffMs(attempt, waitMs, retry, random), signal);
  }
}
