import type { LookInput } from '../../contracts/engine/activities';
import { LIMITS } from '../../contracts/limits';
import type { LookAtWaiting, WaitingTask } from '../../operations/operation';
import { partRef, type PendingTask, slicePart } from '../../reports';
import { inLanes } from '../../storage/http/in-lanes';
import type { ObjectStore } from '../../storage/object-store';
import type { Bitmap } from '../batch/bitmap';
import { type ListedTask, takenOf, type WaitingState, writeList } from './waiting-list';

interface Entry {
  readonly task: PendingTask;
  readonly source: Source;
  /** Its place among the pending tasks of the part. */
  readonly place: number;
}

/** The pending tasks of one part. */
interface Source {
  readonly batch: number;
  readonly count: number;
  readonly taken: Bitmap;
}

export interface LookOptions {
  readonly store: ObjectStore;
  readonly input: Pick<LookInput, 'workspace' | 'spans'>;
  readonly lookAt: LookAtWaiting;
  readonly signal: AbortSignal;
  /** Tasks in a list: as many as in a batch. */
  readonly listTasks: number;
}

/**
 * One look at all tasks that wait, some hundred thousand at a time. Those that can go on are put into lists. It counts once
 * its state is written; until then another look makes the same lists anew.
 */
export class Look {
  private readonly taken: Record<string, string | true>;
  private readonly buffer: ListedTask[] = [];
  private lists: number;
  private listed: number;
  /** Tasks that go on waiting. */
  waiting = 0;

  constructor(
    private readonly options: LookOptions,
    private readonly before: WaitingState,
  ) {
    this.taken = { ...before.taken };
    this.lists = before.lists;
    this.listed = before.listed;
  }

  async run(): Promise<void> {
    let group: Entry[] = [];
    for (const batches of this.unread()) {
      group.push(...(await this.read(batches)));
      if (group.length < LIMITS.looks.tasksAtOnce) continue;
      await this.lookAt(group);
      group = [];
    }
    await this.lookAt(group);
    if (this.buffer.length > 0) await this.writeList(this.buffer.splice(0));
  }

  /** What is to be written. `memory`: as the operation has left it. */
  state(memory: WaitingState['memory']): WaitingState {
    return { v: 1, lists: this.lists, listed: this.listed, taken: this.taken, memory };
  }

  /** Batches with tasks that may be waiting, as many at a time as are read together. */
  private *unread(): Generator<number[]> {
    let some: number[] = [];
    for (const { firstBatch, batches } of this.options.input.spans) {
      for (let batch = firstBatch; batch < firstBatch + batches; batch++) {
        if (this.taken[batch] === true) continue;
        if (some.push(batch) < LIMITS.looks.readsInFlight) continue;
        yield some;
        some = [];
      }
    }
    if (some.length > 0) yield some;
  }

  private async read(batches: readonly number[]): Promise<Entry[]> {
    const { signal } = this.options;
    const read = new Array<Entry[]>(batches.length);
    await inLanes(batches, LIMITS.looks.readsInFlight, signal, async (batch, index) => {
      read[index] = await this.readBatch(batch);
    });
    return read.flat();
  }

  private async readBatch(batch: number): Promise<Entry[]> {
    const { store, input, signal } = this.options;
    const { pending } = slicePart(await store.read(partRef(input, batch), { signal }));
    const lines = pending.toString('utf8').split('\n').slice(0, -1);
    const source = { batch, count: lines.length, taken: takenOf(this.before, batch, lines.length) };
    if (source.taken.count === source.count) this.taken[batch] = true;
    return lines.flatMap((line, place) =>
      source.taken.has(place) ? [] : [{ task: JSON.parse(line) as PendingTask, source, place }],
    );
  }

  private async lookAt(entries: readonly Entry[]): Promise<void> {
    if (entries.length === 0) return;
    const { lookAt, signal } = this.options;
    const found = await lookAt(
      entries.map(({ task }) => waitingTask(task)),
      signal,
    );
    const changed = new Set<Source>();
    for (const [index, entry] of entries.entries()) {
      const what = found[index];
      if (what === undefined) {
        this.waiting += 1;
        continue;
      }
      entry.source.taken.add(entry.place);
      changed.add(entry.source);
      await this.list({ task: entry.task, what });
    }
    for (const { batch, count, taken } of changed) {
      this.taken[batch] = taken.count === count ? true : taken.encode();
    }
  }

  private async list(task: ListedTask): Promise<void> {
    this.listed += 1;
    this.buffer.push(task);
    if (this.buffer.length >= this.options.listTasks) await this.writeList(this.buffer.splice(0));
  }

  private async writeList(tasks: readonly ListedTask[]): Promise<void> {
    const { store, input, signal } = this.options;
    await writeList(store, input, this.lists, tasks, { signal });
    this.lists += 1;
  }
}

function waitingTask(task: PendingTask): WaitingTask {
  const { waiting } = task;
  if (waiting === undefined) throw new Error(`row ${task.row} is pending, and nobody knows for what`);
  return { row: task.row, object: waiting.step?.object ?? objectOf(task), waiting };
}

function objectOf({ bucket, key, versionId }: PendingTask): WaitingTask['object'] {
  return versionId === undefined ? { bucket, key } : { bucket, key, versionId };
}
