import type { EmptyVersionId, Json, KeyEncoding, ManifestField } from '../../contracts/job';
import type { SourcePage } from '../sources/page';
import type { SourceRow } from '../sources/row';
import { csvPages, type CsvPagesOptions, type FailRow } from './csv-pages';
import { decodeManifestKey } from './key-encoding';
import { type ManifestColumns, manifestColumns } from './manifest-fields';

export interface CsvRowsOptions {
  /** As `manifestFieldsProblem` let them pass. */
  readonly fields: readonly ManifestField[];
  readonly keyEncoding: KeyEncoding;
  readonly emptyVersionId: EmptyVersionId;
  /** The cursor of the last page that was done with. */
  readonly cursor?: Json | undefined;
  /** The file in messages, as `s3://bucket/key`. */
  readonly file: string;
  /** True: a file without rows is one of several, and no fault. */
  readonly mayBeEmpty?: boolean;
}

/**
 * The objects that a CSV manifest names, for lists that go through filters. Beside what `scanCsv` refuses, a row
 * without bucket, key or (unless `emptyVersionId` is `Newest`) version id is refused, and a key that can't be decoded: no filter
 * could tell whether such a row passes. All are `InvalidManifestContent` and name file, row and cause.
 */
export function readCsvRows(
  text: AsyncIterable<Uint8Array>,
  options: CsvRowsOptions,
): AsyncGenerator<SourcePage, void, undefined> {
  const { fields, keyEncoding, file, cursor, mayBeEmpty = false } = options;
  const columns = manifestColumns(fields);
  const pages: CsvPagesOptions = { form: { fields, keyEncoding, file, mayBeEmpty }, cursor };
  return csvPages(text, pages, (record, fail) => toSourceRow(record, columns, options, fail));
}

function toSourceRow(
  record: readonly string[],
  columns: ManifestColumns,
  { keyEncoding, emptyVersionId }: CsvRowsOptions,
  fail: FailRow,
): SourceRow {
  const bucket = record[columns.bucket]!;
  if (bucket === '') fail('has no bucket');
  const key = keyOf(record[columns.key]!, keyEncoding, fail);
  const versionId = columns.versionId < 0 ? '' : record[columns.versionId]!;
  if (versionId !== '') return { bucket, key, versionId };
  if (columns.versionId >= 0 && emptyVersionId === 'Refuse') {
    fail('has no version id: if the newest version is meant, set EmptyVersionId: Newest');
  }
  return { bucket, key };
}

/** The key as the object has it. */
export function keyOf(text: string, keyEncoding: KeyEncoding, fail: FailRow): string {
  if (text === '') fail('has no key');
  if (keyEncoding === 'Raw') return text;
  const decoded = decodeManifestKey(text);
  return 'key' in decoded ? decoded.key : fail(`has a key that can't be decoded: ${decoded.problem} (${text})`);
}
