import { isObject, type Json, type JsonObject, listOf, objectOf, textOf } from './json';

/** `json`: a place whose schema says no more, or something this form has no element for; it is written as JSON. */
export type FieldKind =
  'structure' | 'list' | 'map' | 'text' | 'time' | 'choice' | 'integer' | 'number' | 'boolean' | 'json';

/** What may stand in one place of a request, read from its JSON Schema: all that a form must know of it. */
export interface Field {
  readonly kind: FieldKind;
  /** As the API calls it. */
  readonly name: string;
  readonly help: string;
  readonly required: boolean;
  /** Values of a choice. */
  readonly values: readonly string[];
  readonly bounds: Bounds;
  /** The members of a structure, in their order. Made when asked for: a structure may stand in itself. */
  readonly members: () => readonly Field[];
  /** An entry of a list, or a value of a map. */
  readonly item: () => Field;
  /** The names of a map. */
  readonly itemName: () => Field;
}

export interface Bounds {
  readonly min?: number;
  /** The value itself is not allowed. */
  readonly above?: number;
  readonly max?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly patterns: readonly string[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

/** Any schema that a schema of ours refers to stands in `root`. */
export function fieldOf(name: string, schema: Json | undefined, root: JsonObject, required = false): Field {
  const given = objectOf(schema);
  const nodes = alternatives(given, root);
  const [only] = nodes;
  const kinds = new Set(nodes.map(kindOf));
  const [kind = 'json'] = kinds.size === 1 ? kinds : [];
  const described = [given, ...nodes].find(({ description }) => description !== undefined);
  return {
    kind,
    name,
    help: textOf(described?.['description']),
    required,
    values: [...new Set(nodes.flatMap(valuesOf))],
    // Alternatives have their bounds each for itself: these are left to the API.
    bounds: nodes.length === 1 && only !== undefined ? boundsOf(only) : { patterns: [] },
    members: () => membersOf(nodes, root),
    item: () => fieldOf('', only?.['items'] ?? only?.['additionalProperties'], root, true),
    itemName: () => fieldOf('Name', only?.['propertyNames'] ?? { type: 'string', minLength: 1 }, root, true),
  };
}

/** References followed, choices taken apart. */
function alternatives(node: JsonObject, root: JsonObject): readonly JsonObject[] {
  const { $ref } = node;
  if (typeof $ref === 'string') return alternatives(objectOf(at(root, $ref)), root);
  // Beside a type, they only say more of it: which members go together, for example.
  const choices = node['type'] === undefined ? listOf(node['anyOf'] ?? node['oneOf']) : [];
  return choices.length > 0 ? choices.flatMap((choice) => alternatives(objectOf(choice), root)) : [node];
}

/** What a JSON pointer such as `#/$defs/Condition` leads to. */
function at(root: JsonObject, pointer: string): Json | undefined {
  const steps = pointer.split('/').slice(1);
  return steps.reduce<Json | undefined>((value, step) => objectOf(value)[step], root);
}

function kindOf(node: JsonObject): FieldKind {
  if (node['enum'] !== undefined) return 'choice';
  switch (node['type']) {
    case 'object':
      if (isObject(node['properties'])) return 'structure';
      return isObject(node['additionalProperties']) ? 'map' : 'structure';
    case 'array':
      return 'list';
    case 'string':
      return node['format'] === 'date-time' ? 'time' : 'text';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return 'json';
  }
}

function valuesOf(node: JsonObject): readonly string[] {
  return listOf(node['enum']).filter((value) => typeof value === 'string');
}

function boundsOf(node: JsonObject): Bounds {
  const numbers = Object.entries(BOUNDS).flatMap(([name, keyword]) => {
    const value = node[keyword];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  const patterns = [node, ...listOf(node['allOf'])].flatMap((each) => objectOf(each)['pattern'] ?? []);
  return { ...Object.fromEntries(numbers), patterns: patterns.map(textOf) };
}

const BOUNDS = {
  min: 'minimum',
  above: 'exclusiveMinimum',
  max: 'maximum',
  minLength: 'minLength',
  maxLength: 'maxLength',
  minItems: 'minItems',
  maxItems: 'maxItems',
} as const satisfies Partial<Record<keyof Bounds, string>>;

/** Those of all alternatives together; required is what all of them require. */
function membersOf(nodes: readonly JsonObject[], root: JsonObject): readonly Field[] {
  const names = new Set(nodes.flatMap((node) => Object.keys(objectOf(node['properties']))));
  return [...names].map((name) => {
    const schemas = nodes.flatMap((node) => objectOf(node['properties'])[name] ?? []);
    const required = nodes.every((node) => listOf(node['required']).includes(name));
    return fieldOf(name, schemas.length === 1 ? schemas[0] : { anyOf: schemas }, root, required);
  });
}

/** Whether an empty text is a value here; elsewhere an empty input means none. */
export function takesEmpty({ kind, bounds }: Field): boolean {
  return kind === 'text' && (bounds.minLength ?? 0) === 0 && bounds.patterns.every((pattern) => matches(pattern, ''));
}

/** True also for a pattern that this browser can't read: the API will say. */
export function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}

/** What stands in a place when it is first filled: all that is required, as far as it is not for a person to say. */
export function initial(field: Field): Json | undefined {
  switch (field.kind) {
    case 'structure':
      return Object.fromEntries(
        field
          .members()
          .filter(({ required }) => required)
          .flatMap((member) => {
            const value = initial(member);
            return value === undefined ? [] : [[member.name, value]];
          }),
      );
    case 'list':
      return Array.from({ length: field.bounds.minItems ?? 0 }, () => initial(field.item()) ?? '');
    case 'map':
      return {};
    case 'text':
      return takesEmpty(field) ? '' : undefined;
    case 'choice':
      return field.values.length === 1 ? field.values[0] : undefined;
    default:
      return undefined;
  }
}
