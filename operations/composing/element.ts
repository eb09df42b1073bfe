import { z } from 'zod';
import { OPERATION_OPTIONS } from '../../contracts/operation-element';
import { badRequest, checked } from '../common/problems';
import { type Condition, condition, nestingProblem } from './condition';

/** The object that the former steps made, or the manifest's; at first they are the same. */
const appliesTo = z.enum(['Result', 'Source'], { error: 'must be Source or Result' });

const skipIfInDesiredState = z.boolean({ error: 'must be true or false' });

/** Whom an operation is applied to. */
export interface Options {
  readonly when: Condition | undefined;
  readonly skipIfInDesiredState: boolean;
}

/** An Operation element, or a step of a pipeline, taken apart. What the operation is given is not looked at yet. */
export interface ElementParts extends Options {
  readonly name: string;
  readonly given: unknown;
  readonly appliesTo: z.infer<typeof appliesTo>;
  readonly isAppliesToGiven: boolean;
}

/**
 * Throws `BadRequestException` unless the element has one operation and otherwise only options. `isOperation` tells a second
 * operation from a member that does not exist.
 */
export function takeApart(
  element: unknown,
  path: string,
  isOperation: (name: string) => boolean,
  isStep = false,
): ElementParts {
  if (typeof element !== 'object' || element === null || Array.isArray(element)) {
    throw badRequest(`${path}: must be an object with one member, the name of the operation`);
  }
  const members = Object.entries(element).filter(([, value]) => value !== undefined);
  const options = new Map(
    members.filter(([name]) => OPERATION_OPTIONS.includes(name) || (isStep && name === 'AppliesTo')),
  );
  const others = members.filter(([name]) => !options.has(name));
  const [name, given] = onlyOne(others, path, isOperation);
  return {
    name,
    given,
    when: options.has('When') ? readCondition(options.get('When'), `${path}.When`) : undefined,
    skipIfInDesiredState:
      options.has('SkipIfInDesiredState') &&
      checked(skipIfInDesiredState, options.get('SkipIfInDesiredState'), `${path}.SkipIfInDesiredState`),
    appliesTo: checked(appliesTo.default('Result'), options.get('AppliesTo'), `${path}.AppliesTo`),
    isAppliesToGiven: options.get('AppliesTo') !== undefined,
  };
}

function onlyOne(
  members: readonly [name: string, given: unknown][],
  path: string,
  isOperation: (name: string) => boolean,
): [name: string, given: unknown] {
  const [first, second] = members;
  if (first !== undefined && second === undefined) return first;
  const unknown = members.filter(([name]) => !isOperation(name));
  if (unknown.length === members.length - 1) {
    throw badRequest(unknown.map(([name]) => `${path}.${name}: ${reasonOf(name)}`).join('; '));
  }
  const found = members.length === 0 ? 'none' : members.map(([name]) => name).join(', ');
  throw badRequest(`${path}: exactly one operation must be given, found ${found}`);
}

function reasonOf(name: string): string {
  return name === 'AppliesTo' ? 'has a meaning only in a step of a pipeline' : 'unknown member';
}

function readCondition(given: unknown, path: string): Condition {
  const problem = nestingProblem(given);
  if (problem !== undefined) throw badRequest(`${path}: ${problem}`);
  return checked(condition, given, path);
}
