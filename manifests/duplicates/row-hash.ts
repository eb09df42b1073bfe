/** Puts the 64 bits of a row's hash into `into`, high half first. */
export type RowHash = (bytes: Uint8Array, start: number, end: number, into: Uint32Array) => void;

const FIRST = 0xcc9e2d51;
const SECOND = 0x1b873593;
const THIRD = 0x85ebca6b;
const FOURTH = 0xc2b2ae35;

/**
 * Two chains of multiplications (the constants are those of MurmurHash3), made one at the end. `seed` has 64 bits: nobody can
 * name objects whose hashes are the same. Rows whose hashes are the same are compared, so a weakness costs time and no object.
 */
export function seededHash([seedHigh, seedLow]: readonly [number, number]): RowHash {
  return (bytes, start, end, into) => {
    let high = seedHigh ^ (end - start);
    let low = seedLow;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      high = Math.imul(high ^ word, FIRST);
      high ^= high >>> 15;
      low = Math.imul(low + word, SECOND) ^ (low >>> 13);
    }
    for (; at < end; at++) {
      high = Math.imul(high ^ bytes[at]!, FIRST);
      high ^= high >>> 15;
      low = Math.imul(low + bytes[at]!, SECOND) ^ (low >>> 13);
    }
    into[0] = mixed(high ^ Math.imul(low, THIRD));
    into[1] = mixed(low ^ Math.imul(high, FOURTH));
  };
}

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 16), THIRD);
  bits = Math.imul(bits ^ (bits >>> 13), FOURTH);
  return bits ^ (bits >>> 16);
}
