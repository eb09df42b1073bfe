import type { SourceRow } from '../sources/row';
import type { ManifestForm } from './segment-table';

/** The form of rows that are written here: an empty VersionId names the newest version. */
export const CANONICAL_FORM: ManifestForm = { fields: ['Bucket', 'Key', 'VersionId'], emptyVersionId: 'Newest' };

/** Keys and versions of which every character may stand in a manifest as it is. */
const PLAIN = /^[A-Za-z0-9_.\-/]*$/;
const MAY_HAVE_SLASHES = /%2F/g;
/** encodeURIComponent leaves these, and a quote or a comma must not be among them. */
const UNENCODED_BY_SDK = /[!'()*]/g;

/** One line with its line end. Bucket names are those of answers or of manifests: a store may have any. */
export function canonicalRow({ bucket, key, spelledKey, versionId = '' }: SourceRow): string {
  const manifestKey = spelledKey === undefined ? encodedKey(key) : quoted(spelledKey);
  return `${PLAIN.test(bucket) ? bucket : quoted(bucket)},${manifestKey},${PLAIN.test(versionId) ? versionId : quoted(versionId)}\n`;
}

/** A key as manifests have it: URL-encoded, slashes as they are. */
export function encodedKey(key: string): string {
  if (PLAIN.test(key)) return key;
  return encodeURIComponent(key)
    .replace(MAY_HAVE_SLASHES, '/')
    .replace(UNENCODED_BY_SDK, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
