import { defined } from '../../contracts/defined';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/engine/outcome';
import { ask } from '../common/ask';
import type { BoundOperation, OperationContext } from '../operation';
import { compileCondition } from './condition';
import { decidedBeforehand } from './conditional-group';
import {
  ALREADY_IN_DESIRED_STATE,
  bindDesiredStateRow,
  bindUnlessInDesiredState,
  type DecideBeforehand,
} from './desired-state';
import type { Options } from './element';
import { Looks } from './look';

/** What becomes of a task whose object the operation is not for. */
export const SKIPPED: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'Skipped: the condition does not hold',
  skipped: true,
});

/** The same where a former attempt may have changed what the condition asks for. */
const SKIPPED_NOW: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'Skipped: the condition does not hold, or no longer: a run that was cut off may have begun with the object',
  skipped: true,
});

export function skipped({ takenUpAgain }: Pick<OperationContext, 'takenUpAgain'>): TaskOutcome {
  return takenUpAgain ? SKIPPED_NOW : SKIPPED;
}

/** Undefined when the operation is not for this object, and nothing was done. `first` is done when it is, before anything else. */
export type PerformIfApplicable = (
  task: Task,
  looks: Looks,
  signal: AbortSignal,
  first?: () => Promise<void>,
) => Promise<TaskOutcome | undefined>;

export function bindOptions(
  operation: BoundOperation,
  { when, skipIfInDesiredState }: Options,
  context: OperationContext,
): PerformIfApplicable {
  const perform = skipIfInDesiredState ? bindUnlessInDesiredState(operation, context) : operation.bind(context);
  if (when === undefined) {
    return async (task, _looks, signal, first) => {
      await first?.();
      return perform(task, signal);
    };
  }
  const holds = compileCondition(when, context.createdAt);
  const unlessRemoved = bindUnlessRemoved(operation, skipIfInDesiredState, context);
  return async (task, looks, signal, first) => {
    signal.throwIfAborted();
    const found = await ask(() => holds(looks.of(task)), task, context, signal);
    if ('refused' in found) return unlessRemoved(found.refused, task, signal);
    if (!found.answer) return undefined;
    await first?.();
    return perform(task, signal);
  };
}

/** The options' word on a task before it is carried out; `SKIPPED` where the condition does not hold. */
function bindDecision(
  operation: BoundOperation,
  { when, skipIfInDesiredState }: Options,
  context: OperationContext,
): DecideBeforehand {
  const inDesiredState = skipIfInDesiredState
    ? bindDesiredStateRow(operation, context)
    : () => Promise.resolve(undefined);
  if (when === undefined) return inDesiredState;
  const holds = compileCondition(when, context.createdAt);
  const unlessRemoved = bindUnlessRemoved(operation, skipIfInDesiredState, context);
  return async (task, signal) => {
    signal.throwIfAborted();
    const looks = new Looks(context, signal);
    const found = await ask(() => holds(looks.of(task)), task, context, signal);
    if ('refused' in found) return unlessRemoved(found.refused, task, signal);
    return found.answer ? inDesiredState(task, signal) : skipped(context);
  };
}

/**
 * The row of a task whose object could not be looked at: what the store says, unless the object is gone and the operation is
 * one that removes objects. Then a run that was cut off may have removed it, and to say that there is no object would be
 * wrong: what has nothing left to do has succeeded, and a move looks whether its target has come into being.
 */
function bindUnlessRemoved(
  operation: BoundOperation,
  skipIfInDesiredState: boolean,
  context: OperationContext,
): (refused: TaskOutcome, task: Task, signal: AbortSignal) => Promise<TaskOutcome> {
  if (!operation.removesObject) return (refused) => Promise.resolve(refused);
  const isRemoved = operation.bindDesiredState?.(context);
  if (isRemoved === undefined) {
    const perform = operation.bind(context);
    return async (refused, task, signal) => (isOfMissingObject(refused) ? perform(task, signal) : refused);
  }
  return async (refused, task, signal) => {
    if (!isOfMissingObject(refused)) return refused;
    const found = await ask(() => isRemoved(task, signal), task, context, signal);
    if ('refused' in found) return found.refused;
    if (!found.answer) return refused;
    return skipIfInDesiredState ? ALREADY_IN_DESIRED_STATE : SUCCESSFUL;
  };
}

export function isOfMissingObject(row: TaskOutcome): boolean {
  return row.status === 'failed' && row.httpStatus === 404 && row.errorCode !== 'NoSuchBucket';
}

/**
 * The operation for some of the objects only: `When` tells for which, `SkipIfInDesiredState` passes over those that need
 * nothing.
 */
export function conditional(operation: BoundOperation, options: Options): BoundOperation {
  const { plan, buckets, calls, precheck, bindGroup, bindLook } = operation;
  const { isOfArchives = false, mustBeConfirmed = false, takesSuccessesOf } = operation;
  return {
    ...defined({ isOfArchives, mustBeConfirmed, takesSuccessesOf }),
    plan,
    buckets,
    calls,
    precheck,
    bindLook,
    bind(context) {
      const perform = bindOptions(operation, options, context);
      const afterWait = operation.bind(context);
      return async (task, signal) => {
        if (task.waited) return afterWait(task, signal);
        return (await perform(task, new Looks(context, signal), signal)) ?? skipped(context);
      };
    },
    bindGroup:
      bindGroup && ((context) => decidedBeforehand(bindGroup(context), bindDecision(operation, options, context))),
  };
}
