import type { Task, TaskOutcome } from '../../contracts/outcome';
import { badRequest } from '../common/problems';
import type { Operation, OperationContext, ParsedOperation, PerformTask } from '../operation';
import { ask } from './look';

/** What `SkipIfInDesiredState` makes of a task whose object needs nothing. */
export const ALREADY_IN_DESIRED_STATE: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'AlreadyInDesiredState',
});

/** Throws `BadRequestException` when the operation can't tell. `path` is that of the option. */
export function checkDesiredStateOption(operation: Operation, path: string): void {
  if (operation.bindDesiredState !== undefined) return;
  throw badRequest(`${path}: ${operation.name} can't tell whether an object is in the desired state`);
}

/** Undefined for a task that is to be carried out; else its row. */
export type DecideBeforehand = (task: Task, signal: AbortSignal) => Promise<TaskOutcome | undefined>;

/** Looks whether the object is as it should be. */
export function bindDesiredStateRow(
  { operation, parameters }: ParsedOperation,
  context: OperationContext,
): DecideBeforehand {
  const isInDesiredState = operation.bindDesiredState?.(parameters, context);
  if (isInDesiredState === undefined) throw new Error(`${operation.name} has no desired state`);
  return async (task, signal) => {
    signal.throwIfAborted();
    const found = await ask(() => isInDesiredState(task, signal), task, context, signal);
    if ('refused' in found) return found.refused;
    return found.answer ? ALREADY_IN_DESIRED_STATE : undefined;
  };
}

/** Looks first, and acts only on what is not as it should be. */
export function bindUnlessInDesiredState(parsed: ParsedOperation, context: OperationContext): PerformTask {
  const { operation, parameters } = parsed;
  const perform = operation.bind(parameters, context);
  const rowOf = bindDesiredStateRow(parsed, context);
  return async (task, signal) => (await rowOf(task, signal)) ?? perform(task, signal);
}
