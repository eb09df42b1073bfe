import { DroverError } from '../contracts/engine/failures';
import type { ReadRange } from '../storage/object-store';

/**
 * The manifest index: the byte offsets of the first rows of all batches, then the end of the last row, as unsigned 64-bit
 * little-endian numbers without header. So any batch is found with one read of 16 bytes, and a manifest of 20 billion rows
 * (the most AWS takes) has an index of 160 MB. The highest bit of each number says whose bytes it counts: set, those of the
 * segments in the workspace; clear, those of the manifest that the request names.
 */
const OFFSET_BYTES = 8;
const TWO_TO_32 = 2 ** 32;
const SEGMENTS_BIT = 2 ** 31;

/** The objects whose bytes the offsets count. */
export type ManifestPlace = 'manifest' | 'segments';

export interface BatchRange extends ReadRange {
  readonly place: ManifestPlace;
}

/** `offsets` has one entry per batch and one more, the end; each at most `Number.MAX_SAFE_INTEGER`. */
export function encodeIndex(offsets: readonly number[] | Float64Array, place: ManifestPlace = 'manifest'): Buffer {
  const flag = place === 'segments' ? SEGMENTS_BIT : 0;
  const bytes = Buffer.allocUnsafe(offsets.length * OFFSET_BYTES);
  for (let i = 0; i < offsets.length; i++) {
    const offset = offsets[i]!;
    bytes.writeUInt32LE(offset % TWO_TO_32, i * OFFSET_BYTES);
    bytes.writeUInt32LE(Math.floor(offset / TWO_TO_32) + flag, i * OFFSET_BYTES + 4);
  }
  return bytes;
}

/** How many batches an index of so many bytes has. */
export function batchesIn(indexBytes: number): number {
  return Math.max(0, indexBytes / OFFSET_BYTES - 1);
}

/** Which bytes of the index hold the start and the end of `batch` (numbered from 0). */
export function indexRange(batch: number): ReadRange {
  return { start: batch * OFFSET_BYTES, end: (batch + 2) * OFFSET_BYTES };
}

/** Which bytes of the manifest hold the batch, from the 16 bytes that `indexRange` names. Throws `InternalError` when they can't be that. */
export function decodeBatchRange(bytes: Uint8Array): BatchRange {
  if (bytes.length !== 2 * OFFSET_BYTES) {
    throw new DroverError('InternalError', `The manifest index has ${bytes.length} bytes for a batch instead of 16`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = readOffset(view, 0);
  const end = readOffset(view, OFFSET_BYTES);
  if (!(start < end && end <= Number.MAX_SAFE_INTEGER)) {
    throw new DroverError('InternalError', `The manifest index is damaged: a batch from byte ${start} to byte ${end}`);
  }
  return { start, end, place: view.getUint32(4, true) >= SEGMENTS_BIT ? 'segments' : 'manifest' };
}

function readOffset(view: DataView, at: number): number {
  return view.getUint32(at, true) + (view.getUint32(at + 4, true) % SEGMENTS_BIT) * TWO_TO_32;
}
