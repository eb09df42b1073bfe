import { csvCell } from '../../../contracts/text/csv-cell';
import { decodeManifestKey, splitRows } from '../../../manifests';

/** A row of a completion report, by its columns. */
export type ReportFields = readonly string[];

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/** The rows of a report, as they come; a row may have line feeds in quotation marks. Throws `RangeError` for what are no rows. */
export async function* reportFields(body: AsyncIterable<Uint8Array>): AsyncGenerator<ReportFields[]> {
  for await (const text of wholeRows(body)) {
    const rows: ReportFields[] = [];
    splitRows(text, (fields) => void rows.push(fields));
    yield rows;
  }
}

async function* wholeRows(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  let held: Uint8Array[] = [];
  let isQuoted = false;
  for await (const bytes of body) {
    let end = 0;
    for (let at = 0; at < bytes.length; at++) {
      const byte = bytes[at];
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === LINE_FEED && !isQuoted) end = at + 1;
    }
    if (end > 0) {
      yield Buffer.concat([...held, bytes.subarray(0, end)]).toString('utf8');
      held = [];
    }
    if (end < bytes.length) held.push(bytes.subarray(end));
  }
  if (held.length > 0) yield Buffer.concat(held).toString('utf8');
}

/** As `formatRow` of reports writes it. */
export function reportLine(fields: ReportFields): string {
  return `${fields.map(csvCell).join(',')}\n`;
}

/** The object that a row is of: rows of the same object have the same, however their keys are spelled. */
export function objectOf([bucket = '', manifestKey = '', versionId = '']: ReportFields, keysAreRaw: boolean): string {
  const decoded = keysAreRaw ? { key: manifestKey } : decodeManifestKey(manifestKey);
  return JSON.stringify([bucket, 'key' in decoded ? decoded.key : manifestKey, versionId]);
}

export function hasSucceeded([, , , status]: ReportFields): boolean {
  return status === 'succeeded';
}
