/** Text in XML 1.0, as it is written into requests and read from answers. */

/** What the SDK escapes: the markup of XML, and the line ends that a parser would change. */
const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#x0D;',
  '\n': '&#x0A;',
  '\u0085': '&#x85;',
  '\u2028': '&#x2028;',
};
const TO_ESCAPE = /[&<>"'\r\n\u0085\u2028]/g;
const MAY_NEED_ESCAPE = /[&<>"'\r\n\u0085\u2028]/;

/** Control characters, lone surrogates and two that are none (XML 1.0, 2.2): there is no way to write them, not even by number. */
// eslint-disable-next-line no-control-regex
const NOT_IN_XML = /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\p{Cs}]/u;

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

export function escapeXml(text: string): string {
  return MAY_NEED_ESCAPE.test(text) ? text.replace(TO_ESCAPE, (character) => ESCAPES[character] ?? character) : text;
}

/** False for text that no XML can carry. */
export function fitsXml(text: string): boolean {
  return !NOT_IN_XML.test(text);
}

/**
 * What an answer of a store is read by. Anybody may have written it: a store that ignores a subresource answers with an object. So
 * nothing here looks at a character more than a fixed number of times, whatever the text.
 */
const CDATA = { open: '<![CDATA[', close: ']]>' } as const;
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{1,10}));/g;

/** Text of an element with references and CDATA sections resolved. What is no reference stays as it is. */
export function unescapeXml(text: string): string {
  if (!text.includes('&') && !text.includes('<')) return text;
  let plain = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf(CDATA.open, at);
    const close = open < 0 ? -1 : text.indexOf(CDATA.close, open + CDATA.open.length);
    if (close < 0) return plain + resolved(text.slice(at));
    plain += resolved(text.slice(at, open)) + text.slice(open + CDATA.open.length, close);
    at = close + CDATA.close.length;
  }
}

function resolved(text: string): string {
  return text.replace(REFERENCE, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name as string] ?? whole;
    const point = hex === undefined ? Number(decimal) : parseInt(hex as string, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

const ROOT = /<(?:\w+:)?(\w+)[\s/>]/y;
const SPACE = /\s*/y;

/** Name of the root element without its prefix; undefined for what is no XML. */
export function rootName(xml: string): string | undefined {
  let at = afterSpace(xml, 0);
  const passOver = (open: string, close: string): boolean => {
    if (!xml.startsWith(open, at)) return false;
    const end = xml.indexOf(close, at + open.length);
    at = end < 0 ? xml.length : afterSpace(xml, end + close.length);
    return true;
  };
  passOver('<?', '?>');
  while (passOver('<!--', '-->'));
  ROOT.lastIndex = at;
  return ROOT.exec(xml)?.[1];
}

function afterSpace(xml: string, at: number): number {
  SPACE.lastIndex = at;
  SPACE.test(xml);
  return SPACE.lastIndex;
}

/** Text of the first element of that name, which nests no other one of it. */
export function firstElement(xml: string, name: string): string | undefined {
  const start = endOfTag(xml, /<(?:\w+:)?(\w+)(?:\s[^<>]*)?>/g, name, 0);
  const end = start && endOfTag(xml, /<\/(?:\w+:)?(\w+)\s*>/g, name, start.end);
  return start && end ? unescapeXml(xml.slice(start.end, end.start)).trim() : undefined;
}

/** Where the next tag of that name is. A tag ends before the next one begins, so that each part of the text is read once. */
function endOfTag(xml: string, tag: RegExp, name: string, from: number): { start: number; end: number } | undefined {
  tag.lastIndex = from;
  for (let found = tag.exec(xml); found; found = tag.exec(xml)) {
    if (found[1] === name) return { start: found.index, end: tag.lastIndex };
  }
  return undefined;
}
