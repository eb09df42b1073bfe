import type { Lease } from './lease';

const TICK_MS = 1_000;

/**
 * Beats every second while `work` runs: the worker thins the beats out before they reach the server. `details` is asked
 * at each beat.
 */
export async function heartbeating<T>(
  lease: Lease,
  work: () => Promise<T>,
  details: () => unknown = () => undefined,
): Promise<T> {
  const timer = setInterval(() => {
    lease.beat(details());
  }, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
