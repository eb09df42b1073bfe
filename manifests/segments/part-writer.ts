import { LIMITS } from '../../contracts/limits';
import type { SourceRow } from '../sources/row';
import type { PartReading, RawRows, RowSink } from '../sources/source';
import { canonicalRow } from './canonical-row';
import { addCounts, NO_COUNTS, type PartCounts, type PartState, type Strand, type WrittenSlice } from './part-state';
import { StrandBuffer } from './strand-buffer';

export interface PartWriterParts {
  /** Id of the plan. */
  readonly plan: string;
  readonly batchRows: number;
  /** The rows that pass, in their order, and how many objects had to be asked for. */
  readonly filter: (
    rows: readonly SourceRow[],
  ) => Promise<{ readonly rows: readonly SourceRow[]; readonly asked: number }>;
  /** Puts an object into the workspace, and gives its key. */
  readonly putObject: (body: Buffer) => Promise<string>;
  readonly putState: (state: PartState) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/**
 * Takes the rows of a part and leaves them in the workspace: objects of some megabytes, and after each the state from which
 * another attempt goes on. A crash costs what came since.
 */
export class PartWriter implements RowSink {
  private readonly buffers = new Map<number, StrandBuffer>();
  private readonly slices = new Map<number, WrittenSlice[]>();
  private readonly objects: string[];
  private readonly now: () => number;
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
    this.objects = [...left.objects];
    this.written = left.counts;
    for (const { id, slices } of left.strands) this.slices.set(id, [...slices]);
  }

  get counts(): PartCounts {
    return this.written;
  }

  async rows(strand: number, rows: readonly SourceRow[], taken: () => void): Promise<void> {
    const { rows: passed, asked } = await this.parts.filter(rows);
    const buffer = this.bufferOf(strand);
    const before = buffer.bytes;
    if (passed.length > 0) buffer.add(passed.map(canonicalRow));
    this.took(buffer.bytes - before, { ...NO_COUNTS, read: rows.length, rows: passed.length, asked });
    // In the same turn as the rows: a state never has the one without the other.
    taken();
    await this.flushIfDue();
  }

  async raw(strand: number, { bytes, cuts, rows }: RawRows, taken: () => void): Promise<void> {
    this.bufferOf(strand).addRaw(bytes, cuts);
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
    const isDue = this.bufferedBytes >= LIMITS.segmentBytes || this.now() - this.flushedAt >= LIMITS.segmentIntervalMs;
    if (isDue && this.flushing === undefined) {
      const ending = this.flush(false).finally(() => (this.flushing = undefined));
      // A failure is told to the next who waits.
      ending.catch(() => undefined);
      this.flushing = ending.then(() => undefined);
      this.flushing.catch(() => undefined);
    }
    if (this.bufferedBytes >= LIMITS.segmentBytes) await this.flushing;
  }

  /** All up to the first wait is of one moment. */
  private async flush(done: boolean): Promise<PartState> {
    this.flushedAt = this.now();
    const pieces: Buffer[] = [];
    const object = this.objects.length;
    let offset = 0;
    for (const [id, buffer] of this.buffers) {
      if (buffer.bytes === 0) continue;
      const taken = buffer.take(object, offset);
      pieces.push(...taken.pieces);
      offset += taken.slice.bytes;
      this.slices.set(id, [...(this.slices.get(id) ?? []), taken.slice]);
    }
    this.bufferedBytes = 0;
    const state = this.state(done);
    if (pieces.length > 0) this.objects.push(await this.parts.putObject(Buffer.concat(pieces)));
    const whole = { ...state, objects: [...this.objects] };
    await this.parts.putState(whole);
    return whole;
  }

  private state(done: boolean): Omit<PartState, 'objects'> {
    const source = this.reading.state();
    return {
      plan: this.parts.plan,
      done,
      strands: this.reading.strands().map((id): Strand => ({ id, slices: [...(this.slices.get(id) ?? [])] })),
      ...(source !== undefined && { source }),
      counts: this.written,
    };
  }
}
