import { SUCCESSFUL, type Task, type TaskOutcome } from '../../../contracts/engine/outcome';
import { ask } from '../../common/ask';
import type { BoundOperation, OperationContext } from '../../operation';
import { lookAt } from '../../verifying/look-at';
import { isOfMissingObject } from '../conditional';

/**
 * For an operation that removes its object, and that a former run has begun with: its row when the object is gone. Undefined
 * while it is there, and where the store does not tell. What is left to be done of the removal is done.
 */
export function bindRemovedBefore(
  operation: BoundOperation,
  context: OperationContext,
): (task: Task, signal: AbortSignal) => Promise<TaskOutcome | undefined> {
  const isInDesiredState = operation.bindDesiredState?.(context);
  const perform = operation.bind(context);
  return async (task, signal) => {
    signal.throwIfAborted();
    if (isInDesiredState) {
      const found = await ask(() => isInDesiredState(task, signal), task, context, signal);
      if ('answer' in found && found.answer) return SUCCESSFUL;
    }
    const seen = await ask(() => lookAt(context.storeFor(task.bucket, 'read'), task, signal), task, context, signal);
    return 'refused' in seen && isOfMissingObject(seen.refused) ? perform(task, signal) : undefined;
  };
}
