import type { WrittenSlice } from './part-state';

/** Rows of one strand that are not yet in the workspace. */
export class StrandBuffer {
  private readonly pieces: Buffer[] = [];
  private cuts: number[] = [];
  private inBatch = 0;
  bytes = 0;

  constructor(private readonly batchRows: number) {}

  /** `lines`: one row each, with its line end. */
  add(lines: readonly string[]): void {
    let start = 0;
    while (start < lines.length) {
      if (this.inBatch === this.batchRows) this.cut();
      const end = Math.min(lines.length, start + this.batchRows - this.inBatch);
      const piece = Buffer.from(
        start === 0 && end === lines.length ? lines.join('') : lines.slice(start, end).join(''),
      );
      this.pieces.push(piece);
      this.bytes += piece.byteLength;
      this.inBatch += end - start;
      start = end;
    }
  }

  /** Whole rows as they stand in a manifest; `starts`: the first byte of each batch in them but the first. */
  addRaw(bytes: Buffer, cuts: readonly number[]): void {
    if (this.bytes > 0) this.cut();
    for (const cut of cuts) this.cuts.push(this.bytes + cut);
    this.pieces.push(bytes);
    this.bytes += bytes.byteLength;
    // The next rows begin a batch.
    this.inBatch = this.batchRows;
  }

  private cut(): void {
    this.cuts.push(this.bytes);
    this.inBatch = 0;
  }

  /** What was gathered, and where it will lie when it is put behind `offset` bytes of an object. */
  take(strand: number, offset: number): { readonly pieces: readonly Buffer[]; readonly slice: WrittenSlice } {
    const pieces = this.pieces.splice(0);
    const slice = { strand, offset, bytes: this.bytes, cuts: this.cuts };
    this.cuts = [];
    this.bytes = 0;
    this.inBatch = 0;
    return { pieces, slice };
  }
}
