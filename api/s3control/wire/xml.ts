import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { DroverError } from '../../../contracts/engine/failures';
import { MODEL_LIMITS } from './model-limits';
import { isOwn, isRefusedElement } from './unknown-elements';
import { malformedXml, parseDocument, type Tree } from './xml-document';

const NAMESPACE = 'http://awss3control.amazonaws.com/doc/2018-08-20/';
const ISO_8601 = 5;

const SETTINGS = {
  xmlNamespace: NAMESPACE,
  timestampFormat: { useTrait: true, default: ISO_8601 },
  httpBindings: true,
  serviceNamespace: 'com.amazonaws.s3control',
} as const;

export type Schema = Parameters<XmlShapeSerializer['write']>[0];

/** How unknown elements are taken, and those that were passed over. */
interface Reading {
  /** Within something of Drover's own: see `unknown-elements`. */
  readonly strict: boolean;
  readonly passOver: (place: string) => void;
}

/**
 * The body of a request as plain JSON: timestamps are ISO 8601 strings, numbers numbers. What the schema does not have is
 * refused, in any order and at any depth, but for elements that AWS may have added to a structure of its own: these are passed
 * over, and `passOver` is told of each by its place (`Report.Colour`). Throws MalformedXML for what is no document of this
 * schema, BadRequestException for a value of the wrong type; whether values keep to their bounds is for `checkModel`.
 */
export function readRequestBody(
  schema: Schema,
  body: Uint8Array,
  passOver: (place: string) => void = () => undefined,
): Record<string, unknown> {
  const shape = NormalizedSchema.of(schema);
  const root = shape.getName() ?? '';
  return readStructure(shape, parseDocument(body, root), [root], { strict: false, passOver });
}

/** Path of a member: below the root, whose name says nothing. */
function place(path: readonly string[]): string {
  return path.length === 1 ? (path[0] ?? '') : path.slice(1).join('.');
}

function read(shape: NormalizedSchema, tree: Tree | Tree[], path: readonly string[], reading: Reading): unknown {
  if (Array.isArray(tree)) throw malformedXml(`${place(path)} is given more than once`);
  if (typeof tree === 'string' && shape.isStringSchema()) return tree;
  if (shape.isListSchema()) return readList(shape, tree, path, reading);
  if (shape.isMapSchema()) return readMap(shape, tree, path, reading);
  if (shape.isStructSchema()) return readStructure(shape, tree, path, reading);
  if (typeof tree !== 'string') throw malformedXml(`${place(path)} has elements inside`);
  return readScalar(shape, tree, path);
}

function readStructure(
  shape: NormalizedSchema,
  tree: Tree,
  path: readonly string[],
  above: Reading,
): Record<string, unknown> {
  const members = membersOnWire(shape);
  const reading = { ...above, strict: above.strict || isOwn(shape) };
  const found: Record<string, unknown> = {};
  for (const [element, content] of elementsOf(tree, path)) {
    const known = members.get(element);
    if (known !== undefined) found[known[0]] = read(known[1], content, [...path, known[0]], reading);
    else if (reading.strict || isRefusedElement(shape, element)) noElement(element, path);
    else reading.passOver(place([...path, element]));
  }
  return found;
}

type MembersOnWire = ReadonlyMap<string, readonly [name: string, member: NormalizedSchema]>;
const membersOf = new WeakMap<NormalizedSchema, MembersOnWire>();

/** The members of a structure that a body has, by the names of their elements. */
function membersOnWire(shape: NormalizedSchema): MembersOnWire {
  const known = membersOf.get(shape);
  if (known !== undefined) return known;
  const members = new Map<string, [name: string, member: NormalizedSchema]>();
  for (const [name, member] of shape.structIterator()) {
    const { httpHeader, httpLabel, httpQuery, xmlName } = member.getMemberTraits();
    if (httpHeader === undefined && httpLabel === undefined && httpQuery === undefined) {
      members.set(xmlName ?? name, [name, member]);
    }
  }
  membersOf.set(shape, members);
  return members;
}

/**
 * A list has one kind of items: another element is a mistake, not a newer member, and to pass over it could empty the list.
 * The API reference draws items under the name of their type (`S3Tag`), clients send `member`: both are read.
 */
function readList(shape: NormalizedSchema, tree: Tree, path: readonly string[], reading: Reading): unknown[] {
  const item = shape.getValueSchema();
  const names = [item.getMergedTraits().xmlName ?? 'member', itemShape(shape, item)];
  const items: Tree[] = [];
  for (const [element, content] of elementsOf(tree, path)) {
    if (!names.includes(element)) noElement(element, path);
    // Not spread into arguments: there may be more than a call can have.
    for (const one of Array.isArray(content) ? content : [content]) items.push(one);
  }
  return items.map((one, index) => read(item, one, [...path, String(index)], reading));
}

