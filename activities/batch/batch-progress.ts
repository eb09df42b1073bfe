import type { RunBatchInput } from '../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../contracts/engine/checkpoint';
import { EMPTY_TALLY, executed, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import {
  openPartRef,
  openPartToken,
  PartBuilder,
  partRef,
  type PartScope,
  readIfThere,
  recordedBatch,
} from '../../reports';
import type { ObjectStore } from '../../storage/object-store';
import { Bitmap } from './bitmap';

/**
 * What a running batch has done, in two places: rows in memory, and the checkpoint that names what has been flushed.
 * Rows are flushed before the checkpoint that counts them, so whoever goes on from a checkpoint finds the rows of all
 * tasks marked done, and no others: every task gets exactly one row.
 */
export class BatchProgress {
  /** The latest flushed state: heartbeat details, and the result of an interrupted batch. */
  checkpoint: BatchCheckpoint | undefined;
  private flushing: Promise<void> | undefined;
  private readonly openParts: string[] = [];

  private constructor(
    private readonly store: ObjectStore,
    private readonly input: RunBatchInput,
    private readonly done: Bitmap,
    private readonly rows: PartBuilder,
    from: BatchCheckpoint | undefined,
  ) {
    this.checkpoint = from;
    if (from) this.openParts.push(from.part);
  }

  /**
   * Goes on from `from`, or from what the workspace has beyond it where an attempt has ended without a word. From the
   * beginning when nothing is found, since tasks may run twice but rows may not be lost.
   */
  static async open(
    store: ObjectStore,
    input: RunBatchInput,
    scope: PartScope,
    rowsCount: number,
    { from, isUnclear }: { readonly from: BatchCheckpoint | undefined; readonly isUnclear: boolean },
  ): Promise<BatchProgress> {
    const known = isUnclear ? undefined : from && (await resume(store, input, rowsCount, from));
    if (known) return new BatchProgress(store, input, known.done, known.rows, from);
    if (!isUnclear && !from) return BatchProgress.fresh(store, input, scope, rowsCount);
    const recorded = await recordedBatch(store, input, input.batch);
    if (recorded?.status === 'done') return BatchProgress.finished(store, input, rowsCount);
    const [first, second] = [recorded?.checkpoint, from].sort((a, b) => rowsOf(b) - rowsOf(a));
    for (const checkpoint of [first, second]) {
      const resumed = checkpoint && (await resume(store, input, rowsCount, checkpoint));
      if (resumed) return new BatchProgress(store, input, resumed.done, resumed.rows, checkpoint);
    }
    return BatchProgress.fresh(store, input, scope, rowsCount);
  }

  private static fresh(store: ObjectStore, input: RunBatchInput, scope: PartScope, rowsCount: number): BatchProgress {
    return new BatchProgress(store, input, Bitmap.empty(rowsCount), new PartBuilder(scope), undefined);
  }

  /** A former attempt came to the end and could not say so. */
  private static async finished(store: ObjectStore, input: RunBatchInput, rowsCount: number): Promise<BatchProgress> {
    const done = Bitmap.empty(rowsCount);
    for (let row = 0; row < rowsCount; row++) done.add(row);
    const rows = PartBuilder.resume(await store.read(partRef(input, input.batch)));
    return new BatchProgress(store, input, done, rows, undefined);
  }

  isDone(index: number): boolean {
    return this.done.has(index);
  }

  add(index: number, task: Task, outcome: TaskOutcome): void {
    this.done.add(index);
    this.rows.add(task, outcome);
  }

  get tally() {
    return this.rows.tally;
  }

  /** Writes the rows so far and moves the checkpoint. Calls during a flush join the next one. */
  async flush(): Promise<BatchCheckpoint> {
    // What a former flush failed at, this one writes again.
    await this.flushing?.catch(() => undefined);
    this.flushing = this.writeOpenPart();
    try {
      await this.flushing;
    } finally {
      this.flushing = undefined;
    }
    if (!this.checkpoint) throw new Error('a flush leaves a checkpoint');
    return this.checkpoint;
  }

  private async writeOpenPart(): Promise<void> {
    if (this.checkpoint && executed(this.checkpoint.tally) === executed(this.rows.tally)) return;
    // Taken together, before anything is awaited: rows added during the write belong to the next checkpoint.
    const { tally } = this.rows;
    const next = { v: 1 as const, done: this.done.encode(), tally, part: openPartToken(tally) };
    const bytes = this.rows.encode(next.done);
    await this.store.put(this.openPart(next.part), bytes);
    this.openParts.push(next.part);
    this.checkpoint = next;
  }

  /** Writes the finished part. Its key is the same for every attempt: each would write all rows of the batch, each once. */
  async finish(): Promise<void> {
    await this.flushing?.catch(() => undefined);
    await this.store.put(partRef(this.input, this.input.batch), this.rows.encode());
    await Promise.all(this.openParts.map((part) => this.discard(part)));
  }

  private async discard(part: string): Promise<void> {
    // A leftover is only untidy: no checkpoint names it any more.
    await this.store.remove(this.openPart(part)).catch(() => undefined);
  }

  private openPart(token: string) {
    return openPartRef(this.input, this.input.batch, token);
  }
}

async function resume(store: ObjectStore, input: RunBatchInput, rowsCount: number, from: BatchCheckpoint) {
  const done = Bitmap.parse(from.done, rowsCount);
  const bytes = done && (await readIfThere(store, openPartRef(input, input.batch, from.part)));
  if (!bytes) return undefined;
  const rows = PartBuilder.resume(bytes);
  return executed(rows.tally) === done.count ? { done, rows } : undefined;
}

function rowsOf(checkpoint: BatchCheckpoint | undefined): number {
  return executed(checkpoint?.tally ?? EMPTY_TALLY);
}
