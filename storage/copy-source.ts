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

/** What such a value names. */
export function sourceOf(source: string): { bucket: string; key: string; versionId: string | undefined } {
  const [path = '', versionId] = source.slice(source.indexOf('/') + 1).split('?versionId=');
  return {
    bucket: sourceBucket(source),
    key: decodeURIComponent(path),
    versionId: versionId === undefined ? undefined : decodeURIComponent(versionId),
  };
}
