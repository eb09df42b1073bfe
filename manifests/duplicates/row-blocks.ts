import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Whole rows that follow one another. */
export interface RowBlock {
  readonly bytes: Buffer;
  /** Where each row ends in `bytes`, line end included. Only the first `count` count. */
  readonly ends: Uint32Array;
  readonly count: number;
  /** The number of the first row in the whole, from 0. */
  readonly firstRow: number;
}

/** Some hundred kilobytes: a block costs a millisecond. */
const BLOCK_ROWS = 4_096;
/** The event loop is let go this often: heartbeats need it although every block is at hand. */
const TURN_MS = 20;
const LINE_FEED = 0x0a;
const QUOTE = 0x22;

/** Cuts pieces of whole rows into blocks. A block's `ends` hold until the next is asked for. */
export async function* rowBlocks(pieces: AsyncIterable<Buffer>, signal: AbortSignal): AsyncGenerator<RowBlock> {
  const ends = new Uint32Array(BLOCK_ROWS);
  let firstRow = 0;
  let turnStart = performance.now();
  for await (const piece of pieces) {
    for (let start = 0; start < piece.length;) {
      const rest = piece.subarray(start);
      const count = findEnds(rest, ends);
      const length = ends[count - 1]!;
      yield { bytes: rest.subarray(0, length), ends, count, firstRow };
      start += length;
      firstRow += count;
      if (performance.now() - turnStart < TURN_MS) continue;
      await setImmediate();
      signal.throwIfAborted();
      turnStart = performance.now();
    }
  }
}

/** Writes the ends of the first rows into `ends`, as many as it has room for. A line feed between quotation marks ends no row. */
export function findEnds(bytes: Uint8Array, ends: Uint32Array): number {
  const { length } = bytes;
  let count = 0;
  let isQuoted = false;
  for (let at = 0; at < length && count < ends.length; at++) {
    const byte = bytes[at]!;
    if (byte === LINE_FEED && !isQuoted) ends[count++] = at + 1;
    else if (byte === QUOTE) isQuoted = !isQuoted;
  }
  const hasOpenEnd = count < ends.length && (ends[count - 1] ?? 0) < length;
  if (hasOpenEnd) ends[count++] = length;
  return count;
}
