import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { DroverError } from '../../contracts/engine/failures';
import type { Json } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { scannedPieces } from './csv-scan';
import { type RowForm, RowScanner } from './row-scanner';
import { type CsvSegment, SegmentCutter } from './segment-cutter';
import { splitRows } from './split-rows';

/** A place in the text. Cursors of former releases have more members. */
const cursorSchema = z.object({
  bytes: z.int().nonnegative(),
  lines: z.int().nonnegative(),
});

export interface CsvPagesOptions {
  readonly form: RowForm & { readonly file: string };
  /** The cursor of the last page that was done with. */
  readonly cursor?: Json | undefined;
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

/**
 * The rows of a CSV, `LIMITS.source.pageRows` at a time, each as `convert` makes it of its fields. In memory are some megabytes,
 * however large the file is. Rejects as `scanCsv`, with what `text` rejects with, and with what `convert` throws.
 */
export async function* csvPages<Row>(
  text: AsyncIterable<Uint8Array>,
  { form, cursor, wanted }: CsvPagesOptions,
  convert: (fields: readonly string[], fail: FailRow) => Row | undefined,
): AsyncGenerator<CsvPage<Row>, void, undefined> {
  const after = cursor === undefined ? undefined : cursorSchema.parse(cursor);
  const scanner = new RowScanner(
    { ...form, ...(after === undefined ? {} : { after, mayBeEmpty: true }) },
    LIMITS.source.pageRows,
  );
  const cutter = new SegmentCutter(scanner, 1);
  const toPage = (segment: CsvSegment): CsvPage<Row> => {
    const linesBefore = (after?.lines ?? 0) + (scanner.headerSkipped ? 1 : 0) + segment.firstRow;
    const rows = convertRows(segment, linesBefore, form.file, convert, wanted);
    const position = { bytes: segment.end, lines: linesBefore + segment.rows };
    return { rows, leftOut: segment.rows - rows.length, cursor: position };
  };
  const rest = after === undefined ? text : skipBytes(text, after.bytes);
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
