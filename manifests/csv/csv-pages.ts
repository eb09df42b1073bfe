import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { DroverError } from '../../contracts/engine/failures';
import type { Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { scannedPieces } from './csv-scan';
import { inflated, sniffGzip } from './gunzipped';
import { type RowForm, RowScanner } from './row-scanner';
import { type CsvSegment, SegmentCutter } from './segment-cutter';
import { splitRows } from './split-rows';

/** A place in the text, inflated. Only within a file that is not compressed can a reader begin elsewhere than at its beginning. */
const cursorSchema = z.strictObject({
  bytes: z.int().nonnegative(),
  lines: z.int().nonnegative(),
  gzip: z.boolean(),
});

export interface CsvPagesOptions {
  readonly form: RowForm & { readonly file: string };
  /** The cursor of the last page that was done with. */
  readonly cursor?: Json | undefined;
  /** The first byte of the file that `body` has: at most `csvResumeStart(cursor)`. Absent: 0. */
  readonly bodyStart?: number;
  /** By column; those that are not wanted come empty. Absent: all are. */
  readonly wanted?: readonly boolean[];
}

export interface CsvPage<Row> {
  readonly rows: readonly Row[];
  /** Rows that `convert` made nothing of. */
  readonly leftOut: number;
  readonly cursor: Json;
}

/** Throws what is wrong with a row: it names file and row. */
export type FailRow = (problem: string) => never;

/** Where in the file, from its beginning, a body that goes on after `cursor` may begin: 0 for a compressed one. */
export function csvResumeStart(cursor: Json | undefined): number {
  if (cursor === undefined) return 0;
  const { bytes, gzip } = cursorSchema.parse(cursor);
  return gzip ? 0 : bytes;
}

/**
 * The rows of a CSV, plain or gzip, `LIMITS.source.pageRows` at a time, each as `convert` makes it of its fields. In memory are
 * some megabytes, however large the file is. Rejects as `scanCsv` and `gunzipped`, and with what `convert` throws.
 */
export async function* csvPages<Row>(
  body: AsyncIterable<Uint8Array>,
  { form, cursor, bodyStart = 0, wanted }: CsvPagesOptions,
  convert: (fields: readonly string[], fail: FailRow) => Row | undefined,
): AsyncGenerator<CsvPage<Row>, void, undefined> {
  const after = cursor === undefined ? undefined : cursorSchema.parse(cursor);
  const sniffed = await sniffGzip(body);
  const text = sniffed.isGzip ? inflated(sniffed.body, form.file) : sniffed.body;
  const scanner = new RowScanner(
    { ...form, ...(after === undefined ? {} : { after, mayBeEmpty: true }) },
    LIMITS.source.pageRows,
  );
  const cutter = new SegmentCutter(scanner, 1);
  const toPage = (segment: CsvSegment): CsvPage<Row> => {
    const linesBefore = (after?.lines ?? 0) + (scanner.headerSkipped ? 1 : 0) + segment.firstRow;
    const rows = convertRows(segment, linesBefore, form.file, convert, wanted);
    const position = { bytes: segment.end, lines: linesBefore + segment.rows, gzip: sniffed.isGzip };
    return { rows, leftOut: segment.rows - rows.length, cursor: position };
  };
  const rest = after === undefined ? text : skipBytes(text, after.bytes - (sniffed.isGzip ? 0 : bodyStart));
  for await (const piece of scannedPieces(rest, scanner)) {
    for (const segment of cutter.add(piece)) yield toPage(segment);
    // Heartbeats and cancellation need the event loop although a fast store always has more data ready.
    await setImmediate();
  }
  const last = cutter.finish();
  if (last !== undefined) yield toPage(last);
}

function convertRows<Row>(
  segment: CsvSegment,
  linesBefore: number,
  file: string,
  convert: (fields: readonly string[], fail: FailRow) => Row | undefined,
  wanted: readonly boolean[] | undefined,
): Row[] {
  const rows: Row[] = [];
  let line = linesBefore;
  const fail: FailRow = (problem) => {
    throw new DroverError('InvalidManifestContent', `Row ${line} of ${file} ${problem}`);
  };
  const take = (fields: readonly string[]): void => {
    line++;
    const row = convert(fields, fail);
    if (row !== undefined) rows.push(row);
  };
  splitRows(segment.bytes.toString('utf8'), take, wanted);
  return rows;
}

async function* skipBytes(body: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  let left = bytes;
  for await (const chunk of body) {
    if (left < chunk.length) yield left > 0 ? chunk.subarray(left) : chunk;
    left = Math.max(0, left - chunk.length);
  }
}
