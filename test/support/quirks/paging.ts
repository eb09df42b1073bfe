/** Listings that go wrong between pages: kept apart from the quirks that operations are tried on, for they concern whole buckets. */
import { KEY_ORDERS } from '../../../storage/key-order';
import type { WireAnswer } from '../memory-store-http/answers';
import type { WireRequest } from '../memory-store-http/routes';
import { isOfObject, type Next, type Quirk, withBody } from './quirk';

interface Paging {
  readonly order?: (a: string, b: string) => number;
  readonly ignoresStartAfter?: true;
  /** The marker of a page's end is that of its beginning. */
  readonly repeatsToken?: true;
  /** From this page on, counted over all requests. */
  readonly repeatsFrom?: number;
  readonly isTruncated?: (isTruncated: boolean) => boolean;
  readonly withoutMarker?: true;
  /** Pages, by the number of the request, in whose place the next one comes. */
  readonly leavesOut?: (request: number) => boolean;
  /** The last entry of a page is the first of the next one. */
  readonly overlaps?: true;
  /** Every other page is empty. */
  readonly emptyPages?: true;
  /** Keys stand there as they are, whatever encoding was asked for. */
  readonly rawKeys?: 'as bytes' | 'escaped';
}

interface Entry {
  readonly xml: string;
  readonly key: string;
  readonly versionId: string;
}

const PAGE_KEYS = 10;
const BY_UTF16 = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Marker and position of it: what the store of a quirk understands. */
function paged(paging: Paging): Quirk['rule'] {
  return () => {
    let requests = 0;
    return (request, next) => {
      const isListing = request.query.get('list-type') === '2' || request.query.has('versions');
      if (request.method !== 'GET' || isOfObject(request) || !isListing) return undefined;
      return answer(request, next, paging, ++requests);
    };
  };
}

async function answer(request: WireRequest, next: Next, paging: Paging, number: number): Promise<WireAnswer> {
  const { whole, entries } = await listedWhole(request, next);
  if (whole.status !== 200) return whole;
  const { query } = request;
  const isVersions = query.has('versions');
  const compare = paging.order ?? KEY_ORDERS.bytes;
  entries.sort((a, b) => compare(a.key, b.key));
  const from = beginning(entries, query, paging, compare);
  const size = Math.min(Number(query.get('max-keys') ?? PAGE_KEYS), PAGE_KEYS);
  const { page, end } = pageAt(entries, from, size, paging, isVersions ? 0 : number, number);
  const isTruncated = end < entries.length;
  const repeats = paging.repeatsToken === true && number >= (paging.repeatsFrom ?? 1) && isContinued(query);
  const marker = repeats ? from : paging.overlaps ? end - 1 : end;
  const says = paging.isTruncated?.(isTruncated) ?? isTruncated;
  const hasMarker = paging.withoutMarker !== true && (isTruncated || says);
  return written(whole, page, {
    isVersions,
    says,
    paging,
    number,
    ...(hasMarker && { marker: markerAt(entries, marker) }),
  });
}

/** `objects`: the number of the request if it is for objects. */
function pageAt(
  entries: readonly Entry[],
  from: number,
  size: number,
  { leavesOut, emptyPages }: Paging,
  objects: number,
  number: number,
): { readonly page: readonly Entry[]; readonly end: number } {
  const start = leavesOut?.(number) === true && from + size < entries.length ? from + size : from;
  if (emptyPages === true && objects % 2 === 1 && size > 1) return { page: [], end: start };
  return { page: entries.slice(start, start + size), end: start + size };
}

interface Marker {
  readonly position: number;
  readonly entry: Entry | undefined;
}

function markerAt(entries: readonly Entry[], position: number): Marker {
  return { position, entry: entries[Math.min(position, entries.length) - 1] };
}

function isContinued(query: URLSearchParams): boolean {
  return query.has('continuation-token') || query.has('version-id-marker');
}

function beginning(
  entries: readonly Entry[],
  query: URLSearchParams,
  { ignoresStartAfter }: Paging,
  compare: (a: string, b: string) => number,
): number {
  const token = query.get('continuation-token');
  if (token !== null) return Number.parseInt(token, 10);
  const versionId = query.get('version-id-marker');
  const keyMarker = query.get('key-marker');
  if (versionId !== null) return entries.findIndex((one) => one.key === keyMarker && one.versionId === versionId) + 1;
  const after = ignoresStartAfter ? null : (query.get('start-after') ?? keyMarker);
  if (after === null) return 0;
  const found = entries.findIndex(({ key }) => compare(key, after) > 0);
  return found < 0 ? entries.length : found;
}

function written(
  whole: WireAnswer,
  page: readonly Entry[],
  how: {
    readonly isVersions: boolean;
    readonly says: boolean;
    readonly paging: Paging;
    readonly number: number;
    readonly marker?: Marker;
  },
): WireAnswer {
  const { isVersions, says, paging, marker, number } = how;
  const content = page.map((entry) => entry.xml).join('');
  const xml = whole.body
    .toString()
    .replace(/<(Version|DeleteMarker|Contents)>.*?<\/\1>/gs, '')
    .replace(/<(IsTruncated|NextContinuationToken|NextKeyMarker|NextVersionIdMarker)>.*?<\/\1>/gs, '');
  const end = /<\/List(?:Bucket|Versions)Result>$/.exec(xml)?.[0] ?? '';
  const all = `<IsTruncated>${says}</IsTruncated>${markerText(marker, isVersions, paging.repeatsToken ? 0 : number)}${content}${end}`;
  const text = xml.slice(0, xml.length - end.length) + all;
  return withBody(whole, paging.rawKeys ? withRawKeys(text, paging.rawKeys) : text);
}

