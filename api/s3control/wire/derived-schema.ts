import type { CreateJobRequest$ } from '@aws-sdk/client-s3-control';
import { DroverError } from '../../../contracts/engine/failures';
import type { ParameterKind, ParameterShape } from '../../../operations/parameter-shape';
import { OWN_NAMESPACE, refuseElements } from './unknown-elements';

/** A structure in the form that the SDK's schemas have. */
export type StructureShape = typeof CreateJobRequest$;
export type ShapeRef = StructureShape[5][number];

/** Simple shapes; the SDK writes them as numbers. */
export const STRING = 0;
export const INTEGER = 1;
export const BOOLEAN = 2;
const SIMPLE: Readonly<Partial<Record<ParameterKind, number>>> = {
  string: STRING,
  integer: INTEGER,
  boolean: BOOLEAN,
  timestamp: 4,
  // The SDK's decimals; its numbers are whole ones to our reader.
  number: 19,
  // Read as text, then refused with the reason.
  refused: STRING,
};
/** Added to a simple shape. */
const LIST_OF = 64;
const MAP_OF = 128;
const LIST = 1;
const STRUCTURE = 3;

/** A structure with further members; those of the same name are replaced. */
export function withMembers(shape: StructureShape, more: Readonly<Record<string, ShapeRef>>): StructureShape {
  const [kind, namespace, name, traits, names, members] = shape;
  const all = new Map(names.map((member, index) => [member, members[index] as ShapeRef]));
  for (const [member, ref] of Object.entries(more)) all.set(member, ref);
  return [kind, namespace, name, traits, [...all.keys()], [...all.values()]];
}

/** A structure that AWS does not have. */
export function ownStructure(name: string, members: Readonly<Record<string, ShapeRef>>): StructureShape {
  return withMembers([STRUCTURE, OWN_NAMESPACE, name, 0, [], []], members);
}

export function ownList(name: string, item: ShapeRef): ShapeRef {
  return () => [LIST, OWN_NAMESPACE, name, 0, item];
}

/** What stands behind a member of a structure; undefined when that is no structure. A member may have traits of its own. */
export function referred(member: ShapeRef): { readonly structure?: StructureShape; readonly traits: unknown } {
  const [ref, traits] = (Array.isArray(member) && member.length === 2 ? member : [member, 0]) as [unknown, unknown];
  const shape: unknown = typeof ref === 'function' ? (ref as () => unknown)() : ref;
  return Array.isArray(shape) && shape[0] === STRUCTURE ? { structure: shape as StructureShape, traits } : { traits };
}

/**
 * The wire shape of a structure of parameters: what an operation takes is said once, in its own file, and is on this wire
 * with that. `known` is what AWS has of it: its members stay as they are, further ones are added, at any depth. Lists are
 * `member` elements, maps `entry` elements with `key` and `value`, as AWS's are. Throws InternalError for what such XML
 * can't carry, when that part is first used.
 */
export function structureOf(shape: ParameterShape, name: string, known?: StructureShape): StructureShape {
  const more: Record<string, ShapeRef> = {};
  for (const [member, { shape: given }] of shape.members()) {
    const path = `${name}.${member}`;
    const had = known?.[5][known[4].indexOf(member)];
    const ref = had === undefined ? derived(given, path) : enlarged(had, given, path);
    if (ref !== had) more[member] = ref;
  }
  if (known === undefined) return ownStructure(name, more);
  const own = Object.keys(more).filter((member) => !known[4].includes(member));
  if (own.length > 0) refuseElements(known[2], own);
  return Object.keys(more).length === 0 ? known : withMembers(known, more);
}

/** A member of AWS's: the same reference when nothing comes into it. */
function enlarged(had: ShapeRef, given: ParameterShape, name: string): ShapeRef {
  const { structure, traits } = referred(had);
  if (structure === undefined || given.kind !== 'structure') return had;
  const larger = structureOf(given, name, structure);
  return larger === structure ? had : ([() => larger, traits] as unknown as ShapeRef);
}

/** Structures may refer to themselves: each is made once, and not before it is used. */
const structures = new WeakMap<ParameterShape['members'], ShapeRef>();

function derived(given: ParameterShape, name: string): ShapeRef {
  if (given.kind === 'structure') {
    let made: StructureShape | undefined;
    const ref = structures.get(given.members) ?? (() => (made ??= structureOf(given, name)));
    structures.set(given.members, ref);
    return ref;
  }
  if (given.kind === 'list') {
    const item = derived(given.items(), `${name}.member`);
    return typeof item === 'number' && item < LIST_OF ? LIST_OF | item : ownList(name, item);
  }
  if (given.kind === 'map') {
    const value = derived(given.items(), `${name}.value`);
    if (typeof value === 'number' && value < LIST_OF) return MAP_OF | value;
    throw new DroverError('InternalError', `S3 Control's XML has no maps of structures or lists: ${name}`);
  }
  return SIMPLE[given.kind] ?? STRING;
}
