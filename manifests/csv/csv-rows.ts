import { DroverError } from '../../contracts/engine/failures';
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { EmptyVersionId, KeyEncoding, ManifestField } from '../../contracts/job';
import { CLIMBING, climbs } from '../../contracts/object-key';
import { decodeManifestKey } from './key-encoding';
import { type ManifestColumns, manifestColumns } from './manifest-fields';
import { splitRows } from './split-rows';

/** `refused` is set when the row can't be carried out; the task then holds what is known of it, for its report row. */
export interface ManifestRow {
  readonly task: Task;
  readonly refused?: RefusedOutcome;
}

export type RefusedOutcome = Extract<TaskOutcome, { status: 'failed' }>;

/** What the request says of a manifest's text; absent members are AWS's ways. */
export interface RowMeaning {
  readonly keyEncoding?: KeyEncoding;
  readonly emptyVersionId?: EmptyVersionId;
}

/**
 * The rows of one batch. `bytes` are whole rows, as the manifest index bounds them; `firstRow` is the number of the first.
 * Throws `InvalidManifestContent` when the bytes are not rows with these fields, which a scanned manifest's never are.
 */
export function parseBatch(
  bytes: Uint8Array,
  fields: readonly ManifestField[],
  firstRow: number,
  meaning: RowMeaning = {},
): ManifestRow[] {
  const columns = manifestColumns(fields);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const rows: ManifestRow[] = [];
  try {
    splitRows(text, (record, index) => {
      if (record.length !== columns.count) failColumns(firstRow + index, record.length, columns.count);
      rows.push(toRow(record, columns, firstRow + index, meaning));
    });
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const message = `The manifest can't be parsed from row ${firstRow + rows.length + 1} on: ${cause.message}`;
    throw new DroverError('InvalidManifestContent', message, { cause });
  }
  return rows;
}

function failColumns(row: number, found: number, expected: number): never {
  const message = `Row ${row + 1} of the manifest has ${found} columns, expected ${expected}`;
  throw new DroverError('InvalidManifestContent', message);
}

function toRow(record: readonly string[], columns: ManifestColumns, row: number, meaning: RowMeaning): ManifestRow {
  const bucket = record[columns.bucket]!;
  const manifestKey = record[columns.key]!;
  const versionId = columns.versionId < 0 ? undefined : record[columns.versionId]!;
  const decoded = meaning.keyEncoding === 'Raw' ? { key: manifestKey } : decodeManifestKey(manifestKey);
  const key = 'key' in decoded ? decoded.key : manifestKey;
  // An object literal of one shape for nearly all rows.
  const task: Task = versionId ? { bucket, key, versionId, manifestKey, row } : { bucket, key, manifestKey, row };
  if (bucket === '') return { task, refused: refusal('missing Bucket') };
  if (key === '') return { task, refused: refusal('missing Key') };
  if ('problem' in decoded) return { task, refused: refusal(`invalid Key: ${decoded.problem}`) };
  // AWS's words for an empty version id, as its reports have them. The text `null` names the null version and passes.
  if (versionId === '' && meaning.emptyVersionId !== 'Newest') return { task, refused: refusal('missing VersionId') };
  if (climbs(key)) return { task, refused: CLIMBING };
  return { task };
}

function refusal(reason: string): RefusedOutcome {
  return { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest', message: `Task failed due to ${reason}` };
}
