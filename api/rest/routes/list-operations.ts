import { OPERATIONS } from '../../../operations';
import { condition } from '../../../operations/composing/condition';
import { canSkip, isOfAws } from '../../../operations/describe';
import type { OperationDefinition } from '../../../operations/operation';
import { jsonSchema } from '../json-schema';
import { defineRoute } from '../route';
import { operationList } from '../schemas';

export function listOperationsRoute() {
  return defineRoute({
    method: 'get',
    path: '/operations',
    operationId: 'listOperations',
    tag: 'about',
    summary: 'List what jobs can do to objects, with parameters and examples',
    schemas: { answer: operationList },
    status: 200,
    open: true,
    errors: [],
    handle: () =>
      Promise.resolve({ body: { operations: OPERATIONS.map(operationJson), when: jsonSchema(condition, 'input') } }),
  });
}

function operationJson(operation: OperationDefinition) {
  const { name, summary, call, reference, success, rerun, parameters, examples } = operation;
  const origin = isOfAws(operation) ? 'AWS' : 'Drover';
  const texts = { name, origin, summary, call, reference, success, rerun };
  const schema = jsonSchema(parameters, 'input');
  return { ...texts, skipIfInDesiredState: canSkip(operation), parameters: schema, examples };
}
