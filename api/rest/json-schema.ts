import { z } from 'zod';
import type { Json, JsonObject } from '../../contracts/job';

/**
 * A zod schema as JSON Schema (draft 2020-12). `input` is what a caller may send, `output` what an answer holds. Members
 * that exist only to be refused by name are left out. Schemas with an id stand under `$defs`.
 */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { target: 'draft-2020-12', io });
  return withoutRefused(rest as JsonObject) as JsonObject;
}

function withoutRefused(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutRefused);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, member]) => {
    const kept = name === 'properties' && isObject(member) ? allowed(member) : member;
    return [name, withoutRefused(kept)] as const;
  });
  return Object.fromEntries(entries);
}

/** `z.never()` becomes `{not: {}}`. */
function allowed(properties: JsonObject): JsonObject {
  const kept = Object.entries(properties).filter(
    ([, member]) => !isEmpty(isObject(member) ? member['not'] : undefined),
  );
  return Object.fromEntries(kept);
}

function isEmpty(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
