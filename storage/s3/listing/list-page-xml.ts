import type { ListedEntry } from '../../object-store';
import { unescapeXml } from '../xml-text';

/** A page as it stands in the answer: keys still encoded. */
export interface WrittenPage {
  readonly entries: WrittenEntry[];
  readonly prefixes: string[];
  readonly isTruncated: boolean;
  readonly encodingType: string | undefined;
  readonly token: string | undefined;
  readonly keyMarker: string | undefined;
  readonly versionIdMarker: string | undefined;
}

/** A listing has a thousand of them in a page: built by assignment, member after member. */
export type WrittenEntry = { -readonly [Member in keyof ListedEntry]: ListedEntry[Member] };

/** The common form of the answer; the SDK reads other forms of the same XML. */
const PLAIN_RESULT = /^(?:<\?xml[^>]*\?>)?\s*<(List(?:Bucket|Versions)Result)(?:\s[^<>]*)?>/;
const IN_PROGRESS = /<IsRestoreInProgress>(true|false)</i;
const WHOLE_NUMBER = /^\d{1,15}$/;
const OPEN = '<';
const CLOSE = '>';
const SLASH = '/';
/** Made once for each name that a page has a thousand of. */
const END_TAGS = new Map(
  ['Key', 'LastModified', 'ETag', 'Size', 'StorageClass', 'VersionId', 'IsLatest', 'Owner', 'Contents', 'Version'].map(
    (name) => [name, `</${name}>`],
  ),
);

/**
 * The page of ListObjectsV2 or ListObjectVersions; undefined when it is not in the form that all known stores give it. The SDK's
 * reader takes seven times as long, which would be most of a listing's time.
 */
export function readListPage(xml: string, bucket: string): WrittenPage | undefined {
  const root = PLAIN_RESULT.exec(xml);
  if (!root || xml.includes('<!')) return undefined;
  const reader = new PageReader(xml, bucket);
  return reader.read(root[0].length, root[1] ?? '') ? reader.page() : undefined;
}

class PageReader {
  private readonly entries: WrittenEntry[] = [];
  private readonly prefixes: string[] = [];
  private readonly members = new Map<string, string>();
  /** Set by `element`. */
  private name = '';
  private text = '';
  private at = 0;

  constructor(
    private readonly xml: string,
    private readonly bucket: string,
  ) {}

  read(from: number, root: string): boolean {
    this.at = from;
    for (;;) {
      if (this.ends(root)) return true;
      if (!this.begin()) return false;
      if (!(isEntry(this.name) ? this.entry(this.name) : this.member())) return false;
    }
  }

  page(): WrittenPage {
    const { entries, prefixes, members } = this;
    return {
      entries,
      prefixes,
      isTruncated: members.get('IsTruncated') === 'true',
      encodingType: members.get('EncodingType'),
      token: members.get('NextContinuationToken') || undefined,
      keyMarker: members.get('NextKeyMarker') || undefined,
      versionIdMarker: members.get('NextVersionIdMarker') || undefined,
    };
  }

  private member(): boolean {
    const { name } = this;
    if (name === 'CommonPrefixes') return this.prefix();
    if (!this.end()) return false;
    // What has elements of its own is nothing that a listing needs.
    if (!this.text.includes(OPEN)) this.members.set(name, unescapeXml(this.text));
    return true;
  }

  private prefix(): boolean {
    if (!this.begin() || this.name !== 'Prefix' || !this.end()) return false;
    this.prefixes.push(unescapeXml(this.text));
    return this.ends('CommonPrefixes');
  }

  private entry(kind: string): boolean {
    const entry: WrittenEntry = { bucket: this.bucket, key: '' };
    if (kind === 'DeleteMarker') entry.isDeleteMarker = true;
    else if (kind === 'Version') entry.isDeleteMarker = false;
    while (!this.ends(kind)) {
      if (!this.begin()) return false;
      const { name } = this;
      if (!this.end() || !fill(entry, name, this.text)) return false;
    }
    this.entries.push(entry);
    return entry.key !== '';
  }

  /** Passes over the end tag when it is next. */
  private ends(name: string): boolean {
    const { xml } = this;
    const open = xml.indexOf(OPEN, this.at);
    if (open < 0 || xml[open + 1] !== SLASH || !xml.startsWith(name, open + 2)) return false;
    this.at = open + name.length + 3;
    return true;
  }

  /** Passes over a start tag without attributes or namespace. */
  private begin(): boolean {
    const { xml } = this;
    const open = xml.indexOf(OPEN, this.at);
    const close = open < 0 ? -1 : xml.indexOf(CLOSE, open);
    if (close < 0) return false;
    this.name = xml.slice(open + 1, close);
    this.at = close + 1;
    return END_TAGS.has(this.name) || isPlainName(this.name);
  }

  /** Passes over the rest of the element that has begun. */
  private end(): boolean {
    const { xml, name, at } = this;
    if (name.endsWith(SLASH)) {
      this.text = '';
      return true;
    }
    const close = xml.indexOf(END_TAGS.get(name) ?? `</${name}>`, at);
    if (close < 0) return false;
    this.text = xml.slice(at, close);
    this.at = close + name.length + 3;
    return true;
  }
}

function isEntry(name: string): boolean {
  return name === 'Contents' || name === 'Version' || name === 'DeleteMarker';
}

function isPlainName(name: string): boolean {
  return name !== '' && name[0] !== SLASH && !name.includes(' ') && !name.includes(':');
}

/** False for what the SDK has to read. What is not told stays undefined. */
function fill(entry: WrittenEntry, name: string, text: string): boolean {
  switch (name) {
    case 'Key':
      entry.key = unescapeXml(text);
      return !text.includes(OPEN);
    case 'Size':
      if (text === '') return true;
      entry.size = Number(text);
      return WHOLE_NUMBER.test(text);
    case 'LastModified':
      if (text === '') return true;
      entry.lastModifiedMs = Date.parse(text);
      return !Number.isNaN(entry.lastModifiedMs);
    case 'ETag':
      if (text !== '') entry.etag = plainEtag(text);
      return true;
    case 'StorageClass':
      if (text !== '') entry.storageClass = text;
      return true;
    case 'VersionId':
      if (text !== '') entry.versionId = unescapeXml(text);
      return true;
    case 'IsLatest':
      if (text !== '') entry.isLatest = text === 'true';
      return text === '' || text === 'true' || text === 'false';
    case 'RestoreStatus': {
      const told = IN_PROGRESS.exec(text)?.[1]?.toLowerCase();
      if (told !== undefined) entry.restoreInProgress = told === 'true';
      return true;
    }
    default:
      return true;
  }
}

const QUOTE = '&quot;';

function plainEtag(text: string): string {
  if (text.startsWith(QUOTE) && text.endsWith(QUOTE)) return text.slice(QUOTE.length, -QUOTE.length);
  return unescapeXml(text).replaceAll('"', '');
}
