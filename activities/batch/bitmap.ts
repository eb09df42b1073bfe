/** Which rows of a batch are done: bit i of byte i >> 3. 1,000 rows are 168 characters of base64. */
export class Bitmap {
  private constructor(
    private readonly bytes: Uint8Array,
    private set: number,
  ) {}

  static empty(bits: number): Bitmap {
    return new Bitmap(new Uint8Array(Math.ceil(bits / 8)), 0);
  }

  static full(bits: number): Bitmap {
    const bitmap = Bitmap.empty(bits);
    for (let bit = 0; bit < bits; bit++) bitmap.add(bit);
    return bitmap;
  }

  /** Undefined when `text` is not a bitmap of `bits` bits. */
  static parse(text: string, bits: number): Bitmap | undefined {
    const bytes = new Uint8Array(Buffer.from(text, 'base64'));
    if (bytes.length !== Math.ceil(bits / 8)) return undefined;
    const bitmap = new Bitmap(bytes, 0);
    for (let bit = 0; bit < bytes.length * 8; bit++) if (bitmap.has(bit)) bitmap.set += 1;
    return bitmap;
  }

  has(bit: number): boolean {
    return ((this.bytes[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0;
  }

  add(bit: number): void {
    if (this.has(bit)) return;
    this.bytes[bit >> 3] = (this.bytes[bit >> 3] ?? 0) | (1 << (bit & 7));
    this.set += 1;
  }

  get count(): number {
    return this.set;
  }

  encode(): string {
    return Buffer.from(this.bytes).toString('base64');
  }
}
