import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { StoreError } from '../store-error';

/**
 * The checksum that the SDK sends with a body by default; PutObjectTagging and RestoreObject are refused by S3 without one
 * ("Checking object integrity", S3 user guide).
 */
export function addBodyChecksum(headers: Record<string, string>, body: Uint8Array, kind: true | 'MD5' = true): void {
  if (kind === 'MD5') {
    headers['content-md5'] ??= hash('MD5', body, 'base64');
    return;
  }
  for (const name in headers) if (name.startsWith('x-amz-checksum-')) return;
  const algorithm = (headers['x-amz-sdk-checksum-algorithm'] ??= 'CRC32');
  switch (algorithm) {
    case 'CRC32': {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(crc32(body));
      headers['x-amz-checksum-crc32'] = bytes.toString('base64');
      return;
    }
    case 'SHA1':
    case 'SHA256':
      headers[`x-amz-checksum-${algorithm.toLowerCase()}`] = hash(algorithm, body, 'base64');
      return;
    case 'MD5':
      headers['content-md5'] = hash(algorithm, body, 'base64');
      return;
    default:
      throw new StoreError(
        'NotImplemented',
        501,
        `Checksum algorithm ${algorithm} of a request body is not supported: use CRC32, SHA1, SHA256 or MD5`,
      );
  }
}
