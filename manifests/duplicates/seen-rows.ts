/** The text of rows, each once, with the number of the first that had it. */
export class SeenRows {
  private text: Buffer = Buffer.alloc(64 * 1024);
  private textBytes = 0;
  private count = 0;
  private hashes = new Uint32Array(1_024);
  private starts = new Uint32Array(1_024 + 1);
  private rows = new Float64Array(1_024);
  /** Number of an entry, from 1; 0 is free. */
  private slots = new Uint32Array(2_048);

  /** The row that had these bytes first; undefined when this is the first. */
  firstOf(bytes: Buffer, start: number, end: number, hash: number, row: number): number | undefined {
    let slot = hash & (this.slots.length - 1);
    for (; this.slots[slot] !== 0; slot = (slot + 1) & (this.slots.length - 1)) {
      const entry = this.slots[slot]! - 1;
      if (this.hashes[entry] === hash >>> 0 && this.isText(entry, bytes, start, end)) return this.rows[entry];
    }
    this.keep(bytes, start, end, hash, row);
    this.slots[slot] = this.count;
    if (this.count * 2 > this.slots.length) this.spread();
    return undefined;
  }

  private isText(entry: number, bytes: Buffer, start: number, end: number): boolean {
    const from = this.starts[entry]!;
    const to = this.starts[entry + 1]!;
    return to - from === end - start && this.text.compare(bytes, start, end, from, to) === 0;
  }

  private keep(bytes: Buffer, start: number, end: number, hash: number, row: number): void {
    const needed = this.textBytes + end - start;
    if (needed > this.text.length) this.text = grown(this.text, Math.max(needed, this.text.length * 2));
    if (this.count === this.hashes.length) this.makeRoom();
    bytes.copy(this.text, this.textBytes, start, end);
    this.hashes[this.count] = hash;
    this.rows[this.count] = row;
    this.textBytes = needed;
    this.starts[++this.count] = needed;
  }

  private makeRoom(): void {
    const size = this.hashes.length * 2;
    const { hashes, starts, rows } = this;
    this.hashes = new Uint32Array(size);
    this.starts = new Uint32Array(size + 1);
    this.rows = new Float64Array(size);
    this.hashes.set(hashes);
    this.starts.set(starts);
    this.rows.set(rows);
  }

  private spread(): void {
    this.slots = new Uint32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let entry = 0; entry < this.count; entry++) {
      let slot = this.hashes[entry]! & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = entry + 1;
    }
  }
}

function grown(text: Buffer, bytes: number): Buffer {
  const larger = Buffer.allocUnsafe(bytes);
  text.copy(larger);
  return larger;
}
