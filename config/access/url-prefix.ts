import { LIMITS } from '../../contracts/limits';

/** A URL that different programs may read differently: control characters, blanks, backslashes. */
const AMBIGUOUS = /[\s\p{Cc}\\]/u;
/** Several programs on the way may decode a path, each what the one before has left. More rounds than this are no honest path. */
const DECODINGS_MAX = 4;
/** Encoded separators and dots, and dot segments with parameters (`..;`): some servers take them for steps upwards. */
const DISGUISED_STEP = /%(?:2e|2f|5c|00)|(?:^|\/)\.{1,2}(?:;|\/|$)/i;

/**
 * The prefix that allows a URL: scheme, host and port are the same, and the path is the prefix's or lies below it.
 * `https://a.example/hooks` allows `/hooks` and `/hooks/x?y`, not `/hooksx`. There are no wildcards; a prefix that is no such
 * URL itself allows nothing. The longest of several; undefined when none allows it.
 */
export function allowingPrefix(prefixes: readonly string[], url: string): string | undefined {
  const wanted = plainUrl(url);
  if (!wanted) return undefined;
  let best: string | undefined;
  let bestLength = -1;
  for (const prefix of prefixes) {
    const allowed = plainUrl(prefix);
    if (!allowed || allowed.search !== '' || !isBelow(wanted, allowed)) continue;
    const { length } = folderOf(allowed);
    if (length > bestLength) [best, bestLength] = [prefix, length];
  }
  return best;
}

/** Whether a text can allow any URL at all. */
export function isUrlPrefix(text: string): boolean {
  return plainUrl(text)?.search === '' && !text.includes('?');
}

function isBelow(wanted: URL, allowed: URL): boolean {
  // `origin` has scheme, host and port, the default port left out.
  if (wanted.origin !== allowed.origin) return false;
  return wanted.pathname === allowed.pathname || wanted.pathname.startsWith(folderOf(allowed));
}

function folderOf({ pathname }: URL): string {
  return pathname.endsWith('/') ? pathname : `${pathname}/`;
}

/** Undefined for what is no http or https URL, has credentials or a fragment, or may be read in more than one way. */
function plainUrl(text: string): URL | undefined {
  if (text.length > LIMITS.notification.urlCharsMax || AMBIGUOUS.test(text) || text.includes('#')) return undefined;
  // The parser resolves plain dot segments, and would hide them.
  const [beforeQuery = ''] = text.split('?');
  if (mayStep(beforeQuery.replace(/^[^:]*:\/*[^/]*/, ''))) return undefined;
  if (!/^https?:\/\/[^/]/i.test(text) || !URL.canParse(text)) return undefined;
  const url = new URL(text);
  return url.username === '' && url.password === '' && !text.slice(0, authorityEnd(text)).includes('@')
    ? url
    : undefined;
}

/** Whether anybody may read a step upwards, or a separator, out of the path: decoded once or again and again. */
function mayStep(path: string): boolean {
  let text = path;
  for (let round = 0; round <= DECODINGS_MAX; round += 1) {
    // Characters of another width that some servers take for dots and slashes (NFKC).
    if (DISGUISED_STEP.test(text) || DISGUISED_STEP.test(text.normalize('NFKC'))) return true;
    const decoded = decodedOnce(text);
    if (decoded === text) return false;
    if (decoded === undefined) return true;
    text = decoded;
  }
  return true;
}

/** Undefined for what is not UTF-8: dots have longer forms that are none (`%c0%ae`), which some servers take. */
function decodedOnce(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** `https://@host` has credentials, too: empty ones. */
function authorityEnd(text: string): number {
  const end = text.slice(8).search(/[/?]/);
  return end < 0 ? text.length : end + 8;
}
