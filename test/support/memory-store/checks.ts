/** Checksums that come with a body, as S3 checks them, and what it tells of what it has taken. */
import { createHash } from 'node:crypto';
import { defined } from '../../../contracts/defined';
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  checksumMember,
  runningChecksum,
} from '../../../storage/checksums';
import type { ChecksumMembers, StoredBytes } from '../../../storage/object-store';
import { refusal } from './refusals';

export async function checkBody(input: object, body: Buffer): Promise<void> {
  const { ContentMD5 } = input as { ContentMD5?: string };
  if (ContentMD5 !== undefined && createHash('md5').update(body).digest('base64') !== ContentMD5) {
    throw refusal('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = checksumOf(input, algorithm);
    if (value === undefined || value === (await sumOf(body, algorithm))) continue;
    throw badDigest(algorithm);
  }
}

export function badDigest(algorithm: ChecksumAlgorithm): Error {
  return refusal('BadDigest', 400, `The ${algorithm} you specified did not match what we received.`);
}

export function checksumOf(input: object, algorithm: ChecksumAlgorithm): string | undefined {
  return (input as Partial<Record<string, string>>)[checksumMember(algorithm)];
}

/** The algorithm whose checksum is among the members. */
export function algorithmOf(members: object): ChecksumAlgorithm | undefined {
  return CHECKSUM_ALGORITHMS.find((algorithm) => checksumOf(members, algorithm) !== undefined);
}

export function checksumMembers(algorithm: ChecksumAlgorithm, value: string): ChecksumMembers {
  return { [checksumMember(algorithm)]: value };
}

export function sumOf(body: Buffer, algorithm: ChecksumAlgorithm): Promise<string> {
  const running = runningChecksum(algorithm);
  running.update(body);
  return running.digest();
}

/** Under KMS the ETag is no MD5. */
export function shownEtag(md5: string, encryption: string | undefined): string {
  if (encryption === undefined || encryption === 'AES256') return md5;
  return createHash('md5').update(`sealed ${md5}`).digest('hex');
}

export function storedBytes(
  etag: string,
  encryption: string | undefined,
  more: Pick<StoredBytes, 'versionId' | 'checksums'> = {},
): StoredBytes {
  return {
    httpStatus: 200,
    etag,
    ...defined({ serverSideEncryption: encryption }),
    ...(more.versionId !== undefined && more.versionId !== 'null' && { versionId: more.versionId }),
    ...(more.checksums && Object.keys(more.checksums).length > 0 && { checksums: more.checksums }),
  };
}
