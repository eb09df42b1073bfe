import { type ChunkState, NEW_CHUNK } from '../../contracts/engine/chunk';
import { isListChunk, listBatch, listChunk } from '../../contracts/engine/naming';
import { addTallies, EMPTY_TALLY, netOf, subtractTallies, type Tally } from '../../contracts/engine/outcome';
import type { BatchSpan, ChunkRange } from '../../contracts/engine/plan';
import { LIMITS } from '../../contracts/limits';
import { type ChunkCut, chunkRange } from './chunk-cut';

export interface PooledChunk {
  readonly range: ChunkRange;
  readonly state: ChunkState;
}

/** Which chunk runs next, which are running, what has been done. Pure: the job workflow drives it, tests drive it without Temporal. */
export class ChunkPool {
  readonly cut: ChunkCut;
  private next = 0;
  private readonly returned: PooledChunk[] = [];
  private readonly running = new Map<number, PooledChunk>();
  /** Chunks that have ended and have pending tasks. */
  private readonly awaited = new Map<number, { readonly range: ChunkRange; readonly tally: Tally }>();
  /** Lists of tasks that have waited, and how many tasks stand in them. */
  private listCount = 0;
  private listed = 0;
  private listChunkCount = 0;
  private finishedTally: Tally = EMPTY_TALLY;
  /** Tallies that running chunks have reported. */
  private readonly reports = new Map<number, Tally>();

  constructor(cut: ChunkCut) {
    this.cut = cut;
  }

  /** Chunks given back come first: their rows are the oldest open ones. */
  take(): PooledChunk | undefined {
    const chunk = this.returned.shift() ?? this.takeNew();
    if (chunk) this.running.set(chunk.range.chunk, chunk);
    return chunk;
  }

  private takeNew(): PooledChunk | undefined {
    if (this.next >= this.cut.chunks) return undefined;
    return { range: chunkRange(this.cut, this.next++), state: NEW_CHUNK };
  }

  finish(chunk: number, tally: Tally): void {
    const { range } = this.leave(chunk);
    this.finishedTally = addTallies(this.finishedTally, counted(chunk, tally));
    if (tally.pending > 0) this.awaited.set(chunk, { range, tally });
  }

  /** Tasks that go on come back as chunks, before those that have not begun. False when there are no more lists than before. */
  addLists(lists: number, listed: number): boolean {
    const first = this.listCount;
    if (lists <= first) return false;
    const size = Math.max(LIMITS.looks.chunkBatchesMin, Math.ceil((lists - first) / LIMITS.chunks.inFlight));
    for (let list = first; list < lists; list += size) {
      const batches = Math.min(size, lists - list);
      const range = { chunk: listChunk(this.listChunkCount++), firstBatch: listBatch(list), batches };
      this.returned.push({ range, state: NEW_CHUNK });
    }
    this.listCount = lists;
    this.listed = listed;
    return true;
  }

  get lists(): number {
    return this.listCount;
  }

  get listChunks(): number {
    return this.listChunkCount;
  }

  /** Pending tasks of chunks that have ended which stand in no list. */
  get waiting(): number {
    return [...this.awaited.values()].reduce((sum, { tally }) => sum + tally.pending, 0) - this.listed;
  }

  /** Batches of chunks that have ended and have pending tasks, neighbours together. */
  get spans(): readonly BatchSpan[] {
    const spans: { firstBatch: number; batches: number }[] = [];
    for (const { firstBatch, batches } of this.awaiting) {
      const last = spans.at(-1);
      if (last && last.firstBatch + last.batches === firstBatch) last.batches += batches;
      else spans.push({ firstBatch, batches });
    }
    return spans;
  }

  /** Every task has its last outcome. */
  get settled(): boolean {
    return this.done && this.waiting === 0;
  }

  giveBack(chunk: number, state: ChunkState | undefined): void {
    const former = this.leave(chunk);
    this.returned.push({ range: former.range, state: state ?? former.state });
    this.returned.sort((a, b) => a.range.chunk - b.range.chunk);
  }

  private leave(chunk: number): PooledChunk {
    const pooled = this.running.get(chunk);
    if (!pooled) throw new Error(`chunk ${chunk} is not running`);
    this.running.delete(chunk);
    this.reports.delete(chunk);
    return pooled;
  }

  reported(chunk: number, tally: Tally): void {
    if (this.running.has(chunk)) this.reports.set(chunk, tally);
  }

  get inFlight(): readonly number[] {
    return [...this.running.keys()].sort((a, b) => a - b);
  }

  get exhausted(): boolean {
    return this.returned.length === 0 && this.next >= this.cut.chunks;
  }

  get done(): boolean {
    return this.exhausted && this.running.size === 0;
  }

  /** Begun and not finished: what a report of a stopped job must still gather. */
  get unfinished(): readonly PooledChunk[] {
    return [...this.returned];
  }

  /** Chunks whose tasks are accepted and not yet in effect. */
  get awaiting(): readonly ChunkRange[] {
    return [...this.awaited.values()].map(({ range }) => range).sort((a, b) => a.chunk - b.chunk);
  }

  /** Chunks are numbered from 0: no chunk from this number on has begun. */
  get begun(): number {
    return this.next;
  }

  /** Chunks that have ended, and those given back: what is certain without a query to running chunks. */
  get settledTally(): Tally {
    return this.returned.reduce(
      (tally, { range, state }) => addTallies(tally, counted(range.chunk, state.tally)),
      this.finishedTally,
    );
  }

  /** With what running chunks started from or have reported: a lower bound, for readers who can't query them. */
  get knownTally(): Tally {
    let tally = this.settledTally;
    for (const [chunk, pooled] of this.running) {
      tally = addTallies(tally, counted(chunk, this.reports.get(chunk) ?? pooled.state.tally));
    }
    return tally;
  }

  /** The tasks of these chunks have come into effect, or failed to: `tally` replaces what was counted of them so far. */
  settle(ranges: readonly ChunkRange[], tally: Tally): void {
    for (const range of ranges) {
      const before = this.awaited.get(range.chunk)?.tally;
      if (before) this.finishedTally = subtractTallies(this.finishedTally, counted(range.chunk, before));
      this.awaited.delete(range.chunk);
    }
    const [first] = ranges;
    if (first) this.finishedTally = addTallies(this.finishedTally, counted(first.chunk, tally));
  }

  /** A chunk that was stopped has been reported: `tally` is that of the report. */
  conclude(range: ChunkRange, tally: Tally): void {
    if (this.awaited.has(range.chunk)) {
      this.settle([range], tally);
      return;
    }
    const index = this.returned.findIndex((chunk) => chunk.range.chunk === range.chunk);
    if (index >= 0) this.returned.splice(index, 1);
    this.finishedTally = addTallies(this.finishedTally, counted(range.chunk, tally));
  }

  /** The job ends without a report: what is still awaited counts as failed. */
  failPending(): void {
    this.finishedTally = withoutPending(this.settledTally);
    this.awaited.clear();
    this.listed = 0;
    for (const [index, { range, state }] of this.returned.entries()) {
      this.returned[index] = { range, state: { ...state, tally: EMPTY_TALLY } };
    }
  }
}

/** Tasks of lists are counted as pending already. */
function counted(chunk: number, tally: Tally): Tally {
  return isListChunk(chunk) ? netOf(tally) : tally;
}

function withoutPending(tally: Tally): Tally {
  return { ...tally, failed: tally.failed + tally.pending, pending: 0 };
}
