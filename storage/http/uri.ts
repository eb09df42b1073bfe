/** RFC 3986 percent-encoding as S3 and SigV4 want it: everything but `A-Z a-z 0-9 - . _ ~`, upper-case hex. */

const UNRESERVED = /^[\w.~-]*$/;
const UNRESERVED_PATH = /^[\w.~/-]*$/;
const LEFT_BY_ENCODE_URI_COMPONENT = /[!'()*]/g;

/** Throws URIError for a lone surrogate: such a string has no UTF-8 form. */
export function encodeUri(text: string): string {
  return UNRESERVED.test(text) ? text : encodeStrictly(text);
}

/** Encodes a key for a path: slashes stay, also doubled and leading ones; `.` and `..` are ordinary segments. */
export function encodeKey(key: string): string {
  return UNRESERVED_PATH.test(key) ? key : encodeStrictly(key).replaceAll('%2F', '/');
}

function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(
    LEFT_BY_ENCODE_URI_COMPONENT,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** A query encoded and sorted by name, without `?`, as SigV4 signs it and as it is sent. */
export function canonicalQuery(query: Readonly<Record<string, string | readonly string[] | null>>): string {
  let text = '';
  for (const name of Object.keys(query).sort()) {
    const value = query[name] ?? '';
    for (const each of typeof value === 'string' ? [value] : value) {
      text += `${text === '' ? '' : '&'}${encodeUri(name)}=${encodeUri(each)}`;
    }
  }
  return text;
}
