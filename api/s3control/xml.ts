import { CreateJobRequest$ } from '@aws-sdk/client-s3-control';
import { XmlShapeDeserializer, XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { NormalizedSchema } from '@smithy/core/schema';
import { DroverError } from '../../contracts/failures';

const NAMESPACE = 'http://awss3control.amazonaws.com/doc/2018-08-20/';
const ISO_8601 = 5;

const SETTINGS = {
  xmlNamespace: NAMESPACE,
  timestampFormat: { useTrait: true, default: ISO_8601 },
  httpBindings: true,
  serviceNamespace: 'com.amazonaws.s3control',
} as const;

type Schema = Parameters<XmlShapeDeserializer['readSchema']>[0];
type Tree = string | { [name: string]: Tree | Tree[] };

/**
 * The SDK reads answers of a server it trusts; here the sender is anyone. So what it would drop or bend in silence
 * (unknown elements, values that are no number, boolean or time, repeated elements) is refused, as AWS does.
 */
class RequestDeserializer extends XmlShapeDeserializer {
  override readSchema(schema: Schema, value: unknown): unknown {
    const shape = NormalizedSchema.of(schema);
    const name = shape.isMemberSchema() ? shape.getMemberName() : (shape.getName() ?? 'element');
    if (shape.isListSchema()) return super.readSchema(schema, listWithMembers(shape, name, value as Tree));
    if (shape.isMapSchema()) return super.readSchema(schema, mapWithEntries(name, value as Tree));
    if (shape.isStructSchema()) {
      checkStructure(shape, name, value);
      return super.readSchema(schema, value);
    }
    if (typeof value !== 'string') throw invalid(`${name} is given more than once, or has elements inside`);
    if (shape.isBooleanSchema() && !/^(true|false)$/i.test(value)) throw invalid(`${name} must be true or false`);
    if (shape.isNumericSchema() && !/^-?\d{1,15}$/.test(value)) throw invalid(`${name} must be a whole number`);
    if (shape.isTimestampSchema()) return timestampText(name, value);
    return super.readSchema(schema, value);
  }

  protected override parseXml(text: string): unknown {
    return withoutPrefixes(super.parseXml(text) as Tree);
  }
}

/**
 * The body of a CreateJob request as plain JSON: timestamps are ISO 8601 strings.
 * Throws MalformedXML; what the members may hold is for `validate-request` to say.
 */
export function readCreateJobRequest(body: Uint8Array): unknown {
  const text = checkedText(body, 'CreateJobRequest');
  try {
    return new RequestDeserializer(SETTINGS).read(CreateJobRequest$, text);
  } catch (error) {
    if (error instanceof DroverError) throw error;
    throw new DroverError('MalformedXML', 'The XML you provided was not well-formed', { cause: error });
  }
}

/** An answer's document. `value` is plain JSON: ISO strings become timestamps where the schema has them. */
export function writeXml(schema: Schema, value: unknown): string {
  const serializer = new XmlShapeSerializer(SETTINGS);
  serializer.write(schema, withDates(NormalizedSchema.of(schema), value));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${String(serializer.flush())}`;
}

const PROLOG = /^\uFEFF?\s*(?:<\?[^>]*\?>\s*|<!--(?:(?!-->)[^])*-->\s*)*/;

/** The text of a document that is safe to parse: UTF-8, no document type, no entities but XML's own, one root of this name. */
function checkedText(body: Uint8Array, root: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new DroverError('MalformedXML', 'The body is not UTF-8', { cause: error });
  }
  if (text.trim() === '') throw new DroverError('MalformedXML', `The body is empty: a ${root} document is needed`);
  const markup = withoutLiterals(text);
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/.test(markup))
    throw invalid('it has an unknown entity');
  const start = text.replace(PROLOG, '');
  const name = /^<(?:[\w.-]+:)?([\w.-]+)/.exec(start)?.[1];
  if (name !== root) throw invalid(`the root element must be ${root}`);
  const closings = markup.match(new RegExp(`</(?:[\\w.-]+:)?${root}\\s*>`, 'g'))?.length ?? 0;
  if (closings > 1 || (closings === 1 && !/^\s*>$/.test(markup.trimEnd().split(root).at(-1) ?? ''))) {
    throw invalid(`nothing may follow the ${root} element`);
  }
  return withAstralCharacters(start);
}

/** The document without comments and CDATA sections. By hand, for a pattern would take quadratic time on unclosed ones. */
function withoutLiterals(text: string): string {
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf('<!'); at >= 0; at = text.indexOf('<!', from)) {
    const end = text.startsWith('<!--', at) ? '-->' : text.startsWith('<![CDATA[', at) ? ']]>' : undefined;
    if (end === undefined) throw invalid('a document type or entity declaration is not accepted');
    const close = text.indexOf(end, at);
    if (close < 0) throw invalid(`${end} is missing`);
    kept.push(text.slice(from, at));
    from = close + end.length;
  }
  return kept.join('') + text.slice(from);
}

/** The SDK's parser reads a reference as one UTF-16 unit, which breaks characters beyond U+FFFF. */
function withAstralCharacters(text: string): string {
  return text.replace(/&#(?:x([0-9a-fA-F]{5,6})|(\d{5,7}));/g, (reference, hex?: string, decimal?: string) => {
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    if (point > 0x10ffff) throw invalid(`${reference} is not a character`);
    return point > 0xffff ? String.fromCodePoint(point) : reference;
  });
}

/** Any prefix may stand for the namespace, and its declarations are attributes that the parser mixes with the elements. */
function withoutPrefixes(tree: Tree): Tree {
  if (typeof tree === 'string') return tree;
  const entries = Object.entries(tree)
    .filter(([name]) => name !== 'xmlns' && !name.startsWith('xmlns:'))
    .map(([name, value]) => {
      const local = name.slice(name.indexOf(':') + 1);
      return [local, Array.isArray(value) ? value.map(withoutPrefixes) : withoutPrefixes(value)] as const;
    });
  if (entries.length === 0) return '';
  const [only] = entries;
  if (entries.length === 1 && only?.[0] === '#text' && typeof only[1] === 'string') return only[1];
  return Object.fromEntries(entries);
}

function checkStructure(shape: NormalizedSchema, name: string, value: unknown): void {
  if (typeof value === 'string' && value.trim() === '') return;
  if (typeof value !== 'object' || value === null) throw invalid(`${name} must have elements, not text`);
  if (Array.isArray(value)) throw invalid(`${name} is given more than once`);
  const known = new Set<string>();
  for (const [memberName, member] of shape.structIterator()) {
    if (member.getMemberTraits().httpHeader !== undefined) continue;
    known.add(member.getMemberTraits().xmlName ?? memberName);
  }
  for (const [element, content] of Object.entries(value)) {
    if (isBlankText(element, content)) continue;
    if (!known.has(element)) throw invalid(`${name} has no element ${element}`);
  }
}

/** Line breaks and indentation between elements. */
function isBlankText(element: string, content: unknown): boolean {
  return element === '#text' && typeof content === 'string' && content.trim() === '';
}

/** The API reference draws items under the name of their type (`S3Tag`), clients send `member`: both are read. */
function listWithMembers(shape: NormalizedSchema, name: string, value: Tree | Tree[]): unknown {
  if (typeof value === 'string') {
    if (value.trim() !== '') throw invalid(`${name} must have elements, not text`);
    return value;
  }
  if (Array.isArray(value)) {
    const [single] = value;
    if (value.length !== 1 || single === undefined) throw invalid(`${name} is given more than once`);
    return [listWithMembers(shape, name, single)];
  }
  const item = shape.getValueSchema();
  const itemName = item.getMergedTraits().xmlName ?? 'member';
  const typeName = item.getName();
  const items: unknown[] = [];
  for (const [element, content] of Object.entries(value)) {
    if (isBlankText(element, content)) continue;
    if (element !== itemName && element !== typeName) throw invalid(`${name} has no element ${element}`);
    items.push(...(Array.isArray(content) ? content : [content]));
  }
  return { [itemName]: items };
}

function mapWithEntries(name: string, value: Tree): unknown {
  if (typeof value === 'string') {
    if (value.trim() !== '') throw invalid(`${name} must have elements, not text`);
    return value;
  }
  if (Array.isArray(value)) throw invalid(`${name} is given more than once`);
  const { entry, ...others } = value;
  const other = Object.keys(others).find((element) => element !== '#text');
  if (other !== undefined || entry === undefined) throw invalid(`${name} must have entry elements`);
  for (const pair of Array.isArray(entry) ? entry : [entry]) {
    if (typeof pair === 'string' || typeof pair['key'] !== 'string')
      throw invalid(`${name} has an entry without a key`);
  }
  return { entry };
}

/** As ISO 8601 in UTC with milliseconds: equal times give equal requests, whichever client wrote them. */
function timestampText(name: string, value: string): string {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/i.test(value)
    ? Date.parse(value)
    : Number.NaN;
  if (Number.isNaN(time)) throw invalid(`${name} must be an ISO 8601 time with a zone`);
  return new Date(time).toISOString();
}

function withDates(shape: NormalizedSchema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (shape.isTimestampSchema()) return typeof value === 'string' ? new Date(value) : value;
  if (typeof value !== 'object' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((item) => withDates(shape.getValueSchema(), item));
  if (shape.isMapSchema()) return value;
  if (!shape.isStructSchema()) return value;
  const members = new Map(shape.structIterator());
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      const memberShape = members.get(name);
      return [name, memberShape === undefined ? member : withDates(memberShape, member)];
    }),
  );
}

function invalid(what: string): DroverError {
  return new DroverError('MalformedXML', `The XML you provided did not validate against our published schema: ${what}`);
}
