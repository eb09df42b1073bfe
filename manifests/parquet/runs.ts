/** Indexes of millions of entries have 23 bits; a page of 32 MiB can't hold a dictionary that needs more. */
const WIDTH_MAX = 24;

/**
 * Fills `output` from the hybrid of runs and bit-packed groups (Parquet, "Encodings", RLE) that begins at `start`. Counts that
 * go beyond `output` are cut. Throws `RangeError` when the bytes end before.
 */
export function readRuns(bytes: Uint8Array, start: number, width: number, output: Uint8Array | Uint32Array): void {
  if (width > WIDTH_MAX) throw new RangeError(`a width of ${width} bits`);
  let at = start;
  let filled = 0;
  while (filled < output.length) {
    let header = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= bytes.length || shift > 28) throw new RangeError('a run is cut off');
      const byte = bytes[at++]!;
      header += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) break;
    }
    const isPacked = header % 2 === 1;
    const count = Math.floor(header / 2) * (isPacked ? 8 : 1);
    const end = Math.min(filled + count, output.length);
    const runBytes = isPacked ? Math.ceil(((end - filled) * width) / 8) : Math.ceil(width / 8);
    if (count === 0 || at + runBytes > bytes.length) throw new RangeError('a run is cut off');
    if (isPacked) unpack(bytes, at, width, output, filled, end);
    else output.fill(littleEndian(bytes, at, runBytes), filled, end);
    at += isPacked ? (count / 8) * width : runBytes;
    filled = end;
  }
}

function unpack(
  bytes: Uint8Array,
  start: number,
  width: number,
  output: Uint8Array | Uint32Array,
  from: number,
  end: number,
): void {
  const mask = 2 ** width - 1;
  let at = start;
  let held = 0;
  let bits = 0;
  for (let i = from; i < end; i++) {
    for (; bits < width; bits += 8) held |= bytes[at++]! << bits;
    output[i] = held & mask;
    held >>>= width;
    bits -= width;
  }
}

function littleEndian(bytes: Uint8Array, start: number, length: number): number {
  let value = 0;
  for (let i = 0; i < length; i++) value |= bytes[start + i]! << (8 * i);
  return value;
}
