import { Context } from '@temporalio/activity';

const TICK_MS = 1_000;

/**
 * Beats every second while `work` runs: the worker thins the beats out before they reach the server. `details` is asked
 * at each beat.
 */
export async function heartbeating<T>(work: () => Promise<T>, details: () => unknown = () => undefined): Promise<T> {
  const context = Context.current();
  const timer = setInterval(() => {
    context.heartbeat(details());
  }, TICK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}
