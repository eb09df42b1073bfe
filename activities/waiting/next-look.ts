import type { ListedWait } from '../../contracts/engine/plan';

/** Each look that finds nothing makes the time to the next one longer by so much. */
const THINNING = 1.5;

/**
 * A job that has waited for long is looked at less often, also where something is found each time: by each find a history grows, and
 * nobody who has waited for two days minds half an hour.
 */
const LOOKS_PER_WAIT = 100;

/** From one look to the next, in milliseconds. */
export function nextLookMs(
  { intervalMs, intervalMaxMs }: ListedWait,
  { idleLooks, waitedMs }: { readonly idleLooks: number; readonly waitedMs: number },
): number {
  const thinned = Math.min(intervalMs * THINNING ** idleLooks, Math.max(intervalMs, intervalMaxMs));
  return Math.ceil(Math.max(thinned, waitedMs / LOOKS_PER_WAIT));
}
