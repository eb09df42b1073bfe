import { encodeKey } from '../../storage/http/uri';
import type { SourceRow } from '../sources/row';
import type { ManifestForm } from './segment-table';

/** The form of rows that are written here: an empty VersionId names the newest version. */
export const CANONICAL_FORM: ManifestForm = { fields: ['Bucket', 'Key', 'VersionId'], emptyVersionId: 'Newest' };

/** Keys and versions of which every character may stand in a manifest as it is. */
const PLAIN = /^[A-Za-z0-9_.\-/]*$/;

/** One line with its line end. Bucket names are those of answers or of manifests: a store may have any. */
export function canonicalRow({ bucket, key, spelledKey, versionId = '' }: SourceRow): string {
  const manifestKey = spelledKey === undefined ? encodeKey(key) : quoted(spelledKey);
  return `${PLAIN.test(bucket) ? bucket : quoted(bucket)},${manifestKey},${PLAIN.test(versionId) ? versionId : quoted(versionId)}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}
