/** A store in memory for listings, with the faults that stores and proxies have, and random key spaces. */
import { defined } from '../../../../contracts/defined';
import type { ListingPort, ListingScope, RangeState } from '../../../../manifests/listing/listing';
import { RangeListing, type RangeListingOptions } from '../../../../manifests/listing/range-listing';
import type { SourceRow } from '../../../../manifests/sources/row';
import { type CompareKeys, KEY_ORDERS } from '../../../../storage/key-order';
import type { ListedEntry, ListedPage, ListPageInput } from '../../../../storage/object-store';

export interface Quirks {
  readonly order?: 'bytes' | 'segments' | 'utf16' | 'reverse';
  readonly pageKeys?: number;
  readonly ignoresStartAfter?: boolean;
  /** The token of a page is that of the page before. */
  readonly repeatsToken?: boolean;
  readonly neverTruncated?: boolean;
  readonly alwaysTruncated?: boolean;
  /** Requests by number, from 1, whose page is left out: the next one comes in its place. */
  readonly leavesOut?: (request: number) => boolean;
  /** What follows this number of keys is never found by a token: the page after it comes. */
  readonly leavesOutAfter?: number;
  /** Every other page is empty, and says that more follows. */
  readonly emptyPages?: boolean;
  readonly withoutTokens?: boolean;
}

const byUtf16: CompareKeys = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
const COMPARE = { ...KEY_ORDERS, utf16: byUtf16, reverse: (a: string, b: string) => byUtf16(b, a) };
const PAGE_KEYS = 7;

export class ListedStore implements ListingPort {
  requests = 0;
  /** Under way at the same time, at most. */
  inFlightMax = 0;
  private inFlight = 0;
  readonly compare: CompareKeys;
  private entries: readonly ListedEntry[];

  constructor(
    entries: readonly ListedEntry[],
    private readonly quirks: Quirks = {},
    private readonly random: () => number = () => 0,
  ) {
    this.compare = COMPARE[quirks.order ?? 'bytes'];
    this.entries = [...entries].sort((a, b) => this.compare(a.key, b.key));
  }

  keys(): readonly string[] {
    return this.entries.map(({ key }) => key);
  }

  names(): readonly string[] {
    return this.entries.map(nameOf);
  }

  put(entry: ListedEntry): void {
    this.entries = [...this.entries, entry].sort((a, b) => this.compare(a.key, b.key));
  }

  delete(key: string): void {
    this.entries = this.entries.filter((entry) => entry.key !== key);
  }

  async listPage(input: ListPageInput, options?: { readonly signal?: AbortSignal }): Promise<ListedPage> {
    const request = ++this.requests;
    this.inFlight++;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    for (let turns = Math.floor(this.random() * 4); turns >= 0; turns--) await new Promise(setImmediate);
    this.inFlight--;
    options?.signal?.throwIfAborted();
    const page = this.answer(input);
    const isLeftOut = this.quirks.leavesOut?.(request) ?? Number(input.next?.token) === this.quirks.leavesOutAfter;
    return isLeftOut && page.next ? this.answer({ ...input, next: page.next }) : page;
  }

  private answer(input: ListPageInput): ListedPage {
    const { quirks } = this;
    const { prefix = '', next, maxKeys = 1_000 } = input;
    const from = next ? this.afterMarker(next) : this.afterKey(quirks.ignoresStartAfter ? undefined : input.after);
    const isEmpty = quirks.emptyPages === true && next === undefined && maxKeys > 1;
    const rest = this.entries.slice(from).filter(({ key }) => key.startsWith(prefix));
    const entries = isEmpty ? [] : rest.slice(0, Math.min(maxKeys, quirks.pageKeys ?? PAGE_KEYS));
    const isTruncated = entries.length < rest.length;
    const last = entries.at(-1) ?? this.entries[from - 1];
    const at = quirks.repeatsToken === true && next?.token !== undefined ? Number(next.token) : this.indexOf(last) + 1;
    const isMore = (isTruncated && !quirks.neverTruncated) || quirks.alwaysTruncated === true;
    return {
      entries,
      prefixes: [],
      isTruncated: isMore,
      ...(isMore && !quirks.withoutTokens && { next: input.versions ? markerOf(last, at) : { token: String(at) } }),
    };
  }

