import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';

/** An element: its text, or its children by local name, those of one name together in an array. */
export type Tree = string | { readonly [name: string]: Tree | Tree[] };

const NAME = String.raw`[\p{L}_:][\p{L}\p{N}_:.\-\u00B7]*`;
const OPENING = new RegExp(`<(${NAME})`, 'uy');
const ATTRIBUTE = new RegExp(String.raw`\s+(${NAME})\s*=\s*(?:"([^"<]*)"|'([^'<]*)')`, 'uy');
const TAG_END = /\s*(\/?)>/uy;
const CLOSING = new RegExp(String.raw`</(${NAME})\s*>`, 'uy');
const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-fA-F]{1,6}));/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** What XML 1.0 (section 2.2) has no way to write. */
const NO_CHARACTER = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

interface OpenElement {
  readonly tag: string;
  readonly text: string[];
  children?: Record<string, Tree | Tree[]>;
}

/** Refused in S3's words; `what` says which part. */
export function malformedXml(what: string): DroverError {
  return new DroverError(
    'MalformedXML',
    `The XML you provided was not well-formed or did not validate against our published schema: ${what}`,
  );
}

/**
 * Reads a document of which `root` is the root element, in UTF-8. Prefixes are dropped: whatever stands for the namespace,
 * or none, will do. The SDK's own parser reads answers of a server it trusts: it takes attributes for elements, loses line
 * breaks and characters beyond U+FFFF, and lets pass what is not XML. Throws MalformedXML; takes linear time; knows no
 * entities but XML's own.
 */
export function parseDocument(body: Uint8Array, root: string): Tree {
  const text = textOf(body);
  if (text.trim() === '') throw malformedXml(`the body is empty, a ${root} document is needed`);
  return new Parser(text, root).parse();
}

function textOf(body: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    throw new DroverError('MalformedXML', 'The body is not UTF-8', { cause: error });
  }
  const bad = NO_CHARACTER.exec(text)?.[0].codePointAt(0);
  if (bad !== undefined) throw malformedXml(`U+${bad.toString(16).toUpperCase().padStart(4, '0')} is not a character`);
  return text.replace(/\r\n?/g, '\n');
}

class Parser {
  private at = 0;
  private readonly open: OpenElement[] = [];
  private result: Tree | undefined;

  constructor(
    private readonly text: string,
    private readonly root: string,
  ) {}

