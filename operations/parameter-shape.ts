import { z } from 'zod';
import { defined } from '../contracts/defined';
import { DroverError } from '../contracts/engine/failures';

export type ParameterKind =
  'structure' | 'list' | 'map' | 'string' | 'timestamp' | 'integer' | 'number' | 'boolean' | 'refused';

/**
 * What a caller may give in a place of the parameters, read from the zod schema that checks it: for everything that has to
 * know the parameters without knowing the operation (wire, help, docs). May refer to itself, so members and items are made
 * when they are asked for.
 */
export interface ParameterShape {
  /** `refused`: known by its name and never accepted. */
  readonly kind: ParameterKind;
  readonly description: string;
  /** The values of an enumeration. */
  readonly values?: readonly string[];
  /** Members of a structure, in their order. The same function wherever the same structure stands: it may stand in itself. */
  readonly members: () => ReadonlyMap<string, { readonly shape: ParameterShape; readonly required: boolean }>;
  /** The shape of a list's items, or of a map's values. */
  readonly items: () => ParameterShape;
}

/** The part of JSON Schema that zod makes of our parameters. */
interface Node {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Node>>;
  readonly type?: string;
  readonly format?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
  readonly allOf?: readonly Node[];
  readonly not?: object;
  readonly items?: Node;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Node | boolean;
}

/** Throws InternalError for a schema whose alternatives are of different kinds, when that part is read. */
export function parameterShape(schema: z.ZodType): ParameterShape {
  const root = z.toJSONSchema(schema, { target: 'draft-2020-12', io: 'input' }) as Node;
  return new Reader(root).shapeOf([root]);
}

class Reader {
  private readonly made = new Map<Node, Omit<ParameterShape, 'description'>>();

  constructor(private readonly root: Node) {}

  /** The shape of alternatives is what they have together. */
  shapeOf(nodes: readonly Node[]): ParameterShape {
    const parts = nodes.flatMap((node) => this.alternatives(node));
    const described = [...nodes, ...parts].find((node) => node.description !== undefined);
    return { ...this.undescribed(parts), description: described?.description ?? '' };
  }

  private undescribed(parts: readonly Node[]): Omit<ParameterShape, 'description'> {
    const [only, second] = parts;
    if (only === undefined || second !== undefined) return this.fresh(parts);
    const shape = this.made.get(only) ?? this.fresh(parts);
    this.made.set(only, shape);
    return shape;
  }

  private fresh(parts: readonly Node[]): Omit<ParameterShape, 'description'> {
    const kinds = new Set(parts.map(kindOf));
    const [kind = 'refused', other] = kinds;
    if (other !== undefined) unfit(`A parameter that may be a ${kind} or a ${other} can't be described`);
    const values = valuesOf(parts);
    return {
      kind,
      ...defined({ values }),
      members: once(() => this.membersOf(parts)),
      items: once(() => this.shapeOf(parts.map(itemsOf))),
    };
  }

  private membersOf(parts: readonly Node[]): ReturnType<ParameterShape['members']> {
    const names = new Set(parts.flatMap(({ properties = {} }) => Object.keys(properties)));
    const members = [...names].map((name) => {
      const nodes = parts.flatMap(({ properties }) => properties?.[name] ?? []);
      const required = parts.every((part) => part.required?.includes(name) === true);
      return [name, { shape: this.shapeOf(nodes), required }] as const;
    });
    return new Map(members);
  }

  /** References followed; what is never accepted leaves nothing. */
  private alternatives(node: Node): readonly Node[] {
    const { $ref, anyOf, oneOf, allOf, not, type } = node;
    if ($ref !== undefined) return this.alternatives(this.target($ref));
    // Beside a type, `allOf` only says more of its texts: patterns for example.
    const choices = anyOf ?? oneOf ?? (type === undefined ? allOf : undefined);
    if (choices !== undefined) return choices.flatMap((choice) => this.alternatives(choice));
    return not === undefined && type !== 'null' ? [node] : [];
  }

  private target(ref: string): Node {
    const target = ref === '#' ? this.root : this.root.$defs?.[ref.replace(/^#\/\$defs\//, '')];
    return target ?? unfit(`${ref} refers to nothing`);
  }
}

function kindOf({ type, format, properties, const: only, enum: values }: Node): ParameterKind {
  switch (type ?? typeof (only ?? values?.[0])) {
    case 'array':
      return 'list';
    case 'object':
      return properties === undefined ? 'map' : 'structure';
    case 'string':
      return format === 'date-time' ? 'timestamp' : 'string';
    case 'integer':
      return 'integer';
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    default:
      return unfit('A parameter that may be anything cannot be described');
  }
}

/** Undefined when one of the alternatives takes any value. */
function valuesOf(parts: readonly Node[]): readonly string[] | undefined {
  const values = parts.map(({ const: only, enum: all }) => all ?? (only === undefined ? undefined : [only]));
  const found = values.flatMap((some) => some ?? []);
  return found.length === 0 || values.includes(undefined) ? undefined : [...new Set(found.map(String))];
}

function itemsOf({ items, additionalProperties }: Node): Node {
  const node = items ?? additionalProperties;
  return typeof node === 'object' ? node : unfit('A list or map of anything cannot be described');
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

function unfit(message: string): never {
  throw new DroverError('InternalError', message);
}