  private afterKey(key: string | undefined): number {
    if (key === undefined) return 0;
    const at = this.entries.findIndex((entry) => this.compare(entry.key, key) > 0);
    return at < 0 ? this.entries.length : at;
  }

  private afterMarker({ token, keyMarker, versionIdMarker }: NonNullable<ListPageInput['next']>): number {
    if (token !== undefined) return Number(token);
    if (versionIdMarker === undefined) return this.afterKey(keyMarker);
    return 1 + this.entries.findIndex(({ key, versionId }) => key === keyMarker && versionId === versionIdMarker);
  }

  private indexOf(entry: ListedEntry | undefined): number {
    return entry === undefined ? -1 : this.entries.indexOf(entry);
  }
}

function markerOf(last: ListedEntry | undefined, at: number): NonNullable<ListedPage['next']> {
  if (last === undefined) return { token: String(at) };
  return { keyMarker: last.key, ...defined({ versionIdMarker: last.versionId }) };
}

export function nameOf({ key, versionId }: { readonly key: string; readonly versionId?: string }): string {
  return versionId === undefined ? key : `${key}@${versionId}`;
}

/** Collects rows by range, as segments of a manifest would. */
export class Segments {
  readonly rows = new Map<number, SourceRow[]>();

  constructor(private readonly stopAfter = Number.POSITIVE_INFINITY) {}

  private pages = 0;

  async page(id: number, rows: readonly SourceRow[]): Promise<void> {
    if (++this.pages > this.stopAfter) throw new Error('killed');
    const former = this.rows.get(id) ?? [];
    this.rows.set(id, [...former, ...rows]);
    await new Promise(setImmediate);
  }

  inOrderOf(state: readonly RangeState[]): readonly string[] {
    return state.flatMap(({ id }) => this.rows.get(id) ?? []).map(nameOf);
  }
}

export async function list(
  store: ListingPort,
  scope: Partial<ListingScope> = {},
  options: Partial<RangeListingOptions> = {},
  segments = new Segments(),
): Promise<readonly string[]> {
  const listing = new RangeListing(store, { bucket: 'b', versions: 'Current', ...scope }, { streams: 4, ...options });
  await listing.run(segments, new AbortController().signal);
  return segments.inOrderOf(listing.state());
}

/** mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const ALPHABETS = ['ab', '0123456789', 'a/b-.', ' /!a', '\r\n\t\u0001a', 'é😀\uff5e\ue000a/', '%+&<>"\'a', 'aA/ 0~'];

/** Keys of one shape: flat or deep, short or long, of an alphabet of their own. */
export function randomKeys(random: () => number, count: number): readonly string[] {
  const alphabet = Array.from(ALPHABETS[Math.floor(random() * ALPHABETS.length)] ?? 'a');
  const beginning = random() < 0.4 ? `common/${'x'.repeat(Math.floor(random() * 30))}` : '';
  const length = 1 + Math.floor(random() * 12);
  const one = (): string => alphabet[Math.floor(random() ** 2 * alphabet.length)] ?? 'a';
  const keys = new Set<string>();
  for (let tries = 0; keys.size < count && tries < 3 * count; tries++) {
    keys.add(beginning + Array.from({ length: 1 + Math.floor(random() * length) }, one).join(''));
  }
  return [...keys];
}

export function objects(keys: readonly string[]): readonly ListedEntry[] {
  return keys.map((key) => ({ bucket: 'b', key, size: 1 }));
}

export function versionsOf(keys: readonly string[], random: () => number): readonly ListedEntry[] {
  return keys.flatMap((key) => {
    const count = random() < 0.1 ? 20 : 1 + Math.floor(random() * 3);
    return Array.from({ length: count }, (_, at) => ({
      bucket: 'b',
      key,
      versionId: `v${String(count - at)}`,
      isLatest: at === 0,
      isDeleteMarker: random() < 0.2,
    }));
  });
}
