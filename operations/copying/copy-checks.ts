import { type ChecksumAlgorithm, checksumMember, type RunningChecksum, runningChecksum } from '../../storage/checksums';
import type { ChecksumMembers, ObjectProperties, StoredBytes } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';

/** Several checksums of the same bytes, each by its algorithm in base64. */
export type Sums = ReadonlyMap<ChecksumAlgorithm, string>;

/** Computes several checksums of bytes that come piece by piece. */
export class Summing {
  private readonly running: ReadonlyMap<ChecksumAlgorithm, RunningChecksum>;

  constructor(algorithms: readonly ChecksumAlgorithm[]) {
    this.running = new Map([...new Set(algorithms)].map((algorithm) => [algorithm, runningChecksum(algorithm)]));
  }

  update(bytes: Uint8Array): void {
    for (const each of this.running.values()) each.update(bytes);
  }

  async sums(): Promise<Sums> {
    const sums = new Map<ChecksumAlgorithm, string>();
    for (const [algorithm, each] of this.running) sums.set(algorithm, await each.digest());
    return sums;
  }
}

/** What a store says that the bytes of an object sum up to, and how it says it. */
export interface Claim {
  readonly algorithm: ChecksumAlgorithm;
  readonly value: string;
  readonly where: string;
}

/** What can be checked when all bytes of the object have been read. */
export function claimsOf(source: ObjectProperties): Claim[] {
  const claims: Claim[] = [];
  const md5 = md5OfEtag(source);
  if (md5 !== undefined) claims.push({ algorithm: 'MD5', value: md5, where: 'ETag' });
  const checksum = wholeChecksum(source);
  if (checksum !== undefined) {
    const where = `x-amz-checksum-${checksum.algorithm.toLowerCase()}`;
    claims.push({ algorithm: checksum.algorithm, value: checksum.value, where });
  }
  return claims;
}

/**
 * The checksum that the source has of all its bytes. For an object that was put in parts, it may be one of the parts'
 * checksums, whether the store says so or not.
 */
export function wholeChecksum({ checksum, etag }: ObjectProperties): ObjectProperties['checksum'] {
  if (checksum === undefined) return undefined;
  if (checksum.type !== undefined) return checksum.type === 'FULL_OBJECT' ? checksum : undefined;
  return etag.includes('-') || checksum.value.includes('-') ? undefined : checksum;
}

/** Throws when a store says of all bytes of the copy what it does not say of those of the source. */
export function checkSameChecksum(copied: ChecksumMembers | undefined, source: ObjectProperties): void {
  const checksum = wholeChecksum(source);
  if (checksum === undefined) return;
  const value = copied?.[checksumMember(checksum.algorithm)];
  if (value === undefined || value.includes('-') || value === checksum.value) return;
  const what = `their ${checksum.algorithm} is ${value}, that of the source is ${checksum.value}`;
  throw new StoreError('BadDigest', 400, `The bytes of the copy are not those of its source: ${what}`);
}

/** Throws when the bytes that were read are not those that the source says it has. */
export function checkRead(claims: readonly Claim[], sums: Sums): void {
  for (const { algorithm, value, where } of claims) {
    const read = sums.get(algorithm);
    if (read === value) continue;
    const what = `The bytes read from the source are not those that its ${where} states`;
    throw new StoreError('BadDigest', 400, `${what}: their ${algorithm} is ${read}, it should be ${value}`);
  }
}

/** Throws when the target took other bytes than were sent. `what` names them. */
export function checkStored(stored: StoredBytes, sums: Sums, what: string): void {
  const md5 = md5OfEtag(stored);
  const sent = sums.get('MD5');
  if (md5 === undefined || md5 === sent) return;
  const told = `the MD5 in its ETag is ${md5}, that of ${what} is ${sent}`;
  throw new StoreError('BadDigest', 400, `The target did not store the bytes that were sent: ${told}`);
}

/**
 * MD5 in base64, where the ETag is one: of an object or part in one piece, in the clear or under keys of the store's own
 * (API_Object, `ETag`).
 */
function md5OfEtag(stored: { readonly etag: string; readonly serverSideEncryption?: string }): string | undefined {
  if (!/^[0-9a-f]{32}$/i.test(stored.etag)) return undefined;
  if (stored.serverSideEncryption !== undefined && stored.serverSideEncryption !== 'AES256') return undefined;
  return Buffer.from(stored.etag, 'hex').toString('base64');
}
