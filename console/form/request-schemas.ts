import type { Operation, OperationList } from '../client/operations';
import { type Field, fieldOf } from './field';
import { objectOf } from './json';

/** What the API says of a request: of operations as it lists them, of all else by its OpenAPI document. */
export interface RequestSchemas {
  readonly operations: readonly Operation[];
  readonly operation: (name: string) => Operation | undefined;
  /** Undefined for an operation that the API does not have. */
  readonly parametersOf: (name: string) => Field | undefined;
  /** A condition. */
  readonly when: Field;
  /** A member of the request, which may be absent. */
  readonly member: (name: string) => Field;
}

export function requestSchemas({ operations, when }: OperationList, openApi: unknown): RequestSchemas {
  const root = objectOf(openApi);
  const request = fieldOf('', { $ref: '#/components/schemas/CreateJobRequest' }, root);
  const members = new Map(request.members().map((member) => [member.name, member]));
  const operation = (name: string): Operation | undefined => operations.find((each) => each.name === name);
  return {
    operations,
    operation,
    parametersOf: (name) => {
      const found = operation(name);
      return found && fieldOf(name, found.parameters, found.parameters, true);
    },
    when: fieldOf('When', when, when),
    member: (name) => members.get(name) ?? fieldOf(name, undefined, root),
  };
}