/** A token tells from the one before it also when it means the same place. */
function markerText(marker: Marker | undefined, isVersions: boolean, number: number): string {
  if (!marker) return '';
  if (!isVersions) return `<NextContinuationToken>${marker.position}-${number}</NextContinuationToken>`;
  const { key = '', versionId = '' } = marker.entry ?? {};
  return `<NextKeyMarker>${encodeURIComponent(key)}</NextKeyMarker><NextVersionIdMarker>${versionId}</NextVersionIdMarker>`;
}

function withRawKeys(xml: string, how: NonNullable<Paging['rawKeys']>): string {
  const raw = (encoded: string): string =>
    decodeURIComponent(encoded)
      .replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
      .replaceAll('\r', how === 'escaped' ? '&#13;' : '\r');
  return xml
    .replace(/<EncodingType>url<\/EncodingType>/, '')
    .replace(/<(Key|Prefix|NextKeyMarker)>(.*?)<\/\1>/gs, (_all, name: string, key: string) => {
      return `<${name}>${raw(key)}</${name}>`;
    });
}

async function listedWhole(
  request: WireRequest,
  next: Next,
): Promise<{ readonly whole: WireAnswer; readonly entries: Entry[] }> {
  const query = new URLSearchParams(request.query);
  for (const name of ['key-marker', 'version-id-marker', 'max-keys', 'start-after', 'continuation-token']) {
    query.delete(name);
  }
  const entries: Entry[] = [];
  for (;;) {
    const whole = await next({ ...request, query });
    const xml = whole.body.toString();
    entries.push(...entriesOf(xml));
    if (textOf(xml, 'IsTruncated') !== 'true') return { whole, entries };
    for (const [name, marker] of [
      ['continuation-token', textOf(xml, 'NextContinuationToken')],
      ['key-marker', decodeURIComponent(textOf(xml, 'NextKeyMarker'))],
      ['version-id-marker', textOf(xml, 'NextVersionIdMarker')],
    ] as const) {
      if (marker !== '') query.set(name, marker);
    }
  }
}

function entriesOf(xml: string): Entry[] {
  return [...xml.matchAll(/<(Version|DeleteMarker|Contents)>(.*?)<\/\1>/gs)].map(([whole, , content = '']) => ({
    xml: whole,
    key: decodeURIComponent(textOf(content, 'Key')),
    versionId: textOf(content, 'VersionId'),
  }));
}

function textOf(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
}

function kind(name: string, describe: string, paging: Paging, promise: Quirk['promise'] = 'honest'): Quirk {
  return { name, kind: 'B', describe, source: 'test/support/quirks/paging.ts', rule: paged(paging), promise };
}

/** `works`: a list is whole all the same. `honest`: whole, or refused. */
export const PAGING: readonly Quirk[] = [
  kind('small-pages', 'Pages have 10 keys, whatever is asked for', {}, 'works'),
  kind('pages-overlap', 'A page begins with the key that the former ended with', { overlaps: true }),
  kind('token-repeated', 'Every page but the first names itself as the next', { repeatsToken: true }),
  kind('token-repeated-late', 'From the tenth page on', { repeatsToken: true, repeatsFrom: 10 }),
  kind('always-truncated', 'The last page says that more follows', { isTruncated: () => true }),
  kind('never-truncated', 'All pages say to be the last, and name a next one', { isTruncated: () => false }),
  kind('cut-off', 'All pages say to be the last', { isTruncated: () => false, withoutMarker: true }),
  kind('without-markers', 'Pages name no next one', { withoutMarker: true }),
  kind('page-missing', 'The seventh page is left out', { leavesOut: (request) => request === 7 }),
  kind('pages-missing', 'Every fifth page is left out', { leavesOut: (request) => request % 5 === 0 }),
  kind('pages-empty', 'Every other page of objects is empty', { emptyPages: true }, 'works'),
  kind('order-by-segments', 'Keys come in the order of their path segments', { order: KEY_ORDERS.segments }, 'works'),
  kind('order-by-utf16', "Keys come in the order of JavaScript's strings", { order: BY_UTF16 }),
  kind('order-reversed', 'Keys come from the last to the first', { order: (a, b) => BY_UTF16(b, a) }),
  kind('order-reversed-page-missing', 'Both', {
    order: (a, b) => BY_UTF16(b, a),
    leavesOut: (request) => request === 7,
  }),
  kind('start-after-ignored', 'Every listing begins with the first key', { ignoresStartAfter: true }),
  kind('segments-without-start-after', 'Both', { order: KEY_ORDERS.segments, ignoresStartAfter: true }),
  kind('keys-raw', 'Keys are not encoded, a carriage return comes as it is', { rawKeys: 'as bytes' }, 'works'),
  kind('keys-escaped', 'Keys are not encoded, a carriage return is escaped', { rawKeys: 'escaped' }, 'works'),
];
