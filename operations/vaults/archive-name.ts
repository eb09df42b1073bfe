import { climbs, isBucketItself } from '../../contracts/object-key';
import { KEY_BYTES_MAX } from '../common/target-key';

/** Below it lie archives whose description names nothing that could be a key. */
const NAMELESS = '_unnamed/';
/** Room for `~` and an archive id behind the name. */
const NAME_BYTES_MAX = KEY_BYTES_MAX - 160;

/**
 * The key of an archive, by its description in the form of the tool that has stored it: FastGlacier and QNAP's Hybrid Backup Sync
 * (`<m><v>4</v><p>…`, `<ArchiveMetadata>…`), mt-aws-glacier (`mt2 …`), CloudBerry, QNAP's older app and AWS's own transfer
 * (JSON with `Path` or `path`). Any other description is a path as it stands, Synology's among them. Never fails: what gives no
 * key gives one of the archive's id.
 */
export function archiveName(description: string, archiveId: string): string {
  const name = cleaned(pathIn(description.trim()) ?? description);
  const isKey =
    name !== '' &&
    Buffer.byteLength(name) <= NAME_BYTES_MAX &&
    !hasControls(name) &&
    !climbs(name) &&
    !isBucketItself(name);
  return isKey ? name : NAMELESS + archiveId;
}

/** Names of one inventory, each made different from all before it: one that comes again is followed by its archive's id. */
export class DistinctNames {
  private readonly hashes = new Set<number>();

  take(name: string, archiveId: string): string {
    const hash = hashOf(name);
    if (!this.hashes.has(hash)) {
      this.hashes.add(hash);
      return name;
    }
    return `${name}~${archiveId}`;
  }
}

/** 53 bits: two of a million names have the same hash once in 18,000 vaults, and then one has an id behind it for nothing. */
function hashOf(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2_654_435_761);
    low = Math.imul(low ^ code, 1_597_334_677);
  }
  high = Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low = Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}

/** Undefined for a description in none of the forms. */
function pathIn(description: string): string | undefined {
  const text = unquoted(description);
  if (text.startsWith('<')) return ofFastGlacier(text);
  const [, encoded] = /^mt[12] (\S+)$/.exec(text) ?? [];
  if (encoded !== undefined) return memberOf(utf8(encoded, 'base64url'), ['filename']);
  if (!text.startsWith('{')) return undefined;
  const path = memberOf(text, ['Path', 'path']);
  return path === undefined ? undefined : fromUtf7(path);
}

function unquoted(text: string): string {
  return text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).trim() : text;
}

function ofFastGlacier(text: string): string | undefined {
  const encoded = within(text, '<p>', '</p>') ?? within(text, '<Path>', '</Path>');
  return encoded !== undefined && /^[A-Za-z0-9+/=]*$/.test(encoded) ? utf8(encoded, 'base64') : undefined;
}

function within(text: string, begin: string, end: string): string | undefined {
  const from = text.indexOf(begin);
  const to = text.indexOf(end, from);
  return from < 0 || to < 0 ? undefined : text.slice(from + begin.length, to).trim();
}

/** Undefined unless it is text. */
function utf8(encoded: string, encoding: 'base64' | 'base64url'): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, encoding));
  } catch {
    return undefined;
  }
}

function memberOf(json: string | undefined, names: readonly string[]): string | undefined {
  try {
    const value: unknown = JSON.parse(json ?? '');
    if (typeof value !== 'object' || value === null) return undefined;
    const members = value as Readonly<Record<string, unknown>>;
    const found = names.map((name) => members[name]).find((member) => typeof member === 'string');
    return found;
  } catch {
    return undefined;
  }
}

/** CloudBerry writes what is not ASCII in UTF-7 (RFC 2152); what is none stays as it is. */
function fromUtf7(path: string): string {
  return path.replace(/\+[A-Za-z0-9+/]*-?/g, (whole) => {
    if (whole === '+-') return '+';
    const bytes = Buffer.from(whole.slice(1, -1), 'base64');
    const isText = whole.endsWith('-') && bytes.length >= 2 && bytes.length % 2 === 0;
    return isText ? bytes.swap16().toString('utf16le') : whole;
  });
}

/** Backslashes are Windows's; a key begins with a name. */
function cleaned(path: string): string {
  return path
    .trim()
    .replaceAll('\\', '/')
    .replace(/^\/+/, '')
    .replace(/\/{2,}/g, '/');
}

function hasControls(name: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /[\u0000-\u001f\u007f\ud800-\udfff]/u.test(name);
}
