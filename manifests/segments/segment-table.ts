import { DroverError } from '../../contracts/engine/failures';
import type { ManifestField } from '../../contracts/job';
import type { ReadRange } from '../../storage/object-store';
import type { RowMeaning } from '../csv/csv-rows';

/** How the rows of a CSV manifest are to be read. */
export interface ManifestForm extends RowMeaning {
  readonly fields: readonly ManifestField[];
}

/**
 * The canonical manifest lies in the workspace in slices: what a source has given side by side, in the order of its rows. Read
 * one after the other they are one CSV file, and the manifest index counts its bytes.
 */
export interface SegmentTable {
  readonly form: ManifestForm;
  /** Keys of the objects in the workspace. */
  readonly objects: readonly string[];
  /** In order, from byte 0 of the whole. */
  readonly slices: readonly Slice[];
}

export interface Slice {
  /** Number of its object. */
  readonly object: number;
  /** The first byte in the object. */
  readonly offset: number;
  readonly bytes: number;
}

/** Where some bytes of the whole lie. */
export interface SegmentRange {
  readonly key: string;
  readonly range: ReadRange;
}

/** The table with the position of each slice, for reading. */
export class SegmentMap {
  /** The first byte of each slice in the whole, then the end of the last. */
  private readonly starts: Float64Array;

  constructor(private readonly table: SegmentTable) {
    this.starts = new Float64Array(table.slices.length + 1);
    table.slices.forEach(({ bytes }, index) => {
      this.starts[index + 1] = this.starts[index]! + bytes;
    });
  }

  get form(): ManifestForm {
    return this.table.form;
  }

  /** A batch lies in one slice. Throws `InternalError` for a range that does not. */
  find({ start, end }: ReadRange): SegmentRange {
    const index = this.sliceAt(start);
    const slice = this.table.slices[index];
    const key = slice && this.table.objects[slice.object];
    if (slice === undefined || key === undefined || end > this.starts[index + 1]!) {
      throw new DroverError('InternalError', `The table of segments has no slice for the bytes ${start} to ${end}`);
    }
    const first = slice.offset + start - this.starts[index]!;
    return { key, range: { start: first, end: first + end - start } };
  }

  private sliceAt(position: number): number {
    let low = 0;
    let high = this.table.slices.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.starts[middle + 1]! <= position) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Numbers in threes: a list of billions has some hundred thousand slices. */
export function encodeSegmentTable({ form, objects, slices }: SegmentTable): string {
  return JSON.stringify({
    form,
    objects,
    slices: slices.flatMap(({ object, offset, bytes }) => [object, offset, bytes]),
  });
}

/** Throws `InternalError` for what is no table. */
export function decodeSegmentTable(text: string): SegmentTable {
  try {
    const { form, objects, slices } = JSON.parse(text) as Omit<SegmentTable, 'slices'> & {
      readonly slices: number[];
    };
    const read: Slice[] = [];
    for (let at = 0; at < slices.length; at += 3) {
      read.push({ object: slices[at]!, offset: slices[at + 1]!, bytes: slices[at + 2]! });
    }
    return { form, objects, slices: read };
  } catch (cause) {
    throw new DroverError('InternalError', 'The table of segments in the workspace is damaged', { cause });
  }
}
