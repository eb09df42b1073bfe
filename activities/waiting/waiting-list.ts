import type { JobRef } from '../../contracts/engine/activities';
import { listBatch, workspaceKeys } from '../../contracts/engine/naming';
import type { Found } from '../../contracts/engine/waiting';
import type { JsonObject } from '../../contracts/job';
import type { ManifestRow } from '../../manifests';
import { type PendingTask, readIfThere } from '../../reports';
import type { CallOptions, ObjectRef, ObjectStore } from '../../storage/object-store';
import { Bitmap } from '../batch/bitmap';

/**
 * What looks have come to, in one object: to write it is to commit a look. Pending tasks stay in the parts of their batches, which nobody
 * changes any more; here stands which of them have been put into a list.
 */
export interface WaitingState {
  readonly v: 1;
  /** Lists that were made, from 0. Those that an attempt has written beyond it do not count. */
  readonly lists: number;
  /** Tasks that stand in a list. */
  readonly listed: number;
  /** By batch: the pending tasks of its part that stand in a list, as a bitmap (base64) of their places; `true`: all. */
  readonly taken: Readonly<Record<string, string | true>>;
  /** What the operation remembers from look to look. */
  readonly memory: JsonObject;
}

const NOTHING_YET: WaitingState = { v: 1, lists: 0, listed: 0, taken: {}, memory: {} };

function stateRef({ workspace: { bucket, prefix } }: Pick<JobRef, 'workspace'>): ObjectRef {
  return { bucket, key: workspaceKeys.waiting(prefix) };
}

export async function readWaitingState(
  store: ObjectStore,
  job: Pick<JobRef, 'workspace'>,
  options: CallOptions,
): Promise<WaitingState> {
  const bytes = await readIfThere(store, stateRef(job), options);
  return bytes === undefined ? NOTHING_YET : (JSON.parse(bytes.toString('utf8')) as WaitingState);
}

export async function writeWaitingState(
  store: ObjectStore,
  job: Pick<JobRef, 'workspace'>,
  state: WaitingState,
): Promise<void> {
  await store.put(stateRef(job), JSON.stringify(state), { contentType: 'application/json' });
}

/** Which of the `count` pending tasks of a batch's part stand in a list. */
export function takenOf(state: WaitingState, batch: number, count: number): Bitmap {
  const taken = state.taken[batch];
  if (taken === undefined) return Bitmap.empty(count);
  if (taken === true) return Bitmap.full(count);
  const bitmap = Bitmap.parse(taken, count);
  if (bitmap === undefined) {
    throw new Error(`the part of batch ${batch} has other pending tasks than when it was looked at`);
  }
  return bitmap;
}

/** A pending task with what was found of it: a line of a list. */
export interface ListedTask {
  readonly task: PendingTask;
  readonly what: Found;
}

function listRef({ workspace: { bucket, prefix } }: Pick<JobRef, 'workspace'>, batch: number): ObjectRef {
  return { bucket, key: workspaceKeys.list(prefix, batch) };
}

export async function writeList(
  store: ObjectStore,
  job: Pick<JobRef, 'workspace'>,
  list: number,
  tasks: readonly ListedTask[],
  options: CallOptions,
): Promise<void> {
  const lines = tasks.map((line) => `${JSON.stringify(line)}\n`).join('');
  await store.put(listRef(job, listBatch(list)), lines, { contentType: 'application/jsonl', ...options });
}

/** The rows of a batch that is a list. */
export async function readListRows(
  store: ObjectStore,
  job: Pick<JobRef, 'workspace'>,
  batch: number,
  options: CallOptions,
): Promise<ManifestRow[]> {
  const lines = (await store.read(listRef(job, batch), options)).toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => rowOf(JSON.parse(line) as ListedTask));
}

function rowOf({ task: pending, what }: ListedTask): ManifestRow {
  const { waiting, ...task } = pending;
  if ('outcome' in what) return { task, refused: what.outcome };
  return { task: waiting === undefined ? task : { ...task, waited: { waiting, found: what.found } } };
}
