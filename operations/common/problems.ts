import type { z } from 'zod';
import { DroverError } from '../../contracts/failures';

/** More problems than this help nobody, and an error message has its bounds. */
const PROBLEMS_SHOWN_MAX = 5;

/** What the schema makes of `given`. Throws `BadRequestException` that names members by their path below `path`. */
export function checked<T>(schema: z.ZodType<T>, given: unknown, path: string): T {
  const result = schema.safeParse(given, { error: missing });
  if (result.success) return result.data;
  throw badRequest(problems(path, result.error));
}

export function badRequest(message: string): DroverError {
  return new DroverError('BadRequestException', message);
}

/** Said of a member that must be there; undefined leaves the schema's own words. */
const missing: z.core.$ZodErrorMap = (issue) => (issue.input === undefined ? 'is required' : undefined);

function problems(root: string, error: z.ZodError): string {
  const lines = error.issues.flatMap((issue) => {
    const path = [root, ...issue.path.map(String)].join('.');
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${key}: unknown member`);
    if (issue.code === 'invalid_key') return issue.issues.map((inner) => `${path}: ${inner.message}`);
    return [`${path}: ${issue.message}`];
  });
  const shown = lines.slice(0, PROBLEMS_SHOWN_MAX).join('; ');
  return lines.length > PROBLEMS_SHOWN_MAX ? `${shown}; and ${lines.length - PROBLEMS_SHOWN_MAX} more` : shown;
}
