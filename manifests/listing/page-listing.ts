import type { Json } from '../../contracts/job';
import type { ListCursor, ListedEntry, ListedPage } from '../../storage/object-store';
import { give, type RangeSink, type RangeState } from './listing';
import { isSame, quoted, type StoreListing } from './store-listing';

const RANGE_ID = 0;

/**
 * One page after the other by the store's own markers, for a store whose order is not known or whose `start-after` does nothing. Throws
 * `ListingUntrustworthy` when a page comes twice.
 */
export class PageListing {
  private cursor: ListCursor | undefined;
  private done: boolean;
  private former: ReadonlySet<string> = new Set();
  /** A page that is remembered, and after how many more another one is: so any circle is found, whatever its length. */
  private remembered: string | undefined;
  private pages = 0;
  private rememberAt = 1;

  constructor(
    private readonly listing: StoreListing,
    state: RangeState | undefined,
  ) {
    this.cursor = state?.cursor as ListCursor | undefined;
    this.done = state?.done ?? false;
  }

  state(): readonly RangeState[] {
    const { cursor, done } = this;
    return [{ id: RANGE_ID, mode: 'pages', ...(cursor && { cursor: cursor as unknown as Json }), done }];
  }

  async run(sink: RangeSink): Promise<void> {
    while (!this.done) {
      const page = await this.listing.page(this.cursor ? { next: this.cursor } : {});
      this.check(page);
      const next = await this.nextOf(page);
      const rows = this.listing.rows(page.entries);
      await give(sink, RANGE_ID, rows, () => {
        this.cursor = next;
        this.done = next === undefined;
      });
    }
  }

  private check({ entries }: ListedPage): void {
    const names = new Set<string>();
    for (const entry of entries) {
      const name = nameOf(entry);
      if (names.has(name) || this.former.has(name)) throw this.listing.fault(`${quoted(entry.key)} comes twice`);
      names.add(name);
    }
    const first = entries[0] && nameOf(entries[0]);
    if (first !== undefined && first === this.remembered) {
      throw this.listing.fault(`the page that begins with ${quoted(entries[0]?.key ?? '')} comes twice`);
    }
    this.former = names;
    if (++this.pages < this.rememberAt) return;
    this.remembered = first;
    this.rememberAt *= 2;
  }

  private async nextOf(page: ListedPage): Promise<ListCursor | undefined> {
    const { isTruncated, next, entries } = page;
    if (next === undefined) {
      if (isTruncated) throw this.listing.fault('a page is not the last, and the store names no next one');
      return undefined;
    }
    if (isSame(next, this.cursor)) {
      if (isTruncated) throw this.listing.fault('a page names itself as the next one');
      return undefined;
    }
    // A marker on the last page is harmless where nothing is behind it.
    return isTruncated || (await this.goesOn(next, entries)) ? next : undefined;
  }

  private async goesOn(next: ListCursor, entries: readonly ListedEntry[]): Promise<boolean> {
    const [found] = (await this.listing.page({ next, maxKeys: 1 })).entries;
    return (
      found !== undefined &&
      nameOf(found) !== this.remembered &&
      !entries.some((entry) => nameOf(entry) === nameOf(found))
    );
  }
}

function nameOf({ key, versionId }: ListedEntry): string {
  return versionId === undefined ? key : `${key}\0${versionId}`;
}
