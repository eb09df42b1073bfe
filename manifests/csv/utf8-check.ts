import { isUtf8 } from 'node:buffer';

const LINE_FEED = 0x0a;

/** Checks that a stream of buffers, cut anywhere, is UTF-8. */
export class Utf8Check {
  /** The beginning of a character whose rest is in the next buffer. */
  private pending: Uint8Array = new Uint8Array(0);

  /** Where in `bytes` the first line with an invalid sequence begins (0 also when it began before); -1 when all is well. */
  firstInvalidLine(bytes: Uint8Array): number {
    let start = 0;
    if (this.pending.length > 0) {
      start = Math.min(sequenceLength(this.pending[0]!) - this.pending.length, bytes.length);
      const joined = Buffer.concat([this.pending, bytes.subarray(0, start)]);
      if (joined.length < sequenceLength(joined[0]!)) {
        // Told at once: one piece later the row would be another.
        if (!bytes.every(isContinuation)) return 0;
        this.pending = joined;
        return -1;
      }
      if (!isUtf8(joined)) return 0;
    }
    const end = bytes.length - incompleteTail(bytes.subarray(start));
    const whole = bytes.subarray(start, end);
    if (!isUtf8(whole)) return start + invalidLine(whole);
    // Copied: the reader may reuse its buffer.
    this.pending = new Uint8Array(bytes.subarray(end));
    return -1;
  }

  /** False when the stream ended within a character. */
  get complete(): boolean {
    return this.pending.length === 0;
  }
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function sequenceLength(lead: number): number {
  if (lead >= 0xf0) return 4;
  if (lead >= 0xe0) return 3;
  return lead >= 0xc0 ? 2 : 1;
}

/** How many bytes at the end are the beginning of a longer character. */
function incompleteTail(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return sequenceLength(byte) > back ? back : 0;
  }
  return 0;
}

function invalidLine(bytes: Uint8Array): number {
  for (let start = 0; ;) {
    const feed = bytes.indexOf(LINE_FEED, start);
    if (feed < 0 || !isUtf8(bytes.subarray(start, feed))) return start;
    start = feed + 1;
  }
}
