import { badRequest } from '../../common/problems';
import type { BoundOperation } from '../../operation';
import { type Condition, needsLook } from '../condition';
import type { Step } from '../step';

/** A step, and the number of the object that it is applied to: 0 is the manifest's, each step may make another. */
interface Placed {
  readonly step: Step;
  readonly target: number;
}

const SOURCE = 0;

function placed(steps: readonly Step[]): Placed[] {
  let made = SOURCE;
  return steps.map((step, index) => {
    const target = step.appliesTo === 'Source' ? SOURCE : made;
    if (step.operation.bindResult) made = index + 1;
    return { step, target };
  });
}

/** Refuses an order of steps that can't go well for any object. Throws `BadRequestException`. */
export function checkSteps(steps: readonly Step[]): void {
  /** By the number of the object: what removed it. */
  const gone = new Map<number, string>();
  for (const [index, { step, target }] of placed(steps).entries()) {
    checkGroups(step);
    checkArchives(step, steps[0]?.operation, index === 0, target === SOURCE);
    checkUnclearRemoval(step, steps.slice(0, index));
    const remover = gone.get(target);
    if (remover !== undefined && needsObject(step)) {
      const hint = step.appliesTo === 'Source' ? ', or say AppliesTo Result if that step makes another' : '';
      throw refusal(step, `its object is gone after ${remover}: put it before that step${hint}`);
    }
    // With a condition, it is there for the objects that the condition passes over.
    if (step.operation.removesObject && step.when === undefined) gone.set(target, memberOf(step));
  }
}

/** An archive is no object: a store can neither look at it nor do anything with it. */
export function checkNoLook(
  { isOfArchives }: Pick<BoundOperation, 'isOfArchives'>,
  when: Condition | undefined,
  path: string,
): void {
  if (!isOfArchives || when === undefined || !needsLook(when)) return;
  throw badRequest(`${path}.When: an archive of a vault has a key alone: a condition can ask for nothing else`);
}

function checkArchives(step: Step, first: BoundOperation | undefined, isFirst: boolean, isSource: boolean): void {
  checkNoLook(step.operation, step.when, step.path);
  if (isFirst) return;
  if (step.operation.isOfArchives) throw refusal(step, 'a step on archives of a vault may only be the first one');
  if (!first?.isOfArchives || !isSource) return;
  throw refusal(step, 'applies to the archive itself, which is no object: let it apply to what the first step makes');
}

/** Steps are carried out object by object. */
function checkGroups(step: Step): void {
  const member = step.operation.inGroupsOnly;
  if (member === undefined) return;
  throw badRequest(`${memberOf(step)}.${member}: is not possible in a pipeline, which goes object by object`);
}

/**
 * Where a step is passed over that would have made another object, the next is applied to the object itself: whoever wants
 * to remove the copy would remove what was not copied.
 */
function checkUnclearRemoval(step: Step, former: readonly Step[]): void {
  if (!step.operation.removesObject || step.isAppliesToGiven || step.when !== undefined) return;
  if (!former.some(({ operation, when }) => operation.bindResult !== undefined && when !== undefined)) return;
  throw refusal(
    step,
    'a former step makes another object of some objects only: say by AppliesTo which is to be removed, Source or Result',
  );
}

function needsObject({ operation, when }: Step): boolean {
  return !operation.worksWithoutObject || (when !== undefined && needsLook(when));
}

function refusal(step: Step, reason: string): Error {
  return badRequest(`${memberOf(step)}: ${reason}`);
}

function memberOf({ path, operation }: Step): string {
  return `${path}.${operation.plan.operation}`;
}
