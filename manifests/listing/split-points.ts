import type { CompareKeys } from '../../storage/key-order';
import { sharedLength } from './key-model';

const SLASH = '/';
/** Comes behind all that continues with a slash, in the order of bytes and in that of segments. */
const AFTER_SLASH: Readonly<Record<string, string>> = { '-1': ' ', '1': '0' };
const FIT_MIN = 0x20;
const CODE_POINT_MAX = 0xd7ff;

/**
 * Points behind all keys that share a beginning with `key`: each beginning that the last page had in common, and its folders. Those behind
 * more keys come first; only those between `key` and `end`. Where the model errs, they close in on where the keys really are.
 */
export function structuralPoints(
  key: string,
  end: string | undefined,
  shared: string,
  compare: CompareKeys,
): readonly string[] {
  const from = end === undefined ? 0 : sharedLength(key, end);
  const points: string[] = [];
  for (let at = from; at < key.length; at++) {
    const point = at < shared.length || key[at] === SLASH ? behindAll(key.slice(0, at + 1), compare) : undefined;
    if (point === undefined || compare(key, point) >= 0 || (end !== undefined && compare(point, end) >= 0)) continue;
    points.push(point);
  }
  return points;
}

function afterSlash(compare: CompareKeys): string {
  return AFTER_SLASH[String(Math.sign(compare(SLASH, ' ')))] ?? '0';
}

/** Behind every key that begins so; undefined for what ends with a control character, or where surrogates begin. */
function behindAll(beginning: string, compare: CompareKeys): string | undefined {
  if (beginning.endsWith(SLASH)) return beginning.slice(0, -1) + afterSlash(compare);
  const last = beginning.charCodeAt(beginning.length - 1);
  if (last < FIT_MIN || last >= CODE_POINT_MAX) return undefined;
  return beginning.slice(0, -1) + String.fromCharCode(last + 1);
}

/**
 * A point by the numbers of characters, for alphabets of which only a part has been seen: halfway to the one that `end` has in this place,
 * or at twice the number.
 */
export function numericPoint(key: string, end: string | undefined, compare: CompareKeys): string | undefined {
  const from = end === undefined ? 0 : sharedLength(key, end);
  for (const at of [from, from + 1]) {
    const low = key.charCodeAt(at);
    const high = end !== undefined && at === from ? end.charCodeAt(at) : CODE_POINT_MAX;
    if (Number.isNaN(low) || Number.isNaN(high) || low < FIT_MIN || high > CODE_POINT_MAX) return undefined;
    const middle = behindSlash(Math.min(2 * low, (low + high) >> 1));
    const point = key.slice(0, at) + String.fromCharCode(middle);
    const isBetween = compare(key, point) < 0 && (end === undefined || compare(point, end) < 0);
    if (middle > low && !isControl(middle) && isBetween) return point;
  }
  return undefined;
}

/** SeaweedFS answers what begins behind `a//` with the keys of the folder `a`, spelled with two slashes: names that no object has. */
function behindSlash(unit: number): number {
  return String.fromCharCode(unit) === SLASH ? unit + 1 : unit;
}

function isControl(unit: number): boolean {
  return unit < FIT_MIN || (unit >= 0x7f && unit < 0xa0);
}
