/** How a store orders the keys of a listing. */
export type KeyOrder = 'bytes' | 'segments';

/** Below zero: `a` comes before `b`. */
export type CompareKeys = (a: string, b: string) => number;

const SLASH = 0x2f;
const SURROGATES = 0xd800;
const AFTER_SURROGATES = 0xe000;
/** Brings surrogates behind all other units, where UTF-8 has what they stand for. */
const BEHIND = 0x10000;

/** The order of UTF-8 bytes, which is that of S3. JavaScript's own has U+1F404 before U+FF5E. */
export function compareBytes(a: string, b: string): number {
  const shorter = a.length < b.length ? a.length : b.length;
  for (let at = 0; at < shorter; at++) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA !== unitB) return rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

/** The order of stores that keep keys as paths: `a/b` comes before `a b`, for the folder `a` comes before what is beside it. */
function compareSegments(a: string, b: string): number {
  const shorter = a.length < b.length ? a.length : b.length;
  for (let at = 0; at < shorter; at++) {
    const unitA = a.charCodeAt(at);
    const unitB = b.charCodeAt(at);
    if (unitA === unitB) continue;
    if (unitA === SLASH) return -1;
    return unitB === SLASH ? 1 : rank(unitA) - rank(unitB);
  }
  return a.length - b.length;
}

export const KEY_ORDERS: Readonly<Record<KeyOrder, CompareKeys>> = { bytes: compareBytes, segments: compareSegments };

/** The first order that the keys stand in, equal neighbours allowed; undefined: in none that is known. */
export function orderOf(keys: readonly string[]): KeyOrder | undefined {
  return (['bytes', 'segments'] as const).find((order) => areInOrder(keys, KEY_ORDERS[order]));
}

function areInOrder(keys: readonly string[], compare: CompareKeys): boolean {
  return keys.every((key, index) => index === 0 || compare(keys[index - 1] ?? '', key) <= 0);
}

function rank(unit: number): number {
  return unit >= SURROGATES && unit < AFTER_SURROGATES ? unit + BEHIND : unit;
}
