import { readFile } from 'node:fs/promises';
import type { Json } from '../../contracts/job';
import { UsageError } from '../context';

/** The value of an option that takes JSON, or `@file`. Throws `UsageError`. */
export async function readJson(given: string, flag: string): Promise<Json> {
  if (!given.startsWith('@')) return parseJson(given, flag);
  const file = given.slice(1);
  return parseJson(await readText(file), file);
}

export function parseJson(text: string, where: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UsageError(`${where} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export async function readText(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? String(error)}`);
  }
}
