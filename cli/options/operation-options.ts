import { createRequire } from 'node:module';
import type { Json, JsonObject } from '../../contracts/job';
import type * as Operations from '../../operations';
import type * as Composing from '../../operations/composing/condition';
import type * as Shapes from '../../operations/parameter-shape';
import { UsageError } from '../usage-error';
import { assign } from './assignments';
import { closest } from './names';
import { readJson } from './read-json';

/** What is to be done: options of `create` and `schedule create`. */
export interface OperationOptions {
  readonly operation?: string;
  readonly parameters?: string;
  readonly set?: readonly string[];
  readonly pipeline?: string;
  readonly when?: readonly string[];
  readonly skipIfInDesiredState?: boolean;
}

/** The Operation element; names of operations and values are the API's to check. Throws `UsageError`. */
export async function operationElement(options: OperationOptions): Promise<JsonObject> {
  const { when, skipIfInDesiredState } = options;
  return {
    ...(await (options.pipeline === undefined ? oneOperation(options) : pipeline(options, options.pipeline))),
    ...(when === undefined ? {} : { When: await condition(when) }),
    ...(skipIfInDesiredState === true ? { SkipIfInDesiredState: true } : {}),
  };
}

async function oneOperation({ operation, parameters, set = [] }: OperationOptions): Promise<JsonObject> {
  if (operation === undefined) throw new UsageError('--operation, --pipeline or --request is required');
  const given = objectOf(await readJson(parameters ?? '{}', '--parameters'), '--parameters');
  const { OPERATIONS } = load('../../operations') as typeof Operations;
  const known = operationNamed(operation, OPERATIONS);
  if (known === undefined) {
    const near = closest(
      operation,
      OPERATIONS.map(({ name }) => name),
    );
    if (near !== undefined) throw new UsageError(`unknown operation ${operation}: did you mean ${near}?`);
    // The API may be newer, and knows which there are.
    if (set.length === 0) return { [operation]: given };
    throw new UsageError(`--set: unknown operation ${operation}; \`drover operations\` lists all`);
  }
  return { [known.name]: set.length === 0 ? given : assign(given, shapeOf(known.parameters), set, '--set') };
}

/** As it is spelled, in any case, or without the service's initials: `deleteobject`. */
export function operationNamed<Named extends { readonly name: string }>(
  given: string,
  operations: readonly Named[],
): Named | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/^s3/, '');
  return operations.find(({ name }) => plain(name) === plain(given));
}

/** All names, for help and messages. */
export function operationNames(): string[] {
  return (load('../../operations') as typeof Operations).OPERATIONS.map(({ name }) => name);
}

async function pipeline(options: OperationOptions, text: string): Promise<JsonObject> {
  const other = (['operation', 'parameters', 'set'] as const).find((name) => options[name] !== undefined);
  if (other !== undefined) throw new UsageError(`--pipeline and --${other} cannot be combined`);
  const given = await readJson(text, '--pipeline');
  return { Pipeline: Array.isArray(given) ? { Steps: given } : objectOf(given, '--pipeline') };
}

/** JSON, a file of it, or `Name=value` pairs. */
async function condition(given: readonly string[]): Promise<JsonObject> {
  const [first = '', ...others] = given;
  if (/^\s*[{@]/.test(first)) {
    if (others.length > 0) throw new UsageError('--when takes JSON once, or Name=value several times');
    return objectOf(await readJson(first, '--when'), '--when');
  }
  const { condition: schema } = load('../../operations/composing/condition') as typeof Composing;
  return assign({}, shapeOf(schema), given, '--when');
}

function objectOf(value: Json, flag: string): JsonObject {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError(`${flag} must hold a JSON object`);
}

function shapeOf(schema: Parameters<typeof Shapes.parameterShape>[0]): Shapes.ParameterShape {
  return (load('../../operations/parameter-shape') as typeof Shapes).parameterShape(schema);
}

/** What operations stand on takes long to load: commands that do not ask for it need not wait. */
function load(path: string): unknown {
  return createRequire(__filename)(path);
}
