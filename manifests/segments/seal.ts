import type { Flush, PartState, WrittenSlice } from './part-state';
import type { ManifestForm, SegmentTable, Slice } from './segment-table';

export interface SealedManifest {
  readonly table: SegmentTable;
  /** Where each batch begins in the whole, then its end. */
  readonly offsets: Float64Array;
  readonly rows: number;
}

/** A part that has been read, with all that was flushed of it. */
export interface ReadPart extends Pick<PartState, 'strands' | 'counts' | 'buckets'> {
  readonly flushes: readonly Flush[];
}

/** Puts the parts of a source, in their order, together to one manifest. Pure. */
export function sealManifest(parts: readonly ReadPart[], form: ManifestForm): SealedManifest {
  const objects: string[] = [];
  const slices: Slice[] = [];
  const offsets: number[] = [];
  let position = 0;
  let rows = 0;
  for (const part of parts) {
    rows += part.counts.rows;
    for (const { object, slice } of inOrder(part, objects.length)) {
      slices.push({ object, offset: slice.offset, bytes: slice.bytes });
      offsets.push(position);
      for (const cut of slice.cuts) offsets.push(position + cut);
      position += slice.bytes;
    }
    for (const { object } of part.flushes) objects.push(object);
  }
  offsets.push(position);
  return { table: { form, objects, slices }, offsets: Float64Array.from(offsets), rows };
}

interface Placed {
  readonly object: number;
  readonly slice: WrittenSlice;
}

/** Slices in the order of the part's rows. Objects are counted from `firstObject`. */
function inOrder({ strands, flushes }: ReadPart, firstObject: number): Placed[] {
  const byStrand = new Map<number, Placed[]>(strands.map((strand) => [strand, []]));
  flushes.forEach(({ slices }, index) => {
    for (const slice of slices) byStrand.get(slice.strand)?.push({ object: firstObject + index, slice });
  });
  return [...byStrand.values()].flat();
}
