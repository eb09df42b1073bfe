import { condition } from './composing/condition';
import type { OperationDefinition } from './operation';
import { type ParameterShape, parameterShape } from './parameter-shape';

/** One parameter as a person needs it: for the docs, the CLI's help and the console's form. */
export interface ParameterDescription {
  readonly name: string;
  /** `string`, `boolean`, `integer`, `number`, `time`, `list`, `structure`, `map`, or the values of an enumeration. */
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
  /** Members of a structure, or of the structures in a list. Absent where a structure stands in itself. */
  readonly members?: readonly ParameterDescription[];
}

/** S3 Control's own (API_control_JobOperation); all others are Drover's. */
const OF_AWS: readonly string[] = [
  'LambdaInvoke',
  'S3ComputeObjectChecksum',
  'S3DeleteObjectTagging',
  'S3InitiateRestoreObject',
  'S3PutObjectAcl',
  'S3PutObjectCopy',
  'S3PutObjectLegalHold',
  'S3PutObjectRetention',
  'S3PutObjectTagging',
  'S3ReplicateObject',
  'S3UpdateObjectEncryption',
];

export function isOfAws({ name }: Pick<OperationDefinition, 'name'>): boolean {
  return OF_AWS.includes(name);
}

/** Whether rows name archives of vaults instead of objects. With all parameters, or with none. */
export function isOfArchives(operation: OperationDefinition): boolean {
  const given = operation.parameters.parse(operation.examples[0]?.parameters);
  return operation.withParameters(given).isOfArchives === true;
}

/** Whether an operation can tell that an object needs nothing. It can with all parameters, or with none. */
export function canSkip(operation: OperationDefinition): boolean {
  const given = operation.parameters.parse(operation.examples[0]?.parameters);
  return operation.withParameters(given).bindDesiredState !== undefined;
}

/** The parameters an operation takes; those it refuses by name are left out. */
export function describeParameters({ parameters }: OperationDefinition): ParameterDescription[] {
  return membersOf(parameterShape(parameters), []);
}

/** The members of a condition (`When`). */
export function describeCondition(): ParameterDescription[] {
  return membersOf(parameterShape(condition), []);
}

function membersOf(shape: ParameterShape, above: readonly unknown[]): ParameterDescription[] {
  return [...shape.members()]
    .filter(([, member]) => member.shape.kind !== 'refused')
    .map(([name, member]) => {
      const { kind, description } = member.shape;
      const inner = kind === 'list' ? member.shape.items() : member.shape;
      const within = [...above, shape.members];
      const members = inner.kind === 'structure' && !within.includes(inner.members) ? membersOf(inner, within) : [];
      return {
        name,
        type: typeOf(member.shape),
        required: member.required,
        description,
        ...(members.length === 0 ? {} : { members }),
      };
    });
}

function typeOf({ kind, values }: ParameterShape): string {
  if (values !== undefined) return values.join(', ');
  return kind === 'timestamp' ? 'time' : kind;
}

/** One row for each, nested ones below theirs under dotted names; `[]` stands for the entries of a list. */
export function flattened(parameters: readonly ParameterDescription[], above = ''): ParameterDescription[] {
  return parameters.flatMap((one) => {
    const name = `${above}${one.name}`;
    const below = flattened(one.members ?? [], `${name}${one.type === 'list' ? '[].' : '.'}`);
    return [{ ...one, name }, ...below];
  });
}
