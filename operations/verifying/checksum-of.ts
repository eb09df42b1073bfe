import { type ChecksumAlgorithm, runningChecksum } from '../../storage/checksums';
import { readObject } from '../common/read-object';
import { wholeChecksum } from '../copying/copy-checks';
import type { Side } from './same-content';

/**
 * The checksum of all bytes of an object, base64: as the store has it, else computed from what is read. Rejects with
 * `StoreError`.
 */
export async function checksumOf(side: Side, algorithm: ChecksumAlgorithm, signal: AbortSignal): Promise<string> {
  const stored = wholeChecksum(side.properties);
  if (stored?.algorithm === algorithm && stored.type === 'FULL_OBJECT') return stored.value;
  const sum = runningChecksum(algorithm);
  const take = (piece: Uint8Array): void => {
    sum.update(piece);
  };
  await readObject(side, take, signal);
  return sum.digest();
}
