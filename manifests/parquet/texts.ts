import { isAscii, isUtf8 } from 'node:buffer';
import { LIMITS } from '../../contracts/limits';

const LENGTH_BYTES = 4;

/** Texts that lie in one buffer, apart from one another by at least a byte that is no part of a character. */
interface Placed {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
}

/**
 * The texts of a plain page, each after its length. Overwrites the lengths with zeros: then the page is one text, whose
 * conversion and check in one go are several times as fast as those of each value. Throws `RangeError` for a text beyond the
 * page, longer than a manifest's row may be, or not in UTF-8.
 */
export function plainTexts(page: Uint8Array, start: number, count: number): string[] {
  const bytes = Buffer.from(page.buffer, page.byteOffset, page.byteLength);
  // Before memory is taken for them.
  if (count * LENGTH_BYTES > bytes.length - start) throw new RangeError('the page ends within its values');
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
  let at = start;
  for (let i = 0; i < count; i++) {
    if (at + LENGTH_BYTES > bytes.length) throw new RangeError('the page ends within its values');
    const length = (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
    bytes[at] = bytes[at + 1] = bytes[at + 2] = bytes[at + 3] = 0;
    at += LENGTH_BYTES;
    checkLength(length);
    if (at + length > bytes.length) throw new RangeError('the page ends within its values');
    starts[i] = at;
    at += length;
    ends[i] = at;
  }
  return toTexts({ bytes, starts, ends });
}

/**
 * The texts whose beginnings are shared with the text before (`prefixes`) and whose ends stand in `page` from `start` on.
 * Throws `RangeError` as `plainTexts`, also when they are larger together than a page may be.
 */
export function joinedTexts(
  page: Uint8Array,
  start: number,
  prefixes: Int32Array | undefined,
  suffixes: Int32Array,
): string[] {
  const count = suffixes.length;
  let total = 0;
  for (let i = 0; i < count; i++) {
    const [prefix, suffix] = [prefixes?.[i] ?? 0, suffixes[i]!];
    const before = i === 0 ? 0 : (prefixes?.[i - 1] ?? 0) + suffixes[i - 1]!;
    if (prefix < 0 || suffix < 0 || prefix > before) throw new RangeError('the lengths of its values are damaged');
    checkLength(prefix + suffix);
    total += prefix + suffix + 1;
    if (total > LIMITS.parquet.pageBytesMax + count) throw new RangeError('its values are larger than a page may be');
  }
  const bytes = Buffer.alloc(total);
  const [starts, ends] = [new Uint32Array(count), new Uint32Array(count)];
  let from = start;
  let at = 0;
  for (let i = 0; i < count; i++) {
    const [prefix, suffix] = [prefixes?.[i] ?? 0, suffixes[i]!];
    if (from + suffix > page.length) throw new RangeError('the page ends within its values');
    starts[i] = at;
    if (prefix > 0) bytes.copyWithin(at, starts[i - 1]!, starts[i - 1]! + prefix);
    bytes.set(page.subarray(from, from + suffix), at + prefix);
    from += suffix;
    at += prefix + suffix;
    ends[i] = at++;
  }
  return toTexts({ bytes, starts, ends });
}

function checkLength(bytes: number): void {
  if (bytes > LIMITS.source.manifestRowBytesMax) {
    throw new RangeError(`a value of ${bytes} bytes, and at most ${LIMITS.source.manifestRowBytesMax} are read`);
  }
}

function toTexts({ bytes, starts, ends }: Placed): string[] {
  const count = starts.length;
  if (count === 0) return [];
  const first = starts[0]!;
  const all = bytes.subarray(first, ends[count - 1]);
  const texts = new Array<string>(count);
  if (isAscii(all)) {
    const text = all.toString('latin1');
    for (let i = 0; i < count; i++) texts[i] = text.slice(starts[i]! - first, ends[i]! - first);
  } else if (isUtf8(all)) {
    for (let i = 0; i < count; i++) texts[i] = bytes.toString('utf8', starts[i], ends[i]);
  } else {
    throw new RangeError('a value that is not UTF-8');
  }
  return texts;
}
