import { createHash } from 'node:crypto';
import { Crc32, Crc32c, Crc64Nvme } from '@aws-sdk/checksums/crc';
import { Xxh3_64, Xxh3_128, Xxh64 } from '@aws-sdk/checksums/xxh';

/** The algorithms of S3's `ChecksumAlgorithm` ("Checking object integrity", S3 user guide). */
export const CHECKSUM_ALGORITHMS = [
  'CRC32',
  'CRC32C',
  'CRC64NVME',
  'SHA1',
  'SHA256',
  'SHA512',
  'MD5',
  'XXHASH64',
  'XXHASH3',
  'XXHASH128',
] as const;

export type ChecksumAlgorithm = (typeof CHECKSUM_ALGORITHMS)[number];

/** A checksum of bytes that come piece by piece. */
export interface RunningChecksum {
  update(bytes: Uint8Array): void;
  /** Base64, as S3's headers have it. To be called once. */
  digest(): Promise<string>;
}

interface AsyncDigest {
  update(bytes: Uint8Array): void;
  digest(): Promise<Uint8Array>;
}

const AWS_CHECKSUMS = {
  CRC32: Crc32,
  CRC32C: Crc32c,
  CRC64NVME: Crc64Nvme,
  XXHASH64: Xxh64,
  XXHASH3: Xxh3_64,
  XXHASH128: Xxh3_128,
} as const satisfies Partial<Record<ChecksumAlgorithm, new () => AsyncDigest>>;

export function runningChecksum(algorithm: ChecksumAlgorithm): RunningChecksum {
  switch (algorithm) {
    case 'MD5':
    case 'SHA1':
    case 'SHA256':
    case 'SHA512': {
      const hash = createHash(algorithm);
      return {
        update: (bytes) => void hash.update(bytes),
        digest: () => Promise.resolve(hash.digest('base64')),
      };
    }
    default: {
      const checksum: AsyncDigest = new AWS_CHECKSUMS[algorithm]();
      return {
        update: (bytes) => {
          checksum.update(bytes);
        },
        digest: async () => Buffer.from(await checksum.digest()).toString('base64'),
      };
    }
  }
}

/** The member of PutObject, UploadPart and CompleteMultipartUpload that carries the value. */
export function checksumMember<A extends ChecksumAlgorithm>(algorithm: A): `Checksum${A}` {
  return `Checksum${algorithm}`;
}

/**
 * True for the algorithms whose checksum of a whole object S3 keeps when it came in parts; of the others it keeps a checksum
 * of the parts' checksums ("Checking object integrity", S3 user guide, "Full object and composite checksum types").
 */
export function isFullObjectInParts(algorithm: ChecksumAlgorithm): boolean {
  return algorithm.startsWith('CRC');
}
