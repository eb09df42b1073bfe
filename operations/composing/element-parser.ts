import { badRequest, checked } from '../common/problems';
import type { BoundOperation, OperationDefinition } from '../operation';
import { conditional } from './conditional';
import { checkDesiredStateOption } from './desired-state';
import { type ElementParts, takeApart } from './element';
import { parsePipeline, PIPELINE } from './pipeline/pipeline';
import { checkNoLook } from './pipeline/pipeline-checks';
import type { Step } from './step';

/** Reads Operation elements that name these operations; see `parseOperation`. */
export function elementParser(definitions: readonly OperationDefinition[]): (element: unknown) => BoundOperation {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]));
  const isOperation = (name: string): boolean => name === PIPELINE || byName.has(name);

  const parsePlain = ({ name, given, skipIfInDesiredState }: ElementParts, path: string): BoundOperation => {
    const definition = byName.get(name);
    if (definition === undefined) {
      const supported = [...byName.keys(), PIPELINE].join(', ');
      throw badRequest(`${path}.${name}: no such operation; supported are ${supported}`);
    }
    const operation = definition.withParameters(checked(definition.parameters, given, `${path}.${name}`));
    if (skipIfInDesiredState) checkDesiredStateOption(operation, path);
    return operation;
  };

  const parseStep = (element: unknown, path: string): Step => {
    const parts = takeApart(element, path, isOperation, true);
    if (parts.name === PIPELINE) throw badRequest(`${path}.${PIPELINE}: a pipeline can't be a step of a pipeline`);
    const { when, skipIfInDesiredState, appliesTo, isAppliesToGiven } = parts;
    return { operation: parsePlain(parts, path), when, skipIfInDesiredState, appliesTo, isAppliesToGiven, path };
  };

  return (element) => {
    const path = 'Operation';
    const parts = takeApart(element, path, isOperation);
    if (parts.name === PIPELINE) {
      const pipeline = parsePipeline(parts.given, parts.when, `${path}.${PIPELINE}`, parseStep);
      if (parts.skipIfInDesiredState) checkDesiredStateOption(pipeline, path);
      return pipeline;
    }
    const operation = parsePlain(parts, path);
    checkNoLook(operation, parts.when, path);
    return parts.when === undefined && !parts.skipIfInDesiredState ? operation : conditional(operation, parts);
  };
}
