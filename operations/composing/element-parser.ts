import { badRequest, checked } from '../common/problems';
import type { Operation, ParsedOperation } from '../operation';
import { conditional, type ParsedElement } from './conditional';
import { checkDesiredStateOption } from './desired-state';
import { type ElementParts, takeApart } from './element';
import { parsePipeline, PIPELINE } from './pipeline';
import type { Step } from './step';

/** Reads Operation elements that name these operations; see `parseOperation`. */
export function elementParser(operations: readonly Operation[]): (element: unknown) => ParsedOperation {
  const byName = new Map(operations.map((operation) => [operation.name, operation]));
  const isOperation = (name: string): boolean => name === PIPELINE || byName.has(name);

  const parsePlain = ({ name, given }: ElementParts, path: string): ParsedElement => {
    const operation = byName.get(name);
    if (operation === undefined) {
      const supported = [...byName.keys(), PIPELINE].join(', ');
      throw badRequest(`${path}.${name}: no such operation; supported are ${supported}`);
    }
    const parameters = checked(operation.parameters, given, `${path}.${name}`);
    return { operation, parameters, plan: operation.plan(parameters), element: { [name]: parameters } };
  };

  const parseStep = (element: unknown, path: string): Step => {
    const parts = takeApart(element, path, isOperation, true);
    if (parts.name === PIPELINE) throw badRequest(`${path}.${PIPELINE}: a pipeline can't be a step of a pipeline`);
    const parsed = parsePlain(parts, path);
    if (parts.skipIfInDesiredState) checkDesiredStateOption(parsed.operation, `${path}.SkipIfInDesiredState`);
    const { when, skipIfInDesiredState, appliesTo, isAppliesToGiven } = parts;
    return { ...parsed, when, skipIfInDesiredState, appliesTo, isAppliesToGiven, path };
  };

  return (element) => {
    const path = 'Operation';
    const parts = takeApart(element, path, isOperation);
    const parsed =
      parts.name === PIPELINE ? parsePipeline(parts.given, `${path}.${PIPELINE}`, parseStep) : parsePlain(parts, path);
    if (parts.skipIfInDesiredState) checkDesiredStateOption(parsed.operation, `${path}.SkipIfInDesiredState`);
    if (parts.when !== undefined || parts.skipIfInDesiredState) return conditional(parsed, parts);
    const { operation, parameters, plan } = parsed;
    return { operation, parameters, plan };
  };
}
