import { z } from 'zod';
import { defined } from '../../../contracts/defined';
import type { ListedWait, OperationPlan } from '../../../contracts/engine/plan';
import { LIMITS } from '../../../contracts/limits';
import { checked } from '../../common/problems';
import type { BoundOperation } from '../../operation';
import { type Condition, needsLook } from '../condition';
import { type Step, stepBuckets, stepContext } from '../step';
import { checkNoLook, checkSteps } from './pipeline-checks';
import { bindLookAtSteps } from './pipeline-look';
import { bindSteps } from './pipeline-run';

export const PIPELINE = 'Pipeline';

export const STEPS_MAX = 10;

const pipelineParameters = z.strictObject({
  Steps: z.array(z.unknown()).min(1, 'must have at least one step').max(STEPS_MAX, `at most ${STEPS_MAX} steps`),
});

/**
 * Several operations on each object, one after the other, and one row for all of them. A step runs only when those before it
 * succeeded; one that its condition passes over does not hinder the next. `when`: the condition of the whole pipeline.
 *
 * `parseStep` reads one element of Steps. Throws `BadRequestException` that names members by their path below `path`.
 */
export function parsePipeline(
  given: unknown,
  when: Condition | undefined,
  path: string,
  parseStep: (element: unknown, path: string) => Step,
): BoundOperation {
  const { Steps } = checked(pipelineParameters, given, path);
  const steps = Steps.map((element, index) => parseStep(element, `${path}.Steps.${index}`));
  checkSteps(steps);
  const isOfArchives = steps[0]?.operation.isOfArchives === true;
  checkNoLook({ isOfArchives }, when, path);
  return {
    isOfArchives,
    mustBeConfirmed: steps.some(({ operation }) => operation.mustBeConfirmed),
    ...defined({ takesSuccessesOf: steps[0]?.operation.takesSuccessesOf }),
    plan: pipelinePlan(steps.map(({ operation }) => operation.plan)),
    buckets: pipelineBuckets(steps),
    calls: {
      functions: union(steps.map(({ operation }) => operation.calls?.functions)),
      urls: union(steps.map(({ operation }) => operation.calls?.urls)),
    },
    precheck: steps.some(({ operation }) => operation.precheck !== undefined) ? precheckSteps(steps) : undefined,
    bind: (context) => bindSteps(steps, context, when),
    bindLook: steps.some(({ operation }) => operation.bindLook !== undefined) ? bindLookAtSteps(steps) : undefined,
  };
}

/** The least of everything; times add up. */
function pipelinePlan(plans: readonly OperationPlan[]): OperationPlan {
  const least = (member: 'batchRows' | 'requestsInFlight' | 'chunksInFlight' | 'batchesInFlight'): number =>
    Math.min(...plans.map((plan) => plan[member]));
  const timeoutsMs = plans.map((plan) => plan.batchTimeoutMs);
  const sumMs = timeoutsMs.reduce((sum, timeoutMs) => sum + timeoutMs, 0);
  const wait = waitOf(plans);
  const retrieval = plans.find((plan) => plan.retrieval !== undefined)?.retrieval;
  return {
    operation: PIPELINE,
    batchRows: least('batchRows'),
    requestsInFlight: least('requestsInFlight'),
    // No longer than the longest operation may take: an attempt that ends so goes on from its checkpoint.
    batchTimeoutMs: Math.min(sumMs, Math.max(LIMITS.copy.batchTimeoutMs, ...timeoutsMs)),
    chunksInFlight: least('chunksInFlight'),
    batchesInFlight: least('batchesInFlight'),
    ...(wait && { wait }),
    ...defined({ retrieval }),
  };
}

/** Looks are as early and as often as the step wants that is awaited the soonest. */
function waitOf(plans: readonly OperationPlan[]): ListedWait | undefined {
  const waits = plans.flatMap(({ wait }) => (wait?.kind === 'lists' ? [wait] : []));
  const [first] = waits;
  if (first === undefined) return undefined;
  const least = (member: 'firstLookMs' | 'intervalMs' | 'intervalMaxMs'): number =>
    Math.min(...waits.map((wait) => wait[member]));
  return {
    kind: 'lists',
    what: [...new Set(waits.map(({ what }) => what))].join(' or '),
    firstLookMs: least('firstLookMs'),
    intervalMs: least('intervalMs'),
    intervalMaxMs: least('intervalMaxMs'),
  };
}

function pipelineBuckets(steps: readonly Step[]): { read: string[]; write: string[] } {
  const named = steps.map(({ operation }) => operation.buckets ?? {});
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
function precheckSteps(steps: readonly Step[]): NonNullable<BoundOperation['precheck']> {
  return async (bucket, context) => {
    const buckets = stepBuckets(steps, bucket);
    for (const [index, { operation }] of steps.entries()) {
      const target = buckets[index];
      if (target !== undefined) await operation.precheck?.(target, stepContext(context, index));
    }
  };
}
