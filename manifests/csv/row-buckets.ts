import { BucketCounts, type BucketRows } from '../segments/bucket-counts';

const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = '"';

/**
 * How many rows of a CSV name which bucket, told by a scanner that goes through it. Most rows name the bucket of the row before: their
 * bytes are compared, and no text is made of them.
 */
export class RowBuckets {
  private readonly counts = new BucketCounts();
  /** The field as it stands in the row before; undefined before the first. */
  private last: Uint8Array | undefined;
  /** Rows that had this field since it was another. */
  private rows = 0;
  /** What former buffers had of the field that is being scanned. */
  private begun: Uint8Array = new Uint8Array(0);

  /** How many bytes from `at` on are the field of the row before with the comma behind it; 0: other bytes, or not all of them. */
  repeatedAt(bytes: Uint8Array, at: number): number {
    const { last } = this;
    if (last === undefined) return 0;
    const { length } = last;
    if (at + length >= bytes.length || bytes[at + length] !== COMMA) return 0;
    for (let index = 0; index < length; index++) if (bytes[at + index] !== last[index]) return 0;
    return length + 1;
  }

  /** The field is not yet at its end where the buffer is. */
  begin(bytes: Uint8Array): void {
    this.begun = Buffer.concat([this.begun, bytes]);
  }

  /** `bytes`: the rest of the field. */
  end(bytes: Uint8Array): void {
    const field = this.begun.length === 0 ? bytes : Buffer.concat([this.begun, bytes]);
    this.begun = new Uint8Array(0);
    if (this.last !== undefined && Buffer.compare(this.last, field) === 0) return;
    this.flush();
    // Copied: the reader may reuse its buffer.
    this.last = new Uint8Array(field);
  }

  /** The row of the last field is a task. */
  addRow(): void {
    this.rows++;
  }

  toArray(): BucketRows[] {
    this.flush();
    return this.counts.toArray();
  }

  private flush(): void {
    if (this.rows > 0 && this.last !== undefined) this.counts.add(textOf(this.last), this.rows);
    this.rows = 0;
  }
}

/** A field at a row's end may have the first byte of its line end. */
function textOf(field: Uint8Array): string {
  const length = field.at(-1) === CR ? field.length - 1 : field.length;
  const text = Buffer.from(field.buffer, field.byteOffset, length).toString('utf8');
  return text.startsWith(QUOTE) ? text.slice(1, -1).replaceAll('""', QUOTE) : text;
}
