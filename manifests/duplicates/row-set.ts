/** Rows of one page: 128 KiB of bits. */
const PAGE_ROWS = 1_048_576;

/** Numbers of rows, one bit each, in pages that are there where they have one. */
export class RowSet {
  private readonly pages = new Map<number, Uint8Array>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  add(row: number): void {
    if (this.has(row)) return;
    const number = Math.floor(row / PAGE_ROWS);
    let page = this.pages.get(number);
    if (page === undefined) this.pages.set(number, (page = new Uint8Array(PAGE_ROWS / 8)));
    const bit = row % PAGE_ROWS;
    page[bit >>> 3]! |= 1 << (bit & 7);
    this.count++;
  }

  has(row: number): boolean {
    const page = this.pages.get(Math.floor(row / PAGE_ROWS));
    const bit = row % PAGE_ROWS;
    return page !== undefined && (page[bit >>> 3]! & (1 << (bit & 7))) !== 0;
  }
}
