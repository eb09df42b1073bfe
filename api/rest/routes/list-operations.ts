import { OPERATIONS } from '../../../operations/index';
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
    handle: () => Promise.resolve({ body: { operations: OPERATIONS.map(operationJson) } }),
  });
}

function operationJson({ name, summary, call, reference, success, rerun, ...rest }: (typeof OPERATIONS)[number]) {
  const { parameters, examples } = rest;
  return { name, summary, call, reference, success, rerun, parameters: jsonSchema(parameters, 'input'), examples };
}
