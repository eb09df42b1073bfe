/** Kind B: listings of versions that do not show all. */
import type { WireAnswer } from '../../memory-store-http/answers';
import type { WireRequest } from '../../memory-store-http/routes';
import { isOfObject, type Next, type Quirk, withBody } from '../quirk';

interface Entry {
  readonly xml: string;
  readonly kind: string;
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
}

/** All entries that the store has below the prefix, however many pages it takes, and what `shown` makes of them. */
function relisted(
  shown: (
    entries: readonly Entry[],
    query: URLSearchParams,
  ) => { readonly page: readonly Entry[]; readonly next?: Entry | undefined },
): Quirk['rule'] {
  return () => (request, next) => {
    if (request.method !== 'GET' || !request.query.has('versions') || isOfObject(request)) return undefined;
    return answer(request, next, shown);
  };
}

async function answer(request: WireRequest, next: Next, shown: Parameters<typeof relisted>[0]): Promise<WireAnswer> {
  const query = new URLSearchParams(request.query);
  for (const name of ['key-marker', 'version-id-marker', 'max-keys']) query.delete(name);
  const entries: Entry[] = [];
  for (;;) {
    const whole = await next({ ...request, query });
    if (whole.status !== 200) return whole;
    const xml = whole.body.toString();
    entries.push(...entriesOf(xml));
    if (textOf(xml, 'IsTruncated') === 'true') {
      query.set('key-marker', decodeURIComponent(textOf(xml, 'NextKeyMarker')));
      query.set('version-id-marker', textOf(xml, 'NextVersionIdMarker'));
      continue;
    }
    const { page, next: last } = shown(entries, request.query);
    const head = xml.replace(/<(Version|DeleteMarker)>.*?<\/\1>/gs, '').replace(/<IsTruncated>.*?<\/IsTruncated>/, '');
    const markers = last
      ? `<NextKeyMarker>${last.key}</NextKeyMarker><NextVersionIdMarker>${last.versionId}</NextVersionIdMarker>`
      : '';
    const content = `<IsTruncated>${last !== undefined}</IsTruncated>${markers}${page.map((each) => each.xml).join('')}`;
    return withBody(
      whole,
      head.replace('</ListVersionsResult>', () => `${content}</ListVersionsResult>`),
    );
  }
}

function entriesOf(xml: string): Entry[] {
  return [...xml.matchAll(/<(Version|DeleteMarker)>(.*?)<\/\1>/gs)].map(([whole, kind = '', content = '']) => ({
    xml: whole,
    kind,
    key: textOf(content, 'Key'),
    versionId: textOf(content, 'VersionId'),
    isLatest: textOf(content, 'IsLatest') === 'true',
  }));
}

function textOf(xml: string, name: string): string {
  return new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1] ?? '';
}

/**
 * SeaweedFS 4.48 keeps the versions of `key` in a folder `key.versions`: it comes to them after `key-1`, and by then a marker `key-1` is
 * past `key`.
 */
const PREFIX_PAGING: Quirk = {
  name: 'versions-lost-between-pages',
  kind: 'B',
  describe: 'A key with siblings that begin with it is on no page, unless one page holds them all',
  source: 'SeaweedFS 4.48, as found in its listing of versions',
  rule: relisted((entries, query) => {
    const order = (entry: Entry): Buffer => Buffer.from(`${decodeURIComponent(entry.key)}.versions`);
    const marker = query.get('key-marker') ?? '';
    const id = query.get('version-id-marker');
    const stored = [...entries].sort((a, b) => Buffer.compare(order(a), order(b)));
    const after = stored.filter(
      ({ key }) => Buffer.compare(Buffer.from(decodeURIComponent(key)), Buffer.from(marker)) > 0,
    );
    const at = stored.findIndex((entry) => decodeURIComponent(entry.key) === marker && entry.versionId === id);
    const same = at < 0 ? [] : stored.slice(at + 1).filter(({ key }) => decodeURIComponent(key) === marker);
    const rest = [...same, ...after];
    const page = rest.slice(0, Number(query.get('max-keys') ?? 1_000));
    return { page, next: page.length < rest.length ? page.at(-1) : undefined };
  }),
  promise: 'honest',
};

const OF_THE_KIND = 'the same kind as in SeaweedFS 4.48';

function leavesOut(name: string, describe: string, source: string, isShown: (entry: Entry) => boolean): Quirk {
  const rule = relisted((entries) => ({ page: entries.filter(isShown) }));
  return { name, kind: 'B', describe, source, rule, promise: 'honest' };
}

export const LISTINGS: readonly Quirk[] = [
  PREFIX_PAGING,
  leavesOut(
    'versions-without-markers',
    'Delete markers are not listed',
    OF_THE_KIND,
    ({ kind }) => kind !== 'DeleteMarker',
  ),
  leavesOut(
    'versions-newest-only',
    'Only the newest version of a key is listed',
    OF_THE_KIND,
    ({ isLatest }) => isLatest,
  ),
  leavesOut('versions-empty', 'The listing of versions is empty', OF_THE_KIND, () => false),
];
