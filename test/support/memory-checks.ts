/** Checksums that come with a body, as S3 checks them. */
import { createHash } from 'node:crypto';
import { CHECKSUM_ALGORITHMS, runningChecksum, type ChecksumAlgorithm } from '../../storage/checksums';
import type { StoredBytes } from '../../storage/object-store';
import { refusal } from './memory-bucket';

export async function checkBody(input: object, body: Buffer): Promise<void> {
  const { ContentMD5 } = input as { ContentMD5?: string };
  if (ContentMD5 !== undefined && createHash('md5').update(body).digest('base64') !== ContentMD5) {
    throw refusal('BadDigest', 400, 'The Content-MD5 you specified did not match what we received.');
  }
  for (const algorithm of CHECKSUM_ALGORITHMS) {
    const value = checksumOf(input, algorithm);
    if (value === undefined || value === (await sumOf(body, algorithm))) continue;
    throw refusal('BadDigest', 400, `The ${algorithm} you specified did not match what we received.`);
  }
}

export function checksumOf(input: object, algorithm: ChecksumAlgorithm): string | undefined {
  return (input as Partial<Record<string, string>>)[`Checksum${algorithm}`];
}

export function sumOf(body: Buffer, algorithm: ChecksumAlgorithm): Promise<string> {
  const running = runningChecksum(algorithm);
  running.update(body);
  return running.digest();
}

/** Under KMS the ETag is no MD5, and S3 says so. */
export function storedBytes(etag: string, encryption: string | undefined): StoredBytes {
  if (encryption === undefined) return { httpStatus: 200, etag };
  const shown = encryption === 'AES256' ? etag : createHash('md5').update(`sealed ${etag}`).digest('hex');
  return { httpStatus: 200, etag: shown, serverSideEncryption: encryption };
}
