const HEADER_BYTES = 5;

/** A message as the other process reads it: the parts of its payload behind a header, not copied together. */
export function frame(kind: string, parts: readonly Buffer[]): readonly Buffer[] {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(parts.reduce((sum, { length }) => sum + length, 0));
  header.write(kind, 4);
  return [header, ...parts];
}

/** Puts messages together, however they were cut on their way. */
export class FrameReader {
  private parts: Buffer[] = [];
  private bytes = 0;
  private wanted = HEADER_BYTES;

  constructor(private readonly take: (kind: string, payload: Buffer) => void) {}

  push(part: Buffer): void {
    this.parts.push(part);
    this.bytes += part.length;
    if (this.bytes < this.wanted) return;
    let all = this.parts.length === 1 ? part : Buffer.concat(this.parts, this.bytes);
    for (;;) {
      this.wanted = all.length < HEADER_BYTES ? HEADER_BYTES : HEADER_BYTES + all.readUInt32LE(0);
      if (all.length < this.wanted) break;
      this.take(String.fromCharCode(all[4]!), all.subarray(HEADER_BYTES, this.wanted));
      all = all.subarray(this.wanted);
    }
    this.parts = all.length === 0 ? [] : [all];
    this.bytes = all.length;
  }
}
