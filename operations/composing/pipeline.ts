import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';
import type { Task, TaskOutcome } from '../../contracts/outcome';
import type { OperationPlan } from '../../contracts/plan';
import { failedBy } from '../common/failed-by';
import { checked } from '../common/problems';
import type { Operation, OperationContext, PerformTask } from '../operation';
import { needsLook } from './condition';
import { bindOptions, composedElement, optionTexts, type ParsedElement } from './conditional';
import { ALREADY_IN_DESIRED_STATE } from './desired-state';
import { optionMembers } from './element';
import { Looks } from './look';
import { checkSteps, lateRemovals } from './pipeline-checks';
import { failedAt, type SucceededStep, succeededWith } from './pipeline-outcome';
import { bindResult, type Step, stepBuckets, stepContext, stepLabel } from './step';

export const PIPELINE = 'Pipeline';

export const STEPS_MAX = 10;

const pipelineParameters = z.strictObject({
  Steps: z.array(z.unknown()).min(1, 'must have at least one step').max(STEPS_MAX, `at most ${STEPS_MAX} steps`),
});

/**
 * Several operations on each object, one after the other, and one row for all of them. A step runs only when those before it
 * succeeded; one that its condition passes over does not hinder the next.
 *
 * `parseStep` reads one element of Steps. Throws `BadRequestException` that names members by their path below `path`.
 */
export function parsePipeline(
  given: unknown,
  path: string,
  parseStep: (element: unknown, path: string) => Step,
): ParsedElement {
  const { Steps } = checked(pipelineParameters, given, path);
  const steps = Steps.map((element, index) => parseStep(element, `${path}.Steps.${index}`));
  checkSteps(steps);
  const plan = pipelinePlan(steps.map((step) => step.plan));
  const element = { [PIPELINE]: { Steps: steps.map(stepElement) } };
  return { operation: pipelineOperation(steps, plan), parameters: element, plan, element };
}

function stepElement(step: Step): object {
  const applied = step.isAppliesToGiven ? { AppliesTo: step.appliesTo } : {};
  return { ...step.element, ...optionMembers(step), ...applied };
}

/** The least of everything; times add up. Only the last step may wait. */
function pipelinePlan(plans: readonly OperationPlan[]): OperationPlan {
  const least = (member: 'batchRows' | 'requestsInFlight' | 'chunksInFlight' | 'batchesInFlight'): number =>
    Math.min(...plans.map((plan) => plan[member]));
  const timeoutsMs = plans.map((plan) => plan.batchTimeoutMs);
  const sumMs = timeoutsMs.reduce((sum, timeoutMs) => sum + timeoutMs, 0);
  const wait = plans.at(-1)?.wait;
  return {
    operation: PIPELINE,
    batchRows: least('batchRows'),
    requestsInFlight: least('requestsInFlight'),
    // No longer than the longest operation may take: an attempt that ends so goes on from its checkpoint.
    batchTimeoutMs: Math.min(sumMs, Math.max(LIMITS.copyBatchTimeoutMs, ...timeoutsMs)),
    chunksInFlight: least('chunksInFlight'),
    batchesInFlight: least('batchesInFlight'),
    ...(wait && { wait }),
  };
}

function pipelineOperation(steps: readonly Step[], plan: OperationPlan): Operation {
  const each = (text: (step: Step) => string): string =>
    steps.map((step, index) => `${stepLabel(step, index)}: ${text(step)}`.trim()).join(' ');
  return {
    name: PIPELINE,
    summary: `On each object, one after the other: ${steps.map(({ operation }) => operation.name).join(', ')}`,
    call: steps.map(({ operation }) => operation.call).join('; '),
    reference: steps.map(({ operation }) => operation.reference).join(' '),
    success: `Every step succeeded. ${each((step) => `${step.operation.success} ${optionTexts(step).success}`)}`,
    rerun: [
      'Begins at the first step again.',
      each((step) => `${step.operation.rerun} ${optionTexts(step).rerun}`),
      ...lateRemovals(steps).map((remover) => `A second run finds no object after ${remover}, and fails before it.`),
    ].join(' '),
    parameters: composedElement,
    examples: [],
    plan: () => plan,
    ...(beginsWithMove(steps) && { removesObject: true as const }),
    buckets: () => pipelineBuckets(steps),
    calls: () => ({
      functions: union(steps.map(({ operation, parameters }) => operation.calls?.(parameters).functions)),
      urls: union(steps.map(({ operation, parameters }) => operation.calls?.(parameters).urls)),
    }),
    checkAtCreate: (_, now) => {
      for (const { operation, parameters } of steps) operation.checkAtCreate?.(parameters, now);
    },
    ...(steps.some(({ operation }) => operation.precheck !== undefined) && { precheck: precheckSteps(steps) }),
    bind: (_, context) => bindSteps(steps, context),
  };
}

/** By its target a move tells whether it has removed the object in a former run: such a pipeline can be begun again. */
function beginsWithMove([first]: readonly Step[]): boolean {
  if (first?.when !== undefined) return false;
  return first?.operation.removesObject === true && first.operation.bindResult !== undefined;
}

function pipelineBuckets(steps: readonly Step[]): { read: string[]; write: string[] } {
  const named = steps.map(({ operation, parameters }) => operation.buckets?.(parameters) ?? {});
  const lookedAt = stepBuckets(steps, undefined).filter((_, index) => {
    const when = steps[index]?.when;
    return when !== undefined && needsLook(when);
  });
  return {
    read: union([...named.map(({ read }) => read), lookedAt]),
    write: union(named.map(({ write }) => write)),
  };
}

function union(lists: readonly (readonly (string | undefined)[] | undefined)[]): string[] {
  return [...new Set(lists.flatMap((list) => list ?? []).filter((name) => name !== undefined))];
}

/** Each step looks at the bucket that its objects are in. */
function precheckSteps(steps: readonly Step[]): NonNullable<Operation['precheck']> {
  return async (_, bucket, context) => {
    const buckets = stepBuckets(steps, bucket);
    for (const [index, { operation, parameters }] of steps.entries()) {
      const target = buckets[index];
      if (target !== undefined) await operation.precheck?.(parameters, target, stepContext(context, index));
    }
  };
}

function bindSteps(steps: readonly Step[], context: OperationContext): PerformTask {
  const bound = steps.map((step, index) => {
    const own = stepContext(context, index);
    const label = stepLabel(step, index);
    return { ...step, label, perform: bindOptions(step, step, own), resultOf: bindResult(step, own) };
  });
  return async (task, signal) => {
    const looks = new Looks(context, signal);
    const succeeded: SucceededStep[] = [];
    let made = task;
    for (const { label, appliesTo, perform, resultOf } of bound) {
      const target = appliesTo === 'Source' ? task : made;
      const outcome = await perform(target, looks, signal);
      if (outcome === undefined) continue;
      if (outcome.status === 'failed') return failedAt(label, outcome);
      // The last step: the others do not wait.
      if (outcome.status === 'pending') return outcome;
      if (outcome !== ALREADY_IN_DESIRED_STATE) looks.forget();
      succeeded.push({ label, message: outcome.message });
      const result = resultOf && resultTask(resultOf, target);
      if (result && 'status' in result) return result.status === 'failed' ? failedAt(label, result) : result;
      made = result ?? made;
    }
    return succeededWith(succeeded);
  };
}

/** What the step could act on has a result; anything else becomes the row all the same. */
function resultTask(resultOf: (task: Task) => Task, target: Task): Task | TaskOutcome {
  try {
    return resultOf(target);
  } catch (error) {
    return failedBy(error);
  }
}
