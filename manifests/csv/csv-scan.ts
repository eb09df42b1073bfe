import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import type { BucketRows } from '../segments/bucket-counts';
import { type RowForm, RowScanner } from './row-scanner';
import { type OnSegment, SegmentCutter } from './segment-cutter';
import { Utf8Check } from './utf8-check';

export interface ScanProgress {
  readonly bytes: number;
  readonly rows: number;
}

export interface ScanOptions extends RowForm {
  readonly batchRows: number;
  /** Called some times a second; what it throws ends the scan. */
  readonly onProgress?: (progress: ScanProgress) => void;
  /** Also hands over the rows' bytes; absent: they are only scanned. */
  readonly segments?: { readonly bytesAim: number; readonly onSegment: OnSegment };
}

export interface ManifestSummary {
  /** Tasks: the header row and blank lines at the end are not counted. */
  readonly rows: number;
  readonly bytes: number;
  readonly headerSkipped: boolean;
  /** Where the first row of each batch begins, then where the last row ends. Empty when there are no rows and that is allowed. */
  readonly offsets: Float64Array;
  /** Rows by bucket, of the first buckets; empty unless `countBuckets`. */
  readonly buckets: readonly BucketRows[];
}

/** Scanned in one go: some milliseconds, in which no timer runs. */
const PIECE_BYTES = 1024 * 1024;
/** The event loop is let go this often: heartbeats and cancellation need it although a fast store always has more data ready. */
const TURN_MS = 20;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a CSV manifest once from beginning to end, checks its form, and finds where its batches begin. Memory: one buffer,
 * 8 bytes per batch, and one segment if these are wanted.
 *
 * Beyond AWS's format (user guide, "Specifying a manifest"), which tolerates none of these, it passes over a UTF-8 byte
 * order mark, blank lines at the end, and a header row (`header-row.ts`). So an object named `key` in a bucket named `bucket`
 * must not stand in the first row.
 *
 * Keys with a space or a malformed escape are refused: AWS decodes such a list as if it were encoded, and does the operation on
 * other objects than those that it names. With `keyEncoding: Raw` they are keys like others.
 *
 * Throws `DroverError('InvalidManifestContent')` that names the row (from 1, header included) and what is wrong with it.
 */
export async function scanCsv(body: AsyncIterable<Uint8Array>, options: ScanOptions): Promise<ManifestSummary> {
  const scanner = new RowScanner(options, options.batchRows);
  const cutter = options.segments && new SegmentCutter(scanner, options.segments.bytesAim);
  let turnStart = performance.now();
  for await (const piece of scannedPieces(body, scanner)) {
    for (const segment of cutter?.add(piece) ?? []) await options.segments?.onSegment(segment);
    if (performance.now() - turnStart < TURN_MS) continue;
    options.onProgress?.({ bytes: scanner.position, rows: scanner.rows });
    await setImmediate();
    turnStart = performance.now();
  }
  const last = cutter?.finish();
  if (last !== undefined) await options.segments?.onSegment(last);
  const { rows, position: bytes, headerSkipped, offsets } = scanner;
  options.onProgress?.({ bytes, rows });
  return { rows, bytes, headerSkipped, offsets: offsets.toArray(), buckets: scanner.bucketRows() };
}

/** The pieces of a CSV after the scanner has taken each; at the end it is finished. Rejects with what is wrong with a row. */
export async function* scannedPieces(
  body: AsyncIterable<Uint8Array>,
  scanner: RowScanner,
): AsyncGenerator<Uint8Array, void, undefined> {
  const utf8 = new Utf8Check();
  for await (const piece of pieces(body, scanner)) {
    const invalid = utf8.firstInvalidLine(piece);
    scanner.consume(invalid < 0 ? piece : piece.subarray(0, invalid));
    if (invalid >= 0) failEncoding(scanner);
    yield piece;
  }
  if (!utf8.complete) failEncoding(scanner);
  scanner.finish();
}

function failEncoding(scanner: RowScanner): never {
  return scanner.fail('is not UTF-8 text: is the manifest compressed, or in another encoding?');
}

/** The manifest without byte order mark, in pieces of at most `PIECE_BYTES`. */
async function* pieces(body: AsyncIterable<Uint8Array>, scanner: RowScanner): AsyncGenerator<Uint8Array> {
  let opening: Uint8Array | undefined = scanner.position === 0 ? new Uint8Array(0) : undefined;
  for await (const chunk of body) {
    if (opening === undefined) {
      yield* cut(chunk);
      continue;
    }
    opening = Buffer.concat([opening, chunk]);
    if (opening.length < BYTE_ORDER_MARK.length) continue;
    const marked = BYTE_ORDER_MARK.equals(opening.subarray(0, BYTE_ORDER_MARK.length));
    if (marked) scanner.skip(BYTE_ORDER_MARK.length);
    yield* cut(marked ? opening.subarray(BYTE_ORDER_MARK.length) : opening);
    opening = undefined;
  }
  if (opening !== undefined) yield opening;
}

function* cut(chunk: Uint8Array): Generator<Uint8Array> {
  // Always the same class of array, whatever the store's client hands out: the scanner's loop stays compiled for one.
  for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
    yield new Uint8Array(chunk.buffer, chunk.byteOffset + start, Math.min(PIECE_BYTES, chunk.length - start));
  }
}
