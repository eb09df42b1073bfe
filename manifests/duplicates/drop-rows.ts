import type { SealedManifest } from '../segments/seal';
import { type RowBlock, rowBlocks } from './row-blocks';
import type { RowSet } from './row-set';
import { type PackerParts, SegmentPacker } from './segment-packer';

/** The manifest again, without these rows, in objects of its own: what was there before is left as it is. */
export async function dropRows(
  pieces: AsyncIterable<Buffer>,
  dropped: RowSet,
  parts: PackerParts,
  signal: AbortSignal,
): Promise<SealedManifest> {
  const packer = new SegmentPacker(parts);
  for await (const block of rowBlocks(pieces, signal)) {
    for (const [first, end] of kept(block, dropped)) await packer.add(block.bytes, block.ends, first, end);
  }
  return packer.finish();
}

/** Runs of rows that stay. */
function kept({ count, firstRow }: RowBlock, dropped: RowSet): [number, number][] {
  const runs: [number, number][] = [];
  let start = 0;
  for (let index = 0; index < count; index++) {
    if (!dropped.has(firstRow + index)) continue;
    if (index > start) runs.push([start, index]);
    start = index + 1;
  }
  if (count > start) runs.push([start, count]);
  return runs;
}
