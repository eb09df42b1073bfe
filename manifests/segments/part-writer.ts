import { defined } from '../../contracts/defined';
import { LIMITS } from '../../contracts/limits';
import type { SourceRow } from '../sources/row';
import type { PartReading, RawRows, RowSink } from '../sources/source';
import { BucketCounts } from './bucket-counts';
import { canonicalRow } from './canonical-row';
import type { PartMeter } from './part-meter';
import { addCounts, type Flush, NO_COUNTS, type PartCounts, type PartState, type WrittenSlice } from './part-state';
import { StrandBuffer } from './strand-buffer';

export interface PartWriterParts {
  /** Another for each attempt. */
  readonly attempt: string;
  readonly batchRows: number;
  /** The rows that pass, in their order, and how many objects had to be asked for. */
  readonly filter: (
    rows: readonly SourceRow[],
  ) => Promise<{ readonly rows: readonly SourceRow[]; readonly asked: number }>;
  /** What has been read of the source beside rows. */
  readonly meter?: Pick<PartMeter, 'seen'>;
  /** Puts an object into the workspace, and gives its key. */
  readonly putObject: (body: Buffer) => Promise<string>;
  /** Puts a list of flushes into the workspace, and gives its key. */
  readonly putFlushes: (flushes: readonly Flush[]) => Promise<string>;
  readonly putState: (state: PartState) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Takes the rows of a part and leaves them in the workspace: objects of some megabytes, and after each the state from which
 * another attempt goes on. A crash costs what came since. Once something could not be put, every call rejects with the reason: the rows
 * that it was about are missing in all that would come after.
 */
export class PartWriter implements RowSink {
  private readonly buffers = new Map<number, StrandBuffer>();
  private readonly earlier: string[];
  private recent: Flush[];
  private failed: { readonly error: unknown } | undefined;
  private readonly now: () => number;
  private readonly buckets: BucketCounts;
  private written: PartCounts;
  private bufferedBytes = 0;
  private flushedAt: number;
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly reading: PartReading,
    left: PartState,
    private readonly parts: PartWriterParts,
  ) {
    this.now = parts.now ?? Date.now;
    this.flushedAt = this.now();
    this.earlier = [...left.earlier];
    this.recent = [...left.recent];
    this.written = left.counts;
    this.buckets = new BucketCounts(left.buckets);
  }

  get counts(): PartCounts {
    return { ...this.written, ...this.parts.meter?.seen };
  }

  async rows(strand: number, rows: readonly SourceRow[], taken: () => void): Promise<void> {
    const { rows: passed, asked } = await this.parts.filter(rows);
    const buffer = this.bufferOf(strand);
    const before = buffer.bytes;
    if (passed.length > 0) buffer.add(passed.map(canonicalRow));
    for (const { bucket } of passed) this.buckets.add(bucket);
    this.took(buffer.bytes - before, { ...NO_COUNTS, read: rows.length, rows: passed.length, asked });
    // In the same turn as the rows: a state never has the one without the other.
    taken();
    await this.flushIfDue();
  }

  async raw(strand: number, { bytes, cuts, rows, buckets }: RawRows, taken: () => void): Promise<void> {
    this.bufferOf(strand).addRaw(bytes, cuts);
    for (const [bucket, count] of buckets) this.buckets.add(bucket, count);
    this.took(bytes.byteLength, { ...NO_COUNTS, read: rows, rows });
    taken();
    await this.flushIfDue();
  }

  leftOut(deleteMarkers: number): void {
    this.written = addCounts(this.written, { ...NO_COUNTS, deleteMarkers });
  }

  /** Leaves everything in the workspace. Resolves with what the part has come to. */
  async finish(): Promise<PartState> {
    await this.flushing;
    return this.flush(true);
  }

  /** What has come so far, for another attempt. */
  async leave(): Promise<void> {
    await this.flushing;
    await this.flush(false);
  }

  private bufferOf(strand: number): StrandBuffer {
    let buffer = this.buffers.get(strand);
    if (buffer === undefined) this.buffers.set(strand, (buffer = new StrandBuffer(this.parts.batchRows)));
    return buffer;
  }

  private took(bytes: number, counts: PartCounts): void {
    this.bufferedBytes += bytes;
    this.written = addCounts(this.written, counts);
  }

  private async flushIfDue(): Promise<void> {
    this.check();
    const isDue =
      this.bufferedBytes >= LIMITS.source.segmentBytes ||
      this.now() - this.flushedAt >= LIMITS.source.segmentIntervalMs;
    if (isDue) this.flushing ??= this.flushAside();
    if (this.bufferedBytes < LIMITS.source.segmentBytes) return;
    await this.flushing;
    this.check();
  }

  /** Never rejects: the failure is told to those who come next. */
  private async flushAside(): Promise<void> {
    await this.flush(false).catch(() => undefined);
    this.flushing = undefined;
  }

  private check(): void {
    if (this.failed) throw this.failed.error;
  }

  private async flush(done: boolean): Promise<PartState> {
    this.check();
    try {
      return await this.put(done);
    } catch (error) {
      this.failed = { error };
      throw error;
    }
  }

  /** All up to the first wait is of one moment. */
  private async put(done: boolean): Promise<PartState> {
    this.flushedAt = this.now();
    const { pieces, slices } = this.takeAll();
    const moment = this.moment(done);
    if (slices.length > 0) this.recent.push({ object: await this.parts.putObject(Buffer.concat(pieces)), slices });
    if (this.recent.length >= LIMITS.source.flushesPerStateMax) {
      this.earlier.push(await this.parts.putFlushes(this.recent));
      this.recent = [];
    }
    const state: PartState = { ...moment, earlier: [...this.earlier], recent: [...this.recent] };
    await this.parts.putState(state);
    return state;
  }

  private takeAll(): { readonly pieces: Buffer[]; readonly slices: WrittenSlice[] } {
    const pieces: Buffer[] = [];
    const slices: WrittenSlice[] = [];
    let offset = 0;
    for (const [strand, buffer] of this.buffers) {
      if (buffer.bytes === 0) continue;
      const taken = buffer.take(strand, offset);
      pieces.push(...taken.pieces);
      slices.push(taken.slice);
      offset += taken.slice.bytes;
    }
    this.buffers.clear();
    this.bufferedBytes = 0;
    return { pieces, slices };
  }

  private moment(done: boolean): Omit<PartState, 'earlier' | 'recent'> {
    const source = this.reading.state();
    return {
      attempt: this.parts.attempt,
      done,
      strands: [...this.reading.strands()],
      ...defined({ source }),
      counts: this.counts,
      buckets: this.buckets.toArray(),
    };
  }
}
