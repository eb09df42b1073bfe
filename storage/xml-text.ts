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

export function unescapeXml(text: string): string {
  if (!text.includes('&') && !text.includes('<')) return text;
  return text.replace(
    /<!\[CDATA\[([^]*?)\]\]>|&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g,
    (whole, cdata, hex, decimal, name) => {
      if (cdata !== undefined) return cdata as string;
      if (name !== undefined) return ENTITIES[name as string] ?? whole;
      const point = hex === undefined ? Number(decimal) : parseInt(hex as string, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
