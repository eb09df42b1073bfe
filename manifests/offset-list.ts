/** A growing list of byte offsets in 8 bytes each: an ordinary array of 20 million boxed or moved numbers would cost several times that. */
export class OffsetList {
  private values = new Float64Array(1_024);
  private length = 0;

  push(offset: number): void {
    if (this.length === this.values.length) {
      const grown = new Float64Array(this.length * 2);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length++] = offset;
  }

  /** A view, without copying: good until the next `push`. */
  toArray(): Float64Array {
    return this.values.subarray(0, this.length);
  }
}