/** The SDK's schemas name the structures among the items; for strings the table of limits does. Drover's own have no name. */
function itemShape(shape: NormalizedSchema, item: NormalizedSchema): string | undefined {
  if (!item.isStructSchema()) return SCALAR_ITEMS.get(shape.getMemberName());
  return isOwn(item) ? undefined : item.getName();
}

const SCALAR_ITEMS = new Map(
  Object.values(MODEL_LIMITS).flatMap(({ members }) =>
    Object.entries(members).flatMap(([name, { items }]) => (items === undefined ? [] : [[name, items.shape] as const])),
  ),
);

function readMap(
  shape: NormalizedSchema,
  tree: Tree,
  path: readonly string[],
  reading: Reading,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const [element, content] of elementsOf(tree, path)) {
    if (element !== 'entry') noElement(element, path);
    for (const entry of Array.isArray(content) ? content : [content]) {
      const { key, value, ...others } = typeof entry === 'string' ? {} : entry;
      const [other] = Object.keys(others);
      if (other !== undefined) noElement(other, [...path, 'entry']);
      if (typeof key !== 'string' || value === undefined) throw malformedXml(`${place(path)} needs key and value`);
      if (Object.hasOwn(found, key)) throw malformedXml(`${place(path)} has the key ${key} more than once`);
      if (key === '__proto__') wrong([...path, key], 'is not a key that can be kept');
      found[key] = read(shape.getValueSchema(), value, [...path, key], reading);
    }
  }
  return found;
}

function readScalar(shape: NormalizedSchema, text: string, path: readonly string[]): unknown {
  // XML Schema collapses white space around these.
  const value = text.trim();
  if (shape.isBooleanSchema()) {
    if (!/^(true|false)$/i.test(value)) wrong(path, 'must be true or false');
    return value.toLowerCase() === 'true';
  }
  if (shape.isTimestampSchema()) return timestampText(value, path);
  if (shape.isBigDecimalSchema()) return readDecimal(value) ?? wrong(path, 'must be a number');
  return readInteger(value) ?? wrongNumber(path);
}

/**
 * Undefined for what is no whole number. Beyond 2^53 - 1, which the model's longs reach, JSON has no exact numbers; no
 * size in bytes comes near.
 */
export function readInteger(text: string): number | undefined {
  if (!/^[+-]?\d{1,19}$/.test(text)) return undefined;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number + 0 : undefined;
}

/** AWS's jobs calls have no fractions; some of Drover's own members have. */
function readDecimal(text: string): number | undefined {
  const number = /^[+-]?\d{1,30}(?:\.\d{1,30})?(?:[eE][+-]?\d{1,3})?$/.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(number) ? number + 0 : undefined;
}

function wrongNumber(path: readonly string[]): never {
  wrong(path, `must be a whole number of at most ${Number.MAX_SAFE_INTEGER}`);
}

function elementsOf(tree: Tree, path: readonly string[]): [name: string, content: Tree | Tree[]][] {
  if (typeof tree !== 'string') return Object.entries(tree);
  if (tree.trim() !== '') throw malformedXml(`${place(path)} must have elements, not text`);
  return [];
}

function noElement(element: string, path: readonly string[]): never {
  throw malformedXml(`${place(path)} has no element ${element}`);
}

function wrong(path: readonly string[], rule: string): never {
  throw new DroverError('BadRequestException', `${place(path)}: ${rule}`);
}

/** As ISO 8601 in UTC with milliseconds: equal times give equal requests, whichever client wrote them. */
function timestampText(value: string, path: readonly string[]): string {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/i.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (Number.isNaN(time) || isRolledOver(value)) wrong(path, 'must be an ISO 8601 time with a zone');
  return new Date(time).toISOString();
}

/** `Date.parse` takes 30 February for 2 March. */
function isRolledOver(value: string): boolean {
  const [year, month, day] = value.slice(0, 10).split('-').map(Number);
  return new Date(Date.UTC(year ?? 0, (month ?? 0) - 1, day)).getUTCDate() !== day;
}

/** An answer's document. `value` is plain JSON: ISO strings become timestamps where the schema has them. */
export function writeXml(schema: Schema, value: unknown): string {
  const serializer = new XmlShapeSerializer(SETTINGS);
  serializer.write(schema, writable(NormalizedSchema.of(schema), value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
}

const UNWRITABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** With dates for ISO strings, and with no character that XML 1.0 can't write: JSON requests may hold them. */
function writable(shape: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') {
    return shape.isTimestampSchema() ? new Date(value) : value.replace(UNWRITABLE, '\uFFFD');
  }
  if (typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => writable(shape.getValueSchema(), item));
  const members = shape.isStructSchema() ? new Map(shape.structIterator()) : undefined;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const memberShape = members === undefined ? shape.getValueSchema() : members.get(name);
      return [name.replace(UNWRITABLE, '\uFFFD'), memberShape === undefined ? member : writable(memberShape, member)];
    }),
  );
}
