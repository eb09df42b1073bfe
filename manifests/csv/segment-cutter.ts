import type { RowScanner } from './row-scanner';

const LINE_FEED = 0x0a;

/** Whole batches of rows that follow one another in a CSV. */
export interface CsvSegment {
  /** Rows and nothing else; the last one ends with a line end, also where the file's has none. The segment's own memory. */
  readonly bytes: Buffer;
  /** Where the first row of each batch begins in `bytes`, then `bytes.length`. All batches but a file's last are full. */
  readonly offsets: Float64Array;
  /** The number of the first row, from 0, header not counted. */
  readonly firstRow: number;
  readonly rows: number;
  /** Where the last row ends in the file's text. */
  readonly end: number;
}

export type OnSegment = (segment: CsvSegment) => Promise<void> | void;

/**
 * Cuts the text that a scanner goes through into segments, at batches, without looking at it again: rows that need no
 * filter are copied as bytes.
 */
export class SegmentCutter {
  private buffer = Buffer.alloc(0);
  private used = 0;
  /** Where `buffer` begins in the text. */
  private bufferStart: number;
  private firstBatch = 0;
  private firstRow = 0;

  /** A segment ends with the first batch that reaches `bytesAim`. */
  constructor(
    private readonly scanner: RowScanner,
    private readonly bytesAim: number,
  ) {
    this.bufferStart = scanner.position;
  }

  /** The segments that are complete with this piece. To be called after the scanner has taken it. */
  add(piece: Uint8Array): CsvSegment[] {
    this.append(piece);
    const offsets = this.scanner.offsets.toArray();
    const segments: CsvSegment[] = [];
    for (let batch = this.firstBatch + 1; batch < offsets.length; batch++) {
      if (offsets[batch]! - offsets[this.firstBatch]! < this.bytesAim) continue;
      segments.push(this.cut(offsets, batch, this.firstRow + (batch - this.firstBatch) * this.scanner.batchRows));
    }
    if (segments.length > 0) this.keepRest();
    return segments;
  }

  /** What is left, once the scanner has finished. */
  finish(): CsvSegment | undefined {
    const offsets = this.scanner.offsets.toArray();
    const last = offsets.length - 1;
    return last > this.firstBatch ? this.cut(offsets, last, this.scanner.rows) : undefined;
  }

  private append(piece: Uint8Array): void {
    // The beginning that a byte order mark took.
    const start = this.scanner.position - piece.length;
    if (this.used === 0) this.bufferStart = start;
    const needed = this.used + piece.length;
    if (needed > this.buffer.length) {
      const grown = Buffer.allocUnsafe(
        Math.max(needed, Math.min(this.buffer.length * 2, this.bytesAim + piece.length)),
      );
      this.buffer.copy(grown, 0, 0, this.used);
      this.buffer = grown;
    }
    this.buffer.set(piece, this.used);
    this.used = needed;
  }

  private cut(all: Float64Array, batchEnd: number, rowEnd: number): CsvSegment {
    const start = all[this.firstBatch]!;
    const end = all[batchEnd]!;
    const bytes = withLineEnd(this.buffer.subarray(start - this.bufferStart, end - this.bufferStart));
    const offsets = all.slice(this.firstBatch, batchEnd + 1).map((offset) => offset - start);
    offsets[offsets.length - 1] = bytes.length;
    const segment = { bytes, offsets, firstRow: this.firstRow, rows: rowEnd - this.firstRow, end };
    this.firstBatch = batchEnd;
    this.firstRow = rowEnd;
    return segment;
  }

  /** The buffer belongs to the segments that were cut from it. */
  private keepRest(): void {
    const start = this.scanner.offsets.toArray()[this.firstBatch]!;
    this.buffer = Buffer.from(this.buffer.subarray(start - this.bufferStart, this.used));
    this.used = this.buffer.length;
    this.bufferStart = start;
  }
}

function withLineEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === LINE_FEED ? bytes : Buffer.concat([bytes, Buffer.of(LINE_FEED)]);
}
