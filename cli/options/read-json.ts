import { readFile } from 'node:fs/promises';
import type { Json } from '../../contracts/job';
import { UsageError } from '../usage-error';

/** The value of an option that takes JSON, or `@file`. Throws `UsageError`. */
export async function readJson(given: string, flag: string): Promise<Json> {
  if (!given.startsWith('@')) return parseJson(given, flag);
  const file = given.slice(1);
  return parseJson(await readText(file), file);
}

/** For JSON that a shell has taken apart, or whose quotes it has taken away. */
export const QUOTES_HINT = `is the JSON in quotes? Write it as '{"Name": "value"}'`;

function lacksQuotes(text: string): boolean {
  return /^\s*[{[]/.test(text) && !text.includes('"');
}

export function parseJson(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UsageError(`${where} is not valid JSON: ${reason}${lacksQuotes(text) ? `; ${QUOTES_HINT}` : ''}`);
  }
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
