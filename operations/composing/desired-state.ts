import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import { ask } from '../common/ask';
import { badRequest } from '../common/problems';
import type { BoundOperation, OperationContext, PerformTask } from '../operation';

/** What `SkipIfInDesiredState` makes of a task whose object needs nothing. */
export const ALREADY_IN_DESIRED_STATE: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'AlreadyInDesiredState',
  skipped: true,
});

/** Throws `BadRequestException` when the operation can't tell. `path` is that of the element. */
export function checkDesiredStateOption({ plan, bindDesiredState }: BoundOperation, path: string): void {
  if (bindDesiredState !== undefined) return;
  throw badRequest(
    `${path}.SkipIfInDesiredState: ${plan.operation} can't tell whether an object is in the desired state`,
  );
}

/** Undefined for a task that is to be carried out; else its row. */
export type DecideBeforehand = (task: Task, signal: AbortSignal) => Promise<TaskOutcome | undefined>;

/** Looks whether the object is as it should be. */
export function bindDesiredStateRow(operation: BoundOperation, context: OperationContext): DecideBeforehand {
  const isInDesiredState = operation.bindDesiredState?.(context);
  if (isInDesiredState === undefined) throw new Error(`${operation.plan.operation} has no desired state`);
  return async (task, signal) => {
    signal.throwIfAborted();
    const found = await ask(() => isInDesiredState(task, signal), task, context, signal);
    if ('refused' in found) return found.refused;
    return found.answer ? ALREADY_IN_DESIRED_STATE : undefined;
  };
}

/** Looks first, and acts only on what is not as it should be. */
export function bindUnlessInDesiredState(operation: BoundOperation, context: OperationContext): PerformTask {
  const perform = operation.bind(context);
  const rowOf = bindDesiredStateRow(operation, context);
  return async (task, signal) => (await rowOf(task, signal)) ?? perform(task, signal);
}