  parse(): Tree {
    const { text } = this;
    const declaration = /^<\?xml\s[^?]*\?>/.exec(text)?.[0] ?? '';
    const encoding = /\sencoding\s*=\s*["']([^"']*)/.exec(declaration)?.[1];
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding)) {
      throw malformedXml(`the encoding must be UTF-8, not ${encoding}`);
    }
    this.at = declaration.length;
    while (this.at < text.length) {
      const markup = text.indexOf('<', this.at);
      this.characters(text.slice(this.at, markup < 0 ? text.length : markup));
      if (markup < 0) break;
      this.at = markup;
      this.markup();
    }
    const unclosed = this.open.at(-1);
    if (unclosed !== undefined) throw malformedXml(`${unclosed.tag} is not closed`);
    if (this.result === undefined) throw malformedXml(`the root element must be ${this.root}`);
    return this.result;
  }

  private markup(): void {
    const { text, at } = this;
    if (text.startsWith('<!--', at)) this.skipTo('-->');
    else if (text.startsWith('<![CDATA[', at)) this.cdata();
    else if (text.startsWith('<!', at)) throw malformedXml('a document type or entity declaration is not accepted');
    else if (text.startsWith('<?', at)) {
      if (/^<\?xml\s/i.test(text.slice(at, at + 6))) throw malformedXml('the XML declaration must come first');
      this.skipTo('?>');
    } else if (text.startsWith('</', at)) this.closeTag();
    else this.openTag();
  }

  private skipTo(end: string): string {
    const close = this.text.indexOf(end, this.at);
    if (close < 0) throw malformedXml(`${end} is missing`);
    const skipped = this.text.slice(this.at, close);
    this.at = close + end.length;
    return skipped;
  }

  private cdata(): void {
    const element = this.open.at(-1);
    if (element === undefined) throw malformedXml('a CDATA section stands outside of the root element');
    element.text.push(this.skipTo(']]>').slice('<![CDATA['.length));
  }

  private characters(raw: string): void {
    const element = this.open.at(-1);
    if (element !== undefined) {
      if (raw.includes(']]>')) throw malformedXml(`]]> stands in the text of ${localName(element.tag)}`);
      element.text.push(resolve(raw));
    } else if (raw.trim() !== '') {
      throw this.result === undefined
        ? malformedXml(`the root element must be ${this.root}`)
        : malformedXml(`nothing may follow the ${this.root} element`);
    }
  }

  private openTag(): void {
    const tag = this.match(OPENING)?.[1];
    if (tag === undefined) throw malformedXml('a < begins no element');
    if (this.open.length === 0) {
      if (this.result !== undefined) throw malformedXml(`nothing may follow the ${this.root} element`);
      if (localName(tag) !== this.root) throw malformedXml(`the root element must be ${this.root}`);
    }
    if (this.open.length >= LIMITS.api.requestDepthMax) throw malformedXml(`${localName(tag)} is nested too deeply`);
    let seen: Set<string> | undefined;
    for (let found = this.match(ATTRIBUTE); found !== null; found = this.match(ATTRIBUTE)) {
      const name = found[1] ?? '';
      seen ??= new Set();
      if (seen.has(name)) throw malformedXml(`${localName(tag)} has the attribute ${name} twice`);
      seen.add(name);
      resolve(found[2] ?? found[3] ?? '');
      // Declarations of namespaces, and what XML itself defines (xml:lang, xml:space).
      if (!/^(?:xmlns$|xmlns:|xml:)/.test(name)) throw malformedXml(`${localName(tag)} has no attribute ${name}`);
    }
    const end = this.match(TAG_END);
    if (end === null) throw malformedXml(`the tag of ${localName(tag)} is not closed`);
    this.open.push({ tag, text: [] });
    if (end[1] === '/') this.close();
  }

  private closeTag(): void {
    const tag = this.match(CLOSING)?.[1];
    const element = this.open.at(-1);
    if (tag === undefined || tag !== element?.tag) {
      throw malformedXml(`${element === undefined ? 'nothing' : element.tag} is open where a closing tag stands`);
    }
    this.close();
  }

  private close(): void {
    const element = this.open.pop();
    if (element === undefined) return;
    const { children } = element;
    const text = element.text.join('');
    const name = localName(element.tag);
    if (children !== undefined && text.trim() !== '') throw malformedXml(`${name} has text between its elements`);
    const tree = children ?? text;
    const parent = this.open.at(-1);
    if (parent === undefined) this.result = tree;
    else {
      // Without a prototype, so that no name means anything but an element.
      parent.children ??= Object.create(null) as Record<string, Tree | Tree[]>;
      const before = parent.children[name];
      if (before === undefined) parent.children[name] = tree;
      else if (Array.isArray(before)) before.push(tree);
      else parent.children[name] = [before, tree];
    }
  }

  private match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found !== null) this.at = pattern.lastIndex;
    return found;
  }
}

function localName(tag: string): string {
  return tag.slice(tag.indexOf(':') + 1);
}

function resolve(raw: string): string {
  let at = raw.indexOf('&');
  if (at < 0) return raw;
  let text = '';
  let from = 0;
  for (; at >= 0; at = raw.indexOf('&', from)) {
    REFERENCE.lastIndex = at;
    const found = REFERENCE.exec(raw);
    if (found === null) throw malformedXml('it has an unknown entity');
    text += raw.slice(from, at) + referred(found);
    from = REFERENCE.lastIndex;
  }
  return text + raw.slice(from);
}

function referred([reference, name, decimal, hex]: RegExpExecArray): string {
  if (name !== undefined) return ENTITIES[name] ?? '';
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  const character = point > 0x10ffff ? '\0' : String.fromCodePoint(point);
  if (NO_CHARACTER.test(character)) throw malformedXml(`${reference} is not a character`);
  return character;
}
