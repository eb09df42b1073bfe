import { NormalizedSchema } from '@smithy/core/schema';
import { DroverError, type FailureCode } from '../../../contracts/engine/failures';
import { MODEL_LIMITS, type ShapeLimits, type StructureLimits } from './model-limits';
import { isOwn } from './unknown-elements';
import type { Schema } from './xml';

/** More problems than this help nobody, and an error message has its bounds. */
const PROBLEMS_SHOWN_MAX = 5;
const INT_MAX = 2_147_483_647;
/** What JSON holds exactly. */
const LONG = { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER };
const VALUES_SHOWN_MAX = 15;
const NO_LIMITS: StructureLimits = { required: [], members: {} };

export interface ModelProblem {
  /** `Operation.S3PutObjectCopy.TargetKeyPrefix`; parameters under their name on the wire. */
  readonly path: string;
  readonly rule: string;
}

/**
 * What of a request, as JSON of the schema's types, is beyond the bounds of the service model. Clients check some of them
 * (boto3) or none (JavaScript), so all are checked here.
 */
export function modelProblems(schema: Schema, value: Readonly<Record<string, unknown>>): ModelProblem[] {
  const found: ModelProblem[] = [];
  for (const each of structureProblems(NormalizedSchema.of(schema), value, [])) {
    found.push(each);
    if (found.length > PROBLEMS_SHOWN_MAX) break;
  }
  return found;
}

/** Throws the error of this code when `modelProblems` finds any; the message names the members. */
export function checkModel(
  schema: Schema,
  value: Readonly<Record<string, unknown>>,
  code: FailureCode = 'BadRequestException',
): void {
  const problems = modelProblems(schema, value);
  if (problems.length === 0) return;
  const shown = problems.slice(0, PROBLEMS_SHOWN_MAX).map(({ path, rule }) => `${path}: ${rule}`);
  if (problems.length > PROBLEMS_SHOWN_MAX) shown.push('and more');
  throw new DroverError(code, shown.join('; '));
}

function* structureProblems(
  shape: NormalizedSchema,
  value: Readonly<Record<string, unknown>>,
  path: readonly string[],
): Generator<ModelProblem> {
  const limits = limitsOf(shape);
  let given = 0;
  for (const [name, member] of shape.structIterator()) {
    const { httpQuery, httpHeader } = member.getMemberTraits();
    const here = [...path, httpQuery ?? httpHeader ?? name];
    const content = value[name];
    if (content === undefined) {
      if (limits.required.includes(name)) yield problem(here, 'is required');
      continue;
    }
    given += 1;
    yield* memberProblems(member, limits.members[name] ?? { shape: name }, content, here);
  }
  if (shape.isUnionSchema() && given !== 1) yield problem(path, 'must have exactly one member');
}

/** Drover's own structures have none here: their zod schemas say more than a service model could. */
function limitsOf(shape: NormalizedSchema): StructureLimits {
  const name = shape.getName() ?? 'a structure without a name';
  const limits = isOwn(shape) ? NO_LIMITS : MODEL_LIMITS[name];
  if (limits === undefined) throw new Error(`no limits for ${name}`);
  return limits;
}

function* memberProblems(
  shape: NormalizedSchema,
  limits: ShapeLimits,
  value: unknown,
  path: readonly string[],
): Generator<ModelProblem> {
  if (shape.isStructSchema()) {
    yield* structureProblems(shape, value as Record<string, unknown>, path);
  } else if (shape.isListSchema()) {
    const items = value as unknown[];
    yield* sizeProblems(limits, items.length, 'entries', path);
    for (const [index, item] of items.entries()) {
      yield* memberProblems(shape.getValueSchema(), limits.items ?? limits, item, [...path, String(index)]);
    }
  } else if (shape.isMapSchema()) {
    const entries = Object.entries(value as Record<string, unknown>);
    yield* sizeProblems(limits, entries.length, 'entries', path);
    for (const [key, entry] of entries) {
      yield* textProblems(limits.keys ?? limits, key, [...path, 'key']);
      yield* memberProblems(shape.getValueSchema(), limits.entries ?? limits, entry, [...path, key]);
    }
  } else if (typeof value === 'string') {
    yield* textProblems(limits, value, path);
  } else if (typeof value === 'number') {
    yield* rangeProblems(limits, value, path);
  }
}

function* textProblems(limits: ShapeLimits, text: string, path: readonly string[]): Generator<ModelProblem> {
  const { values, pattern, says } = limits;
  if (values !== undefined) {
    if (values.includes(text)) return;
    yield problem(path, `must be ${values.length > 1 ? 'one of ' : ''}${listed(values)}`);
    return;
  }
  // Smithy counts the code points of a string.
  const size = [...sizeProblems(limits, codePoints(text), 'characters', path)];
  yield* size;
  if (size.length === 0 && pattern !== undefined && !compiled(pattern).test(text)) {
    yield problem(path, says ?? `must match ${pattern}`);
  }
}

function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function* sizeProblems(
  { min = 0, max = Infinity }: ShapeLimits,
  size: number,
  unit: string,
  path: readonly string[],
): Generator<ModelProblem> {
  if (size < min) yield problem(path, `must have at least ${min} ${unit}`);
  if (size > max) yield problem(path, `must have at most ${max} ${unit}`);
}

function* rangeProblems(limits: ShapeLimits, value: number, path: readonly string[]): Generator<ModelProblem> {
  const { min = -INT_MAX - 1, max = INT_MAX } = limits.type === 'integer' ? limits : { ...LONG, ...limits };
  if (value < min) yield problem(path, `must be at least ${min}`);
  if (value > max) yield problem(path, `must be at most ${max}`);
}

const patterns = new Map<string, RegExp>();

function compiled(pattern: string): RegExp {
  const known = patterns.get(pattern);
  if (known !== undefined) return known;
  const made = modelPattern(pattern);
  patterns.set(pattern, made);
  return made;
}

/** Matches whole texts, line breaks included, as object keys may hold them. */
export function modelPattern(pattern: string): RegExp {
  // Classes of characters need the u flag, which forbids the needless escapes of other patterns.
  return new RegExp(`^(?:${pattern})$`, pattern.includes(String.raw`\p{`) ? 'su' : 's');
}

function listed(values: readonly string[]): string {
  const shown = values.slice(0, VALUES_SHOWN_MAX).join(', ');
  return values.length > VALUES_SHOWN_MAX ? `${shown}, …` : shown;
}

function problem(path: readonly string[], rule: string): ModelProblem {
  return { path: path.join('.'), rule };
}
