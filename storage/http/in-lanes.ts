import { unwatchAbort, watchAbort } from './abort';

/**
 * Does `each` for every item, in order of their begin, a number of them at a time. The first failure, or the signal, stops
 * the others; settles when all have ended.
 */
export async function inLanes<Item>(
  items: readonly Item[],
  lanesMax: number,
  signal: AbortSignal,
  each: (item: Item, index: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const onAbort = (reason: unknown): void => {
    stop.abort(reason);
  };
  const watcher = { onAbort };
  if (signal.aborted) onAbort(signal.reason);
  else watchAbort(signal, watcher);
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) {
      stop.signal.throwIfAborted();
      const index = next++;
      try {
        await each(items[index] as Item, index, stop.signal);
      } catch (error) {
        onAbort(error);
        throw error;
      }
    }
  };
  const lanes = Array.from({ length: Math.min(lanesMax, items.length) }, lane);
  // All have ended before the failure is told: what arrives later would stay.
  await Promise.allSettled(lanes);
  unwatchAbort(signal, watcher);
  await Promise.all(lanes);
  signal.throwIfAborted();
}
