import { z } from 'zod';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../../contracts/outcome';
import type { OperationContext, ParsedOperation, PerformTask } from '../operation';
import { compileCondition, type Condition } from './condition';
import { decidedBeforehand } from './conditional-group';
import {
  ALREADY_IN_DESIRED_STATE,
  bindDesiredStateRow,
  bindUnlessInDesiredState,
  type DecideBeforehand,
} from './desired-state';
import { type Options, optionMembers } from './element';
import { ask, Looks } from './look';

/** What becomes of a task whose object the operation is not for. */
export const SKIPPED: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'Skipped: the condition does not hold',
});

/** The same where a former attempt may have changed what the condition asks for. */
const SKIPPED_NOW: TaskOutcome = Object.freeze({
  status: 'succeeded',
  httpStatus: 200,
  message: 'Skipped: the condition does not hold, or no longer: a run that was cut off may have begun with the object',
});

export function skipped({ takenUpAgain }: Pick<OperationContext, 'takenUpAgain'>): TaskOutcome {
  return takenUpAgain ? SKIPPED_NOW : SKIPPED;
}

/** An operation with its parameters, and the element that it was read from. */
export interface ParsedElement extends ParsedOperation {
  readonly element: object;
  /** How the operation has a condition, when it is not enough to look and then to begin. */
  readonly bindWhen?: (when: Condition, context: OperationContext) => PerformTask;
}

/** Undefined when the operation is not for this object, and nothing was done. `first` is done when it is, before anything else. */
export type PerformIfApplicable = (
  task: Task,
  looks: Looks,
  signal: AbortSignal,
  first?: () => Promise<void>,
) => Promise<TaskOutcome | undefined>;

/** The schema of composed operations: their elements have been checked member by member when they were composed. */
export const composedElement = z.record(z.string(), z.json());

export function bindOptions(
  parsed: ParsedOperation,
  { when, skipIfInDesiredState }: Options,
  context: OperationContext,
): PerformIfApplicable {
  const { operation, parameters } = parsed;
  const perform = skipIfInDesiredState
    ? bindUnlessInDesiredState(parsed, context)
    : operation.bind(parameters, context);
  if (when === undefined) {
    return async (task, _looks, signal, first) => {
      await first?.();
      return perform(task, signal);
    };
  }
  const holds = compileCondition(when, context.createdAt);
  const unlessRemoved = bindUnlessRemoved(parsed, skipIfInDesiredState, context);
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
  parsed: ParsedOperation,
  { when, skipIfInDesiredState }: Options,
  context: OperationContext,
): DecideBeforehand {
  const inDesiredState = skipIfInDesiredState ? bindDesiredStateRow(parsed, context) : () => Promise.resolve(undefined);
  if (when === undefined) return inDesiredState;
  const holds = compileCondition(when, context.createdAt);
  const unlessRemoved = bindUnlessRemoved(parsed, skipIfInDesiredState, context);
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
  { operation, parameters }: ParsedOperation,
  skipIfInDesiredState: boolean,
  context: OperationContext,
): (refused: TaskOutcome, task: Task, signal: AbortSignal) => Promise<TaskOutcome> {
  if (!operation.removesObject) return (refused) => Promise.resolve(refused);
  const isRemoved = operation.bindDesiredState?.(parameters, context);
  if (isRemoved === undefined) {
    const perform = operation.bind(parameters, context);
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

/** What options add to the texts of an operation. */
export function optionTexts({ when, skipIfInDesiredState }: Options): { success: string; rerun: string } {
  const skipped = when === undefined ? '' : 'Or the condition does not hold for the object, and nothing was done.';
  const already = skipIfInDesiredState ? 'Or the object needed nothing (AlreadyInDesiredState).' : '';
  const again =
    when === undefined
      ? ''
      : 'The condition is looked at anew: what the first run changed may be skipped by the second, whose row says so.';
  return { success: [skipped, already].filter(Boolean).join(' '), rerun: again };
}

/**
 * The operation for some of the objects only: `When` tells for which, `SkipIfInDesiredState` passes over those that need
 * nothing. The methods of the result are those of this one element, whatever parameters they are given.
 */
export function conditional(parsed: ParsedElement, options: Options): ParsedOperation {
  const { operation, parameters, plan, element, bindWhen } = parsed;
  const texts = optionTexts(options);
  const { buckets, calls } = operation;
  return {
    operation: {
      name: operation.name,
      summary: operation.summary,
      call: operation.call,
      reference: operation.reference,
      success: `${operation.success} ${texts.success}`.trim(),
      rerun: `${operation.rerun} ${texts.rerun}`.trim(),
      parameters: composedElement,
      examples: [],
      plan: () => plan,
      ...(buckets && { buckets: () => buckets(parameters) }),
      ...(calls && { calls: () => calls(parameters) }),
      ...(operation.precheck && {
        precheck: async (_: unknown, bucket: string, own: OperationContext) =>
          operation.precheck?.(parameters, bucket, own),
      }),
      bind(_, context) {
        if (bindWhen && options.when) return bindWhen(options.when, context);
        const perform = bindOptions(parsed, options, context);
        return async (task, signal) => (await perform(task, new Looks(context, signal), signal)) ?? skipped(context);
      },
      ...(operation.bindGroup && {
        bindGroup(_: unknown, context: OperationContext) {
          const group = operation.bindGroup?.(parameters, context);
          return group && decidedBeforehand(group, bindDecision(parsed, options, context));
        },
      }),
    },
    parameters: { ...element, ...optionMembers(options) },
    plan,
  };
}
