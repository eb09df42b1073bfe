import type { PartState } from './part-state';
import type { ManifestForm, SegmentTable, Slice } from './segment-table';

export interface SealedManifest {
  readonly table: SegmentTable;
  /** Where each batch begins in the whole, then its end. */
  readonly offsets: Float64Array;
  readonly rows: number;
}

/** Puts the parts of a source, in their order, together to one manifest. Pure. */
export function sealManifest(parts: readonly PartState[], form: ManifestForm): SealedManifest {
  const objects: string[] = [];
  const slices: Slice[] = [];
  const offsets: number[] = [];
  let position = 0;
  let rows = 0;
  for (const part of parts) {
    const firstObject = objects.length;
    objects.push(...part.objects);
    rows += part.counts.rows;
    for (const { slices: written } of part.strands) {
      for (const { object, offset, bytes, cuts } of written) {
        if (bytes === 0) continue;
        slices.push({ object: firstObject + object, offset, bytes });
        offsets.push(position);
        for (const cut of cuts) offsets.push(position + cut);
        position += bytes;
      }
    }
  }
  offsets.push(position);
  return { table: { form, objects, slices }, offsets: Float64Array.from(offsets), rows };
}
