import { createHash } from 'node:crypto';
import { DroverError } from '../contracts/engine/failures';
import type { CallOptions, ObjectStore, PutOptions } from '../storage/object-store';
import { generalRefusal } from '../storage/refusals';
import { StoreError } from '../storage/store-error';
import { type PartSection, slicePart } from './report-part';

export type ReportStatus = 'succeeded' | 'failed';

/** One `results/*.csv` of a completion report. */
export interface ReportFile {
  readonly status: ReportStatus;
  readonly key: string;
  /** Hexadecimal. */
  readonly md5: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface CompactProgress {
  readonly parts: number;
  readonly rows: number;
  readonly bytes: number;
}

export interface CompactOptions extends CallOptions {
  /** Encoded parts in the order of their batches. */
  readonly parts: AsyncIterable<Uint8Array> | Iterable<Promise<Uint8Array>>;
  readonly store: ObjectStore;
  readonly bucket: string;
  /** `sequence` counts the files of a status from 0. Must give the same key each time: a retry then overwrites. */
  readonly keyOf: (status: ReportStatus, sequence: number) => string;
  /**
   * A file is ended before the part that would make it longer. Rows are never cut, and a part's rows stay together: a single
   * part that is longer than this makes a longer file of its own.
   */
  readonly fileBytesMax: number;
  readonly onProgress?: (progress: CompactProgress) => void;
}

/**
 * Joins parts into report files, succeeded and failed rows apart. Pending rows are passed over: they have no outcome.
 * Memory: one open file of each status, and one part. Rejects with `ReportNotWritable` when the bucket refuses the files,
 * and with `StoreUnreachable` for what may pass.
 */
export async function compactParts(options: CompactOptions): Promise<ReportFile[]> {
  const files: ReportFile[] = [];
  const succeeded = new FileWriter('succeeded', options, files);
  const failed = new FileWriter('failed', options, files);
  let parts = 0;
  for await (const part of options.parts) {
    options.signal?.throwIfAborted();
    const sections = slicePart(part);
    await succeeded.append(sections.succeeded);
    await failed.append(sections.failed);
    parts++;
    const rows = succeeded.rowsTaken + failed.rowsTaken;
    options.onProgress?.({ parts, rows, bytes: succeeded.bytesTaken + failed.bytesTaken });
  }
  await succeeded.close();
  await failed.close();
  return files;
}

/** Collects one file at a time in a buffer of its own, so that parts already taken can be freed. */
class FileWriter {
  rowsTaken = 0;
  bytesTaken = 0;
  private buffer = Buffer.alloc(0);
  private bytes = 0;
  private rows = 0;
  private sequence = 0;

  constructor(
    private readonly status: ReportStatus,
    private readonly options: CompactOptions,
    private readonly files: ReportFile[],
  ) {}

  async append({ bytes, rows }: PartSection): Promise<void> {
    if (bytes.length === 0) return;
    if (this.bytes + bytes.length > this.options.fileBytesMax) await this.close();
    this.reserve(this.bytes + bytes.length);
    bytes.copy(this.buffer, this.bytes);
    this.bytes += bytes.length;
    this.rows += rows;
    this.bytesTaken += bytes.length;
    this.rowsTaken += rows;
  }

  /** Writes the open file, if there is one. */
  async close(): Promise<void> {
    if (this.bytes === 0) return;
    const { store, bucket, signal } = this.options;
    const { status, bytes, rows } = this;
    const key = this.options.keyOf(status, this.sequence++);
    const body = this.buffer.subarray(0, bytes);
    const md5 = md5Hex(body);
    await putReportObject(store, bucket, key, body, { contentType: 'text/csv', ...(signal && { signal }) });
    this.files.push({ status, key, md5, rows, bytes });
    // Not used again: a store may hold on to what it was given.
    this.buffer = Buffer.alloc(0);
    this.bytes = 0;
    this.rows = 0;
  }

  private reserve(bytes: number): void {
    if (bytes <= this.buffer.length) return;
    const doubled = Math.min(this.buffer.length * 2, this.options.fileBytesMax);
    const grown = Buffer.allocUnsafe(Math.max(bytes, doubled));
    this.buffer.copy(grown, 0, 0, this.bytes);
    this.buffer = grown;
  }
}

export function md5Hex(content: Uint8Array | string): string {
  return createHash('md5').update(content).digest('hex');
}

/**
 * Writes one object of a completion report. Rejects with `StoreUnreachable` when another attempt may succeed, with
 * `ReportNotWritable` and what `generalRefusal` knows when the store refuses it for good.
 */
export async function putReportObject(
  store: ObjectStore,
  bucket: string,
  key: string,
  body: Uint8Array | string,
  options: PutOptions,
): Promise<void> {
  try {
    await store.put({ bucket, key }, body, options);
  } catch (error) {
    throw reportRefusal(error, bucket);
  }
}

/** What the store answers to a request to the report bucket, in the words of the failure catalogue. */
export function reportRefusal(error: unknown, bucket: string): unknown {
  if (!(error instanceof StoreError)) return error;
  // The first two sentences are AWS's.
  const text =
    'The job report could not be written to your report bucket. Please check your permissions. ' +
    `Bucket ${bucket}: ${error.told}`;
  return generalRefusal(error, 'report bucket') ?? new DroverError('ReportNotWritable', text, { cause: error });
}
