import { isSkippedMessage } from '../../contracts/engine/outcome';
import type { REPORT_ROWS } from '../../contracts/source';
import { csvCell } from '../../contracts/text/csv-cell';
import type { ApiClient } from '../api-client';

export type RowChoice = (typeof REPORT_ROWS)[number];

/** The columns of a report, in AWS's order. */
export const REPORT_COLUMNS = [
  'Bucket',
  'Key',
  'VersionId',
  'TaskStatus',
  'HTTPStatusCode',
  'ErrorCode',
  'ResultMessage',
] as const;

/** A key has 1,024 bytes, each three characters when URL-encoded; a message is a store's or a function's. */
const ROW_CHARS_MAX = 1024 * 1024;

/** CSV of the rows as they arrive. Rejects with `ApiError` and `UnreachableError`, also in the midst of rows. */
export async function* reportCsv(
  api: ApiClient,
  jobId: string,
  rows: RowChoice,
  merged: boolean,
): AsyncGenerator<Uint8Array> {
  if (rows === 'skipped') {
    for await (const row of reportRows(api, jobId, rows, merged)) yield Buffer.from(csvLine(row));
  } else if (merged) yield* await api.mergedReport(jobId, rows === 'all' ? undefined : rows);
  else {
    for (const one of rows === 'all' ? (['failed', 'succeeded'] as const) : [rows]) {
      yield* await api.reportRows(jobId, one);
    }
  }
}

/** The same, each row as its cells. */
export async function* reportRows(
  api: ApiClient,
  jobId: string,
  rows: RowChoice,
  merged: boolean,
): AsyncGenerator<readonly string[]> {
  const read = rows === 'skipped' ? 'succeeded' : rows;
  for await (const row of csvRows(reportCsv(api, jobId, read, merged))) {
    // Skipped tasks have succeeded; their message says so.
    if (rows !== 'skipped' || isSkippedMessage(row[REPORT_COLUMNS.indexOf('ResultMessage')] ?? '')) yield row;
  }
}

/** Rows of a CSV with quotes as RFC 4180 has them. */
export async function* csvRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<readonly string[]> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const { rows, begun } = splitRows(rest + decoder.decode(bytes, { stream: true }));
    yield* rows.map(cellsOf);
    rest = begun;
    if (rest.length > ROW_CHARS_MAX) throw new Error('The report has a row without an end');
  }
  rest += decoder.decode();
  if (rest !== '') yield cellsOf(rest);
}

/** A line end within quotes ends no row. */
function splitRows(text: string): { readonly rows: readonly string[]; readonly begun: string } {
  const rows: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '"') isQuoted = !isQuoted;
    else if (text[at] === '\n' && !isQuoted) {
      rows.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return { rows, begun: text.slice(start) };
}

function cellsOf(line: string): string[] {
  const row = line.endsWith('\r') ? line.slice(0, -1) : line;
  const cells: string[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at <= row.length; at += 1) {
    if (row[at] === '"') isQuoted = !isQuoted;
    else if (at === row.length || (row[at] === ',' && !isQuoted)) {
      cells.push(plain(row.slice(start, at)));
      start = at + 1;
    }
  }
  return cells;
}

function plain(cell: string): string {
  return cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell;
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\n`;
}
