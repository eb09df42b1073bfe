import { randomBytes } from 'node:crypto';
import type { RunBatchInput } from '../contracts/activities';
import type { BatchCheckpoint } from '../contracts/checkpoint';
import { workspaceKeys } from '../contracts/naming';
import type { Task, TaskOutcome } from '../contracts/outcome';
import { PartBuilder, type PartScope } from '../reports';
import type { ObjectStore } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
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

  /** Goes on from `from`; from the beginning when what it names can't be found, since tasks may run twice but rows may not be lost. */
  static async open(
    store: ObjectStore,
    input: RunBatchInput,
    scope: PartScope,
    rowsCount: number,
    from: BatchCheckpoint | undefined,
  ): Promise<BatchProgress> {
    const resumed = from && (await resume(store, input, rowsCount, from));
    if (resumed) return new BatchProgress(store, input, resumed.done, resumed.rows, from);
    return new BatchProgress(store, input, Bitmap.empty(rowsCount), new PartBuilder(scope), undefined);
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
    if (this.checkpoint && total(this.checkpoint.tally) === total(this.rows.tally)) return;
    // Taken together, before anything is awaited: rows added during the write belong to the next checkpoint.
    const next = {
      v: 1 as const,
      done: this.done.encode(),
      tally: this.rows.tally,
      part: randomBytes(6).toString('hex'),
    };
    const bytes = this.rows.encode();
    await this.store.put(this.openPart(next.part), bytes);
    this.openParts.push(next.part);
    this.checkpoint = next;
  }

  /** Writes the finished part. Its key is the same for every attempt: each would write all rows of the batch, each once. */
  async finish(): Promise<void> {
    await this.flushing?.catch(() => undefined);
    const { bucket, prefix } = this.input.workspace;
    await this.store.put({ bucket, key: workspaceKeys.part(prefix, this.input.batch) }, this.rows.encode());
    await Promise.all(this.openParts.map((part) => this.discard(part)));
  }

  private async discard(part: string): Promise<void> {
    // A leftover is only untidy: no checkpoint names it any more.
    await this.store.remove(this.openPart(part)).catch(() => undefined);
  }

  private openPart(token: string) {
    return openPartRef(this.input, token);
  }
}

async function resume(store: ObjectStore, input: RunBatchInput, rowsCount: number, from: BatchCheckpoint) {
  const done = Bitmap.parse(from.done, rowsCount);
  if (!done) return undefined;
  try {
    const rows = PartBuilder.resume(await store.read(openPartRef(input, from.part)));
    return total(rows.tally) === done.count ? { done, rows } : undefined;
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}

function openPartRef({ workspace, batch }: RunBatchInput, token: string) {
  return { bucket: workspace.bucket, key: workspaceKeys.openPart(workspace.prefix, batch, token) };
}

function total(tally: { readonly succeeded: number; readonly failed: number; readonly pending: number }): number {
  return tally.succeeded + tally.failed + tally.pending;
}
