import type { z } from 'zod';
import { DroverError } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';

/** More problems than this help nobody. */
const PROBLEMS_SHOWN_MAX = 5;

type Issue = z.core.$ZodIssue;

/** What `schema` makes of the given value. Throws BadRequestException, whose message names each wrong member by its path. */
export function checkSchema<Output>(schema: z.ZodType<Output>, given: unknown): Output {
  checkSize(given);
  const result = schema.safeParse(given, { error: (issue) => (issue.input === undefined ? 'is required' : undefined) });
  if (result.success) return result.data;
  const lines = result.error.issues.flatMap((issue) => linesOf(issue, []));
  const shown = lines.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  const more = lines.length - PROBLEMS_SHOWN_MAX;
  throw new DroverError('BadRequestException', more > 0 ? `${shown}; and ${more} more` : shown);
}

/** Schemas walk by recursion, and collect what is wrong with each item of a list: both have an end before the body's bytes have. */
function checkSize(given: unknown): void {
  const open: (readonly [value: unknown, depth: number])[] = [[given, 0]];
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (++values > LIMITS.requestValuesMax) tooLarge(`has more than ${LIMITS.requestValuesMax} values`);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= LIMITS.requestDepthMax) tooLarge(`is nested more than ${LIMITS.requestDepthMax} deep`);
    for (const inner of Object.values(value)) open.push([inner, depth + 1]);
  }
}

function tooLarge(problem: string): never {
  throw new DroverError('BadRequestException', `body: ${problem}`);
}

function linesOf(issue: Issue, above: readonly PropertyKey[]): string[] {
  const path = [...above, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => `${[...path.map(String), key].join('.')}: unknown member`);
  }
  if (issue.code === 'invalid_union') {
    const branch = likeliest(issue.errors);
    if (branch !== undefined) return branch.flatMap((inner) => linesOf(inner, path));
  }
  return [`${path.map(String).join('.') || 'body'}: ${issue.message}`];
}

/** The form that was meant: the one with the fewest problems, when there is one such. */
function likeliest(branches: readonly Issue[][]): readonly Issue[] | undefined {
  const [first, second] = [...branches].sort((a, b) => a.length - b.length);
  return second !== undefined && first?.length === second.length ? undefined : first;
}

/** Members set to undefined would make equal requests differ. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
