import type { TaskOutcome } from '../../contracts/engine/outcome';
import { failedBy } from '../common/failed-by';
import { mayBeWrittenByJob } from '../common/written-since';
import type { OperationContext } from '../operation';
import { find } from '../verifying/look-at';
import { type CopyToLookFor, isCopiedAlready } from './copied-already';

export interface FinishedCopy extends CopyToLookFor {
  readonly context: Pick<OperationContext, 'storeFor' | 'createdAt' | 'takenUpAgain'>;
}

const COPIED_BEFORE: TaskOutcome = { status: 'succeeded', httpStatus: 200, message: 'Successful: copied before' };

export function isOntoItself({ task, bucket, key }: CopyToLookFor): boolean {
  return task.bucket === bucket && task.key === key;
}

/**
 * The row of a copy of an object onto itself that was refused. The object is another after it: what a run that was cut off has
 * archived can't be copied again, what it has written is newer than `UnModifiedSinceConstraint`, and what is as it should be
 * already leaves nothing to be changed. Then the object itself tells that it was copied.
 */
export async function unlessByFormerRun(
  copy: FinishedCopy,
  refused: TaskOutcome & { readonly status: 'failed' },
  signal: AbortSignal,
): Promise<TaskOutcome> {
  const { context, bucket, key } = copy;
  if (!context.takenUpAgain || !mayBeOwnDoing(refused)) return refused;
  try {
    const there = await find(context.storeFor(bucket, 'write'), { bucket, key }, signal);
    if (!mayBeWrittenByJob(there, context)) return refused;
    if (await isCopiedAlready(copy, signal)) return COPIED_BEFORE;
  } catch (error) {
    failedBy(error);
    return refused;
  }
  const text = `${refused.message} (${bucket}/${key} was written since the job was created: perhaps by a run that was cut off)`;
  return { ...refused, message: text };
}

/** Archived; a constraint; nothing to change. */
function mayBeOwnDoing({ httpStatus, errorCode }: TaskOutcome & { readonly status: 'failed' }): boolean {
  return (
    httpStatus === 412 || errorCode === 'InvalidObjectState' || (httpStatus === 400 && errorCode === 'InvalidRequest')
  );
}
