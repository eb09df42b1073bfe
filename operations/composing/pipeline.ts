import { z } from 'zod';
import { LIMITS } from '../../contracts/limits';
import type { OperationPlan } from '../../contracts/plan';
import { checked } from '../common/problems';
import type { Operation } from '../operation';
import { needsLook } from './condition';
import { composedElement, optionTexts, type ParsedElement } from './conditional';
import { optionMembers } from './element';
import { checkSteps } from './pipeline-checks';
import { bindSteps } from './pipeline-run';
import { type Step, stepBuckets, stepContext, stepLabel } from './step';

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
  const operation = pipelineOperation(steps, plan);
  return {
    operation,
    parameters: element,
    plan,
    element,
    bindWhen: (when, context) => bindSteps(steps, context, when),
  };
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
      steps.slice(1).some(({ operation }) => operation.removesObject)
        ? 'Goes on after the last step that removed its object, where there is one; else begins at the first step again.'
        : 'Begins at the first step again.',
      each((step) => `${step.operation.rerun} ${optionTexts(step).rerun}`),
    ].join(' '),
    parameters: composedElement,
    examples: [],
    plan: () => plan,
    buckets: () => pipelineBuckets(steps),
    calls: () => ({
      functions: union(steps.map(({ operation, parameters }) => operation.calls?.(parameters).functions)),
      urls: union(steps.map(({ operation, parameters }) => operation.calls?.(parameters).urls)),
    }),
    ...(steps.some(({ operation }) => operation.precheck !== undefined) && { precheck: precheckSteps(steps) }),
    bind: (_, context) => bindSteps(steps, context),
  };
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
