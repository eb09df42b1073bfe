import type { CompareKeys } from '../../storage/key-order';
import type { LiveRange } from './live-range';

/** What becomes of ranges when a point in them has been asked for. */

/** The range in which a point lies that nothing has been listed beyond. */
export function rangeAround(ranges: Iterable<LiveRange>, point: string, compare: CompareKeys): LiveRange | undefined {
  for (const range of ranges) {
    if (range.isEnding || compare(range.position, point) >= 0) continue;
    if (isWithin(range, point, compare)) return range;
  }
  return undefined;
}

/** Whether a key comes before the end of a range. */
export function isWithin({ before }: LiveRange, key: string, compare: CompareKeys): boolean {
  return before === undefined || compare(key, before) < 0;
}

/** No key of the range lies behind the point. */
export function nothingBehind(range: LiveRange, point: string, compare: CompareKeys): void {
  range.misses++;
  if (range.high === undefined || compare(point, range.high) < 0) range.top = point;
}

/** `behind` is the rest of `range` from `first` on, and takes its place behind it in `ranges`. */
export function cutOff(
  ranges: LiveRange[],
  range: LiveRange,
  behind: LiveRange,
  first: string,
  compare: CompareKeys,
): void {
  behind.top = range.top !== undefined && compare(first, range.top) < 0 ? range.top : undefined;
  behind.seenBefore = range.seenBefore + range.seen;
  behind.tries = range.tries;
  range.before = first;
  range.top = undefined;
  range.misses = 0;
  ranges.splice(ranges.indexOf(range) + 1, 0, behind);
}
