import { defined } from '../../contracts/defined';
import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import { decodeManifestKey } from '../../manifests';
import { type ReportFields, reportFields } from './workspace/report-rows';

/** Opens one file of a report. */
export type OpenFile = () => Promise<AsyncIterable<Uint8Array>>;

/** A row of a report, as people read it. */
export interface ReportRow {
  readonly bucket: string;
  /** Decoded. */
  readonly key: string;
  readonly versionId?: string;
  readonly httpStatus?: string;
  readonly code?: string;
  readonly message?: string;
}

export interface RowSearch {
  /** In key, code or message, in any case. */
  readonly search?: string;
  readonly code?: string;
  readonly rowsMax: number;
  readonly nextToken?: string;
}

export interface FoundRows {
  readonly rows: readonly ReportRow[];
  /** Present when there may be more: also where nothing was found in what one call looks through. */
  readonly nextToken?: string;
}

export interface FailureGroup {
  readonly code: string;
  readonly httpStatus: string;
  readonly rows: number;
  readonly samples: readonly ReportRow[];
}

export interface FailureGroups {
  /** The most frequent first. */
  readonly groups: readonly FailureGroup[];
  readonly rows: number;
  /** False: the report has more rows than were read. */
  readonly isComplete: boolean;
}

const SAMPLES_MAX = 5;
/** A store with codes of its own does not make the answer long without end. */
const GROUPS_MAX = 100;

/** Where a page begins: rows of a file that are passed over. Files are cut at a size, so that no page reads much in vain. */
interface Place {
  readonly file: number;
  readonly row: number;
}

/** The next rows that match. Throws InvalidNextTokenException. */
export async function searchRows(
  files: readonly OpenFile[],
  { search, code, rowsMax, nextToken }: RowSearch,
  keysAreRaw: boolean,
): Promise<FoundRows> {
  const found: ReportRow[] = [];
  const wanted = search?.toLowerCase();
  let looked = 0;
  for await (const { fields, place } of rowsFrom(files, placeOf(nextToken))) {
    if (found.length === rowsMax || looked === LIMITS.report.searchedRowsMax) {
      return { rows: found, nextToken: `${place.file}.${place.row}` };
    }
    looked += 1;
    const row = rowOf(fields, keysAreRaw);
    if ((code === undefined || row.code === code) && (wanted === undefined || textOf(row).includes(wanted))) {
      found.push(row);
    }
  }
  return { rows: found };
}

/** Failed rows by their code and status, each with some rows. */
export async function groupFailures(files: readonly OpenFile[], keysAreRaw: boolean): Promise<FailureGroups> {
  const groups = new Map<string, { count: number; first: ReportRow; samples: ReportRow[] }>();
  let rows = 0;
  for await (const { fields } of rowsFrom(files, { file: 0, row: 0 })) {
    if (rows === LIMITS.report.groupedRowsMax) return { groups: sorted(groups), rows, isComplete: false };
    rows += 1;
    const row = rowOf(fields, keysAreRaw);
    const name = groupName(groups, `${row.httpStatus ?? ''} ${row.code ?? ''}`);
    const group = groups.get(name) ?? { count: 0, first: name === OTHERS ? OTHER_ROW : row, samples: [] };
    group.count += 1;
    if (group.samples.length < SAMPLES_MAX) group.samples.push(row);
    groups.set(name, group);
  }
  return { groups: sorted(groups), rows, isComplete: true };
}

const OTHERS = 'others';
const OTHER_ROW: ReportRow = { bucket: '', key: '', code: 'other codes' };

function groupName(groups: ReadonlyMap<string, unknown>, name: string): string {
  return groups.has(name) || groups.size < GROUPS_MAX ? name : OTHERS;
}

function sorted(groups: ReadonlyMap<string, { count: number; first: ReportRow; samples: ReportRow[] }>) {
  return [...groups.values()]
    .map(({ count, first: { code = '', httpStatus = '' }, samples }) => ({ code, httpStatus, rows: count, samples }))
    .sort((a, b) => b.rows - a.rows);
}

async function* rowsFrom(
  files: readonly OpenFile[],
  from: Place,
): AsyncGenerator<{ readonly fields: ReportFields; readonly place: Place }> {
  for (const [file, open] of files.entries()) {
    if (file < from.file) continue;
    let row = 0;
    for await (const batch of reportFields(await open())) {
      for (const fields of batch) {
        if (file > from.file || row >= from.row) yield { fields, place: { file, row } };
        row += 1;
      }
    }
  }
}

function placeOf(token: string | undefined): Place {
  if (token === undefined) return { file: 0, row: 0 };
  const [, file, row] = /^(\d{1,6})\.(\d{1,9})$/.exec(token) ?? [];
  if (file === undefined || row === undefined) {
    throw new DroverError('InvalidNextTokenException', 'nextToken is not one of this service');
  }
  return { file: Number(file), row: Number(row) };
}

function rowOf(fields: ReportFields, keysAreRaw: boolean): ReportRow {
  const [bucket = '', listed = '', versionId, , httpStatus, code, message] = fields;
  const decoded = keysAreRaw ? { key: listed } : decodeManifestKey(listed);
  const key = 'key' in decoded ? decoded.key : listed;
  return {
    bucket,
    key,
    ...defined({ versionId: some(versionId), httpStatus: some(httpStatus), code: some(code), message: some(message) }),
  };
}

function some(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function textOf({ key, code = '', message = '' }: ReportRow): string {
  return `${key}\n${code}\n${message}`.toLowerCase();
}
