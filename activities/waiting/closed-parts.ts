import type { JobRef } from '../../contracts/engine/activities';
import { isListBatch } from '../../contracts/engine/naming';
import type { FailedOutcome } from '../../contracts/engine/waiting';
import { PartBuilder, type PartScope, slicePart } from '../../reports';
import type { CallOptions, ObjectStore } from '../../storage/object-store';
import { Bitmap } from '../batch/bitmap';
import { readListRows, takenOf, type WaitingState } from './waiting-list';

/** What a task gets that waited when its job ended. */
const NOT_AWAITED: FailedOutcome = {
  status: 'failed',
  httpStatus: 202,
  errorCode: 'RestoreNotAwaited',
  message: 'The restore was requested; the job ended before the object became readable',
};

const NOT_GONE_ON: FailedOutcome = {
  status: 'failed',
  httpStatus: 202,
  errorCode: 'RestoreNotAwaited',
  message: 'The object had become readable; the job ended before its next step',
};

/**
 * The part of a batch of a job that ended early, with a row for each of its tasks that waited: those that stand in a list are left to the
 * list, and the tasks of a list that were not come to get their row here. Pending stay those of which another part has the row.
 */
export async function closedPart(
  store: ObjectStore,
  job: Pick<JobRef, 'workspace'>,
  batch: number,
  {
    part,
    state,
    scope,
  }: { readonly part: Buffer | undefined; readonly state: WaitingState; readonly scope: PartScope },
  options: CallOptions,
): Promise<Buffer | undefined> {
  if (part === undefined && !isListBatch(batch)) return undefined;
  const rows = part === undefined ? new PartBuilder(scope) : PartBuilder.resume(part);
  const pending = rows.takePending();
  const taken = takenOf(state, batch, pending.length);
  for (const [place, task] of pending.entries()) {
    rows.add(task, taken.has(place) ? { status: 'pending' } : NOT_AWAITED);
  }
  if (isListBatch(batch)) {
    const listed = await readListRows(store, job, batch, options);
    const done = doneOf(part, listed.length);
    for (const [index, { task, refused }] of listed.entries()) {
      if (!done.has(index)) rows.add(task, refused ?? NOT_GONE_ON);
    }
  }
  return rows.encode();
}

/** A finished part has all rows, an open one says which. */
function doneOf(part: Buffer | undefined, count: number): Bitmap {
  if (part === undefined) return Bitmap.empty(count);
  const { done } = slicePart(part);
  return (done === undefined ? undefined : Bitmap.parse(done, count)) ?? Bitmap.full(count);
}
