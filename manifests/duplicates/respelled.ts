import type { RowBlock } from './row-blocks';

const LINE_FEED = 0x0a;
const SPACE = 0x20;
const QUOTE = 0x22;
const PERCENT = 0x25;
const PLUS = 0x2b;
const COMMA = 0x2c;
const RETURN = 0x0d;
const KEY_COLUMN = 1;
const HEX = Buffer.from('0123456789ABCDEF');

/** Characters that a field has only as escapes. */
const IS_ESCAPED = table([PERCENT, PLUS, QUOTE, COMMA, RETURN, LINE_FEED], 1);
const HEX_VALUES = hexValues();

/**
 * Rows of `Bucket,Key` or `Bucket,Key,VersionId` without quotation marks, spelled one way, byte by byte: several times faster than
 * texts would be. Keys are decoded where they are encoded; what a field can't have as it is becomes an escape.
 */
export function respelled({ bytes, count }: RowBlock, isEncoded: boolean): Pick<RowBlock, 'bytes' | 'ends' | 'count'> {
  // Each byte becomes three at most.
  const text = Buffer.allocUnsafe(bytes.length * 3 + 1);
  const ends = new Uint32Array(count);
  let used = 0;
  let row = 0;
  let column = 0;
  for (let at = 0; at < bytes.length; at++) {
    let byte = bytes[at]!;
    if (byte === LINE_FEED) {
      text[used++] = byte;
      ends[row++] = used;
      column = 0;
      continue;
    }
    if (byte === COMMA) {
      text[used++] = byte;
      column++;
      continue;
    }
    if (isEncoded && column === KEY_COLUMN) {
      if (byte === PLUS) byte = SPACE;
      else if (byte === PERCENT) {
        const decoded = (HEX_VALUES[bytes[at + 1] ?? 0]! << 4) | HEX_VALUES[bytes[at + 2] ?? 0]!;
        // A malformed escape is none.
        if (decoded >= 0) {
          byte = decoded;
          at += 2;
        }
      }
    }
    if (IS_ESCAPED[byte] === 0) {
      text[used++] = byte;
    } else {
      text[used++] = PERCENT;
      text[used++] = HEX[byte >> 4]!;
      text[used++] = HEX[byte & 15]!;
    }
  }
  // The last line of a file may have no end.
  if (row < count) {
    text[used++] = LINE_FEED;
    ends[row] = used;
  }
  return { bytes: text.subarray(0, used), ends, count };
}

function table(bytes: readonly number[], value: number): Uint8Array {
  const values = new Uint8Array(256);
  for (const byte of bytes) values[byte] = value;
  return values;
}

/** -1 for what is no hexadecimal digit. */
function hexValues(): Int8Array {
  const values = new Int8Array(256).fill(-1);
  for (let value = 0; value < 16; value++) {
    const digit = value.toString(16);
    values[digit.charCodeAt(0)] = value;
    values[digit.toUpperCase().charCodeAt(0)] = value;
  }
  return values;
}
