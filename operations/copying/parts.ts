import { LIMITS } from '../../contracts/limits';
import { unwatchAbort, watchAbort } from '../../storage/abort';
import type { ReadRange } from '../../storage/object-store';

const MIB = 1024 * 1024;

/** Whole MiB, no smaller than S3 takes, and so large that no more parts are needed than it takes. */
export function partBytesFor(size: number, wanted: number): number {
  const needed = Math.ceil(size / LIMITS.multipartPartsMax / MIB) * MIB;
  return Math.max(wanted, needed, LIMITS.multipartPartBytesMin);
}

export function cutParts(size: number, partBytes: number): ReadRange[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { start, end: Math.min(start + partBytes, size) };
  });
}

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
