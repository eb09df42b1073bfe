import { parse } from 'csv-parse/sync';
import { DroverError } from '../contracts/failures';
import type { ManifestField } from '../contracts/job';
import { CLIMBING, climbs } from '../contracts/object-key';
import type { Task, TaskOutcome } from '../contracts/outcome';
import { decodeManifestKey } from './key-encoding';
import { manifestColumns, type ManifestColumns } from './manifest-fields';

const QUOTE = 0x22;

/** `refused` is set when the row can't be carried out; the task then holds what is known of it, for its report row. */
export interface ManifestRow {
  readonly task: Task;
  readonly refused?: RefusedOutcome;
}

export type RefusedOutcome = Extract<TaskOutcome, { status: 'failed' }>;

/**
 * The rows of one batch. `bytes` are whole rows, as the manifest index bounds them; `firstRow` is the number of the first.
 * Throws `InvalidManifestContent` when the bytes are not rows with these fields, which a scanned manifest's never are.
 */
export function parseBatch(bytes: Uint8Array, fields: readonly ManifestField[], firstRow: number): ManifestRow[] {
  const columns = manifestColumns(fields);
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  const records = bytes.includes(QUOTE) ? parseQuoted(text, firstRow) : splitUnquoted(text);
  return records.map((record, index) => {
    if (record.length === columns.count) return toRow(record, columns, firstRow + index);
    throw new DroverError(
      'InvalidManifestContent',
      `Row ${firstRow + index + 1} of the manifest has ${record.length} columns, expected ${columns.count}`,
    );
  });
}

function parseQuoted(text: string, firstRow: number): string[][] {
  try {
    return parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true });
  } catch (cause) {
    const message = `The manifest can't be parsed from row ${firstRow + 1} on: ${(cause as Error).message}`;
    throw new DroverError('InvalidManifestContent', message, { cause });
  }
}

/** Without quotes a CSV is what lies between commas and line ends: several times faster than the general parser. */
function splitUnquoted(text: string): string[][] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line).split(','));
}

function toRow(record: readonly string[], columns: ManifestColumns, row: number): ManifestRow {
  const bucket = record[columns.bucket]!;
  const manifestKey = record[columns.key]!;
  const versionId = columns.versionId < 0 ? undefined : record[columns.versionId]!;
  const decoded = decodeManifestKey(manifestKey);
  const key = 'key' in decoded ? decoded.key : manifestKey;
  // An object literal of one shape for nearly all rows.
  const task: Task = versionId ? { bucket, key, versionId, manifestKey, row } : { bucket, key, manifestKey, row };
  if (bucket === '') return { task, refused: refusal('missing Bucket') };
  if (key === '') return { task, refused: refusal('missing Key') };
  if ('problem' in decoded) return { task, refused: refusal(`invalid Key: ${decoded.problem}`) };
  // AWS's words for an empty version id, as its reports have them. The text `null` names the null version and passes.
  if (versionId === '') return { task, refused: refusal('missing VersionId') };
  if (climbs(key)) return { task, refused: CLIMBING };
  return { task };
}

function refusal(reason: string): RefusedOutcome {
  return { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest', message: `Task failed due to ${reason}` };
}
