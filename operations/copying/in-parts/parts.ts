import { LIMITS } from '../../../contracts/limits';
import type { ReadRange } from '../../../storage/object-store';

const MIB = 1024 * 1024;

/** Whole MiB, no smaller than S3 takes, and so large that no more parts are needed than it takes. */
export function partBytesFor(size: number, wanted: number): number {
  const needed = Math.ceil(size / LIMITS.multipart.partsMax / MIB) * MIB;
  return Math.max(wanted, needed, LIMITS.multipart.partBytesMin);
}

export function cutParts(size: number, partBytes: number): ReadRange[] {
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { start, end: Math.min(start + partBytes, size) };
  });
}
