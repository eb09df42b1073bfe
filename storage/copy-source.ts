import { encodeKey, encodeUri } from './http/uri';

/**
 * Value of CopyObject's `CopySource`: `bucket/key`, URL-encoded with slashes kept, and `?versionId=` (API_CopyObject).
 * Takes bucket, key and version as they are, not encoded.
 */
export function copySource(bucket: string, key: string, versionId?: string): string {
  const source = `${encodeUri(bucket)}/${encodeKey(key)}`;
  return versionId === undefined ? source : `${source}?versionId=${encodeUri(versionId)}`;
}

/** The bucket that such a value names. */
export function sourceBucket(source: string): string {
  return decodeURIComponent(source.slice(0, source.indexOf('/')));
}
