import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { classify } from '../../storage/http/error-meanings';
import { inLanes } from '../../storage/http/in-lanes';
import type { ObjectStore } from '../../storage/object-store';
import type { StoreError } from '../../storage/store-error';
import { failedBy } from '../common/failed-by';
import { isAnswerLost, unknownOutcome } from '../common/send';
import type { OperationContext, PerformGroup } from '../operation';
import {
  deleteOne,
  type DeleteOptions,
  deleteUnlessGone,
  type Deletion,
  lookFor,
  lossesMax,
  pauseAfterLoss,
} from './delete-one';
import { deleteTogether, type Entry, entryName } from './delete-together';

/** Tasks of one bucket. Rows that name the same object or version share an entry, and its outcome. */
interface Share {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly entries: Map<string, Entry>;
  readonly outcomes: Map<string, TaskOutcome>;
}

/** Deletes objects and versions with one DeleteObjects for each bucket. */
export function deleteGroup(context: Pick<OperationContext, 'storeFor'>, bypassGovernance: boolean): PerformGroup {
  /** Buckets whose store does not know DeleteObjects: asked once in a batch. */
  const singlyOnly = new Set<string>();
  return {
    tasksMax: LIMITS.deletes.keysPerRequestMax,
    async perform(tasks, signal) {
      signal.throwIfAborted();
      const options = { bypassGovernance, signal };
      const outcomes = new Array<TaskOutcome>(tasks.length);
      for (const [bucket, indexes] of byBucket(tasks)) {
        const share = openShare(context, bucket);
        if ('status' in share) {
          for (const index of indexes) outcomes[index] = share;
          continue;
        }
        for (const index of indexes) addEntry(share, tasks[index] as Task);
        await deleteShare(share, singlyOnly, options);
        for (const index of indexes) outcomes[index] = outcomeOf(share, tasks[index] as Task);
      }
      return outcomes;
    },
  };
}

function byBucket(tasks: readonly Task[]): Map<string, number[]> {
  const indexes = new Map<string, number[]>();
  for (let index = 0; index < tasks.length; index += 1) {
    const { bucket } = tasks[index] as Task;
    const found = indexes.get(bucket);
    if (found) found.push(index);
    else indexes.set(bucket, [index]);
  }
  return indexes;
}

/** The row of every task of the bucket when the role may not use it. */
function openShare(context: Pick<OperationContext, 'storeFor'>, bucket: string): Share | TaskOutcome {
  try {
    return { store: context.storeFor(bucket, 'write'), bucket, entries: new Map(), outcomes: new Map() };
  } catch (error) {
    return failedBy(error);
  }
}

function addEntry({ entries }: Share, { key, versionId }: Task): void {
  entries.set(entryName(key, versionId), versionId === undefined ? { Key: key } : { Key: key, VersionId: versionId });
}

function outcomeOf({ outcomes }: Share, { key, versionId }: Task): TaskOutcome {
  const outcome = outcomes.get(entryName(key, versionId));
  if (outcome === undefined) throw new Error(`No outcome for ${key}`);
  return outcome;
}

/** Leaves an outcome for each entry, or rejects for what is not about single objects. */
async function deleteShare(share: Share, singlyOnly: Set<string>, options: DeleteOptions): Promise<void> {
  const { entries, outcomes, bucket } = share;
  const all = [...entries.values()];
  let mayBeGone = false;
  if (all.length > 1 && !singlyOnly.has(bucket)) {
    mayBeGone = await inOneRequest(share, all, singlyOnly, options).catch((error: unknown) => {
      if (!isAnswerLost(error)) throw error;
      return afterLostAnswer(share, all, error, singlyOnly, options);
    });
  }
  if (outcomes.size === all.length) return;
  const deleteIt = mayBeGone ? deleteUnlessGone : deleteOne;
  const left = all.filter((entry) => !outcomes.has(nameOf(entry)));
  await inLanes(left, LIMITS.deletes.singlesInFlight, options.signal, async (entry, _index, signal) => {
    outcomes.set(nameOf(entry), await deleteIt(share.store, deletionOf(bucket, entry), { ...options, signal }));
  });
}

/**
 * Entries that are left without an outcome are to be asked for singly; true when they may be gone nevertheless. Rejects for
 * a lost answer.
 */
async function inOneRequest(
  share: Share,
  entries: readonly Entry[],
  singlyOnly: Set<string>,
  options: DeleteOptions,
): Promise<boolean> {
  const { store, bucket, outcomes } = share;
  try {
    const found = await deleteTogether(store, bucket, entries, options);
    // What else an answer may name is nobody's.
    for (const [name, outcome] of found) if (share.entries.has(name)) outcomes.set(name, outcome);
    return true;
  } catch (error) {
    if (isAnswerLost(error)) throw error;
    const refused = failedBy(error);
    const { httpStatus, code, answerLost } = error as StoreError;
    if (answerLost) return true;
    // The same for each of them: there is no bucket, or the store is asked too much already.
    if (code === 'NoSuchBucket' || classify(httpStatus, code) === 'slowDown') {
      for (const entry of entries) outcomes.set(nameOf(entry), refused);
      return false;
    }
    // 405 is the answer of stores that know no POST on a bucket.
    if (httpStatus === 501 || httpStatus === 405) singlyOnly.add(bucket);
    return httpStatus !== 501 && (httpStatus < 400 || httpStatus >= 500);
  }
}

/**
 * The request is repeated. A version can be asked for twice; of an object it is looked first whether it is gone, for a bucket
 * with versioning would get a second delete marker.
 */
async function afterLostAnswer(
  share: Share,
  entries: readonly Entry[],
  lost: StoreError,
  singlyOnly: Set<string>,
  options: DeleteOptions,
): Promise<boolean> {
  let error = lost;
  for (let losses = 1; ; losses += 1) {
    await settleGone(share, entries, error, options.signal);
    const left = entries.filter((entry) => !share.outcomes.has(nameOf(entry)));
    if (left.length === 0) return false;
    if (losses >= lossesMax(left.map((entry) => deletionOf(share.bucket, entry)))) {
      for (const entry of left) share.outcomes.set(nameOf(entry), unknownOutcome(error));
      return false;
    }
    await pauseAfterLoss(losses, options.signal);
    try {
      return await inOneRequest(share, left, singlyOnly, options);
    } catch (reason) {
      if (!isAnswerLost(reason)) throw reason;
      error = reason;
    }
  }
}

/** Rejects with `lost` when the store is out of reach. */
async function settleGone(
  { store, bucket, outcomes }: Share,
  entries: readonly Entry[],
  lost: StoreError,
  signal: AbortSignal,
): Promise<void> {
  const [first] = entries;
  if (first && (await lookFor(store, deletionOf(bucket, first), signal)) === 'down') throw lost;
  const objects = entries.filter((entry) => entry.VersionId === undefined && !outcomes.has(nameOf(entry)));
  await inLanes(objects, LIMITS.deletes.singlesInFlight, signal, async (entry, _index, stop) => {
    const found = await lookFor(store, deletionOf(bucket, entry), stop);
    if (found === 'down') throw lost;
    if (found === 'gone') outcomes.set(nameOf(entry), SUCCESSFUL);
  });
}

function nameOf({ Key, VersionId }: Entry): string {
  return entryName(Key, VersionId);
}

function deletionOf(bucket: string, { Key, VersionId }: Entry): Deletion {
  return VersionId === undefined ? { bucket, key: Key } : { bucket, key: Key, versionId: VersionId };
}
