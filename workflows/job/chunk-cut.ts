import type { ChunkRange } from '../../contracts/engine/plan';
import { LIMITS } from '../../contracts/limits';

/** How a manifest of many batches is cut into chunks: equal ones, then smaller ones in the last quarter to shorten the tail. */
export interface ChunkCut {
  readonly chunks: number;
  readonly batches: number;
  readonly headChunks: number;
  readonly headSize: number;
  readonly tailSize: number;
}

/** Chunks aimed at for a job of middling size: some per slot, so that workers stay busy to the end. */
const CHUNKS_AIM_SMALL = 64;
const CHUNK_BATCHES_AIM = 20;

/** Grows the chunk, not the number of chunks: never more than `LIMITS.chunks.perJobMax`. */
export function cutChunks(batches: number): ChunkCut {
  const wanted = Math.min(Math.ceil(batches / CHUNKS_AIM_SMALL), CHUNK_BATCHES_AIM);
  const headSize = Math.max(LIMITS.chunks.batchesMin, wanted, Math.ceil(batches / LIMITS.chunks.perJobAim));
  const tailSize = Math.max(LIMITS.chunks.batchesMin, Math.ceil(headSize / 2));
  const headChunks = Math.floor((batches * 3) / 4 / headSize);
  const tailChunks = Math.ceil((batches - headChunks * headSize) / tailSize);
  return { chunks: headChunks + tailChunks, batches, headChunks, headSize, tailSize };
}

export function chunkRange(cut: ChunkCut, chunk: number): ChunkRange {
  const inHead = chunk < cut.headChunks;
  const firstBatch = inHead
    ? chunk * cut.headSize
    : cut.headChunks * cut.headSize + (chunk - cut.headChunks) * cut.tailSize;
  const size = inHead ? cut.headSize : cut.tailSize;
  return { chunk, firstBatch, batches: Math.min(size, cut.batches - firstBatch) };
}
