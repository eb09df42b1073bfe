import type { z } from 'zod';
import { settingProblems } from './file/issues';
import { ConfigurationError, problemText } from './problems';

/** Reads environment variables by a schema. Empty ones count as absent. Throws `ConfigurationError` that names every wrong one. */
export function parseVariables<Output>(schema: z.ZodType<Output>, env: NodeJS.ProcessEnv): Output {
  const parsed = schema.safeParse(withoutEmpty(env));
  if (!parsed.success) throw new ConfigurationError(settingProblems(parsed.error.issues).map(problemText));
  return parsed.data;
}

/** The variables that have a value: compose files set those that they leave open to an empty text. */
export function withoutEmpty(env: NodeJS.ProcessEnv): Record<string, string> {
  const entries = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '',
  );
  return Object.fromEntries(entries);
}
