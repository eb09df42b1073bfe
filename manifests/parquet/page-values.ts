import type { Value } from './dense-values';

/** The values of one page, handed out from its beginning to its end. Entries of a dictionary are looked up only then. */
export class PageValues {
  private row = 0;
  private taken = 0;

  constructor(
    private readonly rows: number,
    /** By row: 1 for a value, 0 for null; absent: no row is null. */
    private readonly present: Uint8Array | undefined,
    private readonly dense: readonly Value[] | { readonly dictionary: readonly Value[]; readonly indexes: Uint32Array },
  ) {}

  get left(): number {
    return this.rows - this.row;
  }

  skip(rows: number): void {
    if (this.present === undefined) this.taken += rows;
    else for (let row = this.row; row < this.row + rows; row++) this.taken += this.present[row]!;
    this.row += rows;
  }

  /** Appends the values of the next `rows` rows; undefined for null. Throws `RangeError` for an entry that is not there. */
  takeInto(output: (Value | undefined)[], rows: number): void {
    const { present, row } = this;
    for (let i = row; i < row + rows; i++) {
      output.push(present !== undefined && present[i] === 0 ? undefined : this.valueAt(this.taken++));
    }
    this.row += rows;
  }

  private valueAt(at: number): Value {
    const { dense } = this;
    const value = 'indexes' in dense ? dense.dictionary[dense.indexes[at]!] : dense[at];
    if (value === undefined) throw new RangeError('a value that its dictionary does not have');
    return value;
  }
}
