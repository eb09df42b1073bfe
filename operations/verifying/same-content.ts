import { createHash } from 'node:crypto';
import type { ChecksumAlgorithm } from '../../storage/checksums';
import { unwatchAbort, watchAbort } from '../../storage/http/abort';
import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { sizeOf } from '../common/known-size';
import { readObject } from '../common/read-object';
import { claimsOf } from '../copying/copy-checks';

/** One of two objects that are compared. */
export interface Side {
  readonly store: ObjectStore;
  readonly ref: ObjectRef;
  readonly properties: ObjectProperties;
}

export type Comparison = 'equal' | 'different' | 'unknown';

/** Nobody can make another content with the same sum on purpose (MD5 is what ETags have). */
const CRYPTOGRAPHIC: readonly ChecksumAlgorithm[] = ['MD5', 'SHA1', 'SHA256', 'SHA512'];

/** MD5 of the content, or of the MD5s of its parts (API_Object, `ETag`). */
const MD5_ETAG = /^[0-9a-f]{32}(?:-\d+)?$/i;

/**
 * Compares two objects by what the stores say of them: size, ETags that are MD5s, checksums of the same algorithm. With
 * `cryptographic`, CRCs and XXHASHes prove no equality. ETags that differ prove nothing: some stores make up theirs.
 */
export function compareByWord(
  a: ObjectProperties,
  b: ObjectProperties,
  proof: 'any' | 'cryptographic' = 'any',
): Comparison {
  const sizes = [a.contentLength, b.contentLength];
  if (!sizes.includes(undefined) && sizes[0] !== sizes[1]) return 'different';
  if (isMd5Etag(a) && isMd5Etag(b) && a.etag.toLowerCase() === b.etag.toLowerCase()) return 'equal';
  const claims = claimsOf(b);
  for (const { algorithm, value, where } of claimsOf(a)) {
    const other = claims.find((claim) => claim.algorithm === algorithm);
    if (other === undefined) continue;
    if (other.value === value && (proof === 'any' || CRYPTOGRAPHIC.includes(algorithm))) return 'equal';
    if (other.value !== value && where !== 'ETag' && other.where !== 'ETag') return 'different';
  }
  return 'unknown';
}

/** Compares two objects by what the stores say of them, and if that proves nothing by reading both. Rejects with `StoreError`. */
export async function haveSameContent(
  a: Side,
  b: Side,
  proof: 'any' | 'cryptographic',
  signal: AbortSignal,
): Promise<boolean> {
  const word = compareByWord(a.properties, b.properties, proof);
  return word === 'unknown' ? readSameContent(a, b, signal) : word === 'equal';
}

/** Reads both objects. */
export async function readSameContent(a: Side, b: Side, signal: AbortSignal): Promise<boolean> {
  if (sizeOf(a.properties) !== sizeOf(b.properties)) return false;
  const stop = new AbortController();
  const watcher = {
    onAbort: (reason: unknown): void => {
      stop.abort(reason);
    },
  };
  watchAbort(signal, watcher);
  try {
    const read = (side: Side): Promise<string> =>
      digestOf(side, stop.signal).catch((error: unknown) => {
        // The other need not be read to its end.
        stop.abort(error);
        throw error;
      });
    const [left, right] = await Promise.all([read(a), read(b)]);
    return left === right;
  } finally {
    unwatchAbort(signal, watcher);
  }
}

/** SHA-256 of what the object has. */
async function digestOf(side: Side, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await readObject(side, (piece) => void hash.update(piece), signal);
  return hash.digest('hex');
}

function isMd5Etag({ etag, serverSideEncryption: encryption }: ObjectProperties): boolean {
  return MD5_ETAG.test(etag) && (encryption === undefined || encryption === 'AES256');
}
