import type { z } from 'zod';
import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import { checked } from '../../contracts/text/schema-problems';

/** `checked`, for a value of any size and depth. */
export function checkSchema<Output>(schema: z.ZodType<Output>, given: unknown): Output {
  checkSize(given);
  return checked(schema, given);
}

/** Schemas walk by recursion, and collect what is wrong with each item of a list: both have an end before the body's bytes have. */
function checkSize(given: unknown): void {
  const open: (readonly [value: unknown, depth: number])[] = [[given, 0]];
  let values = 0;
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, depth] = next;
    if (++values > LIMITS.api.requestValuesMax) tooLarge(`has more than ${LIMITS.api.requestValuesMax} values`);
    if (typeof value !== 'object' || value === null) continue;
    if (depth >= LIMITS.api.requestDepthMax) tooLarge(`is nested more than ${LIMITS.api.requestDepthMax} deep`);
    for (const inner of Object.values(value)) open.push([inner, depth + 1]);
  }
}

function tooLarge(problem: string): never {
  throw new DroverError('BadRequestException', `body: ${problem}`);
}

/** Members set to undefined would make equal requests differ. */
export function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutUndefined(member)]));
}
