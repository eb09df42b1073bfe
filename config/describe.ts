import { z } from 'zod';
import { configFileSchema } from './file/schema';

/** One setting of the file, or one variable, as docs/run/configuration.md shows it. */
export interface SettingDescription {
  /** `stores.<name>.endpoint`, `roles[].arn` */
  readonly path: string;
  readonly type: string;
  readonly required: boolean;
  /** In words or, in backticks, as a value; empty when it is required. */
  readonly fallback: string;
  readonly description: string;
}

/** As much of JSON Schema as is needed here. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly anyOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly required?: readonly string[];
  readonly description?: string;
  readonly default?: string | number | boolean;
  readonly 'x-default'?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
}

const CREDENTIALS = 'Credentials';

/** `#/$defs/Credentials` */
function nameOf(ref: string): string {
  return ref.replace('#/$defs/', '');
}

/** JSON Schema (draft 2020-12) of drover.config.yaml. */
export function configJsonSchema(): JsonSchema {
  return z.toJSONSchema(configFileSchema, { io: 'input' }) as JsonSchema;
}

/** Every setting of the file, in the order of the schema; those within credentials are `credentialSettings`. */
export function fileSettings(): SettingDescription[] {
  return below(configJsonSchema(), '');
}

export function credentialSettings(): SettingDescription[] {
  const { $defs = {} } = configJsonSchema();
  return ($defs[CREDENTIALS]?.anyOf ?? []).flatMap((form) =>
    below(form.$ref === undefined ? form : ($defs[nameOf(form.$ref)] ?? {}), ''),
  );
}

function below(schema: JsonSchema, prefix: string): SettingDescription[] {
  const { properties = {}, required = [] } = schema;
  const members = Object.entries(properties).flatMap(([name, member]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [row(path, member, required.includes(name)), ...within(member, path)];
  });
  return members.filter(({ description }) => description !== '');
}

function within(schema: JsonSchema, path: string): SettingDescription[] {
  if (schema.items !== undefined) return below(schema.items, `${path}[]`);
  if (typeof schema.additionalProperties === 'object') return below(schema.additionalProperties, `${path}.<name>`);
  return [...below(schema, path), ...(schema.anyOf ?? []).flatMap((form) => below(form, path))];
}

function row(path: string, schema: JsonSchema, required: boolean): SettingDescription {
  const { description = '', default: value, 'x-default': words } = schema;
  const fallback = value === undefined ? (words ?? '') : `\`${value}\``;
  return { path, type: typeOf(schema), required, fallback: required ? '' : fallback, description };
}

function typeOf(schema: JsonSchema): string {
  const { $ref, items, anyOf } = schema;
  if ($ref !== undefined) return '[credentials](#credentials)';
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${value}\``).join(', ');
  if (items !== undefined) return items.properties === undefined ? 'list of texts' : 'list of mappings';
  if (anyOf !== undefined) return [...new Set(anyOf.map(typeOf))].join(' or ');
  if (schema.type === 'object') return mappingType(schema);
  return schema.type === 'string' ? 'text' : String(schema.type);
}

function mappingType({ additionalProperties }: JsonSchema): string {
  const ofRefs = typeof additionalProperties === 'object' && additionalProperties.$ref !== undefined;
  return ofRefs ? `mapping of ${typeOf(additionalProperties)}` : 'mapping';
}
