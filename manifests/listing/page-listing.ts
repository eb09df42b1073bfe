import type { Json } from '../../contracts/job';
import type { ListCursor, ListedEntry, ListedPage } from '../../storage/object-store';
import { give, type RangeSink, type RangeState } from './listing';
import { detached } from './live-range';
import { isSame, quoted, type StoreListing } from './store-listing';

const RANGE_ID = 0;
/** Pages that contradict each other are asked for once more: something between may have failed, or keys have come or gone. */
const ATTEMPTS = 3;

/** The rows of a page, and where the next one begins. */
interface Step {
  readonly entries: readonly ListedEntry[];
  /** Absent: there are no more. */
  readonly next?: ListCursor;
  /** The entry that the next page must begin with. */
  readonly expected?: ListedEntry;
}

/**
 * One page after the other by the store's own markers, for a store whose order is not known or whose `start-after` does nothing. Each page
 * is asked for twice, the second time with one entry less: the marker of that one leads to the last entry of the whole page, which must
 * come again. So pages follow each other without a gap, whatever the markers say. Throws `ListingUntrustworthy` for a page that is left
 * out, or comes twice.
 */
export class PageListing {
  private cursor: ListCursor | undefined;
  private expected: Pick<ListedEntry, 'key' | 'versionId'> | undefined;
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
    const { expected: key, expectedVersion: versionId } = state ?? {};
    if (key !== undefined) this.expected = { key, ...(versionId !== undefined && { versionId }) };
  }

  state(): readonly RangeState[] {
    const { cursor, expected, done } = this;
    return [
      {
        id: RANGE_ID,
        mode: 'pages',
        ...(cursor && { cursor: cursor as unknown as Json }),
        ...(expected && { expected: expected.key }),
        ...(expected?.versionId !== undefined && { expectedVersion: expected.versionId }),
        done,
      },
    ];
  }

  async run(sink: RangeSink): Promise<void> {
    while (!this.done) {
      const { entries, next, expected } = await this.step();
      this.check(entries);
      const rows = this.listing.rows(entries);
      await give(sink, RANGE_ID, rows, () => {
        this.cursor = next;
        this.expected = expected && nameOnly(expected);
        this.done = next === undefined;
      });
    }
  }

  private async step(): Promise<Step> {
    for (let attempt = 1; ; attempt++) {
      const page = await this.listing.page(this.from);
      const leftOut = await this.leftOut(page);
      const step = leftOut === undefined ? await this.withMarker(page) : undefined;
      if (step) return step;
      if (attempt < ATTEMPTS) continue;
      throw this.listing.fault(leftOut ?? 'a page has other keys when fewer are asked for');
    }
  }

  /** The fault of a page that has not what it must have, though it is there. */
  private async leftOut({ entries }: ListedPage): Promise<string | undefined> {
    const { expected } = this;
    if (expected === undefined || entries.some((entry) => nameOf(entry) === nameOf(expected))) return undefined;
    const isGone = !(await this.listing.mayHave(expected));
    return isGone ? undefined : `a page leaves out ${quoted(expected.key)}, which is there`;
  }

  /** Undefined: the page and a shorter one contradict each other. */
  private async withMarker(page: ListedPage): Promise<Step | undefined> {
    const { entries } = page;
    const next = await this.nextOf(page);
    if (next === undefined) return { entries };
    if (entries.length < 2) {
      throw this.listing.fault('a page of one key is not the last: the next one may leave out keys');
    }
    const shorter = await this.listing.page({ ...this.from, maxKeys: entries.length - 1 });
    const last = shorter.entries.at(-1);
    const at = last === undefined ? -1 : entries.findIndex((entry) => nameOf(entry) === nameOf(last));
    const expected = entries[at + 1];
    if (at < 0 || expected === undefined || shorter.next === undefined) return undefined;
    return { entries: entries.slice(0, at + 1), next: shorter.next, expected };
  }

  private get from(): { readonly next?: ListCursor } {
    return this.cursor ? { next: this.cursor } : {};
  }

  private check(entries: readonly ListedEntry[]): void {
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

function nameOf({ key, versionId }: Pick<ListedEntry, 'key' | 'versionId'>): string {
  return versionId === undefined ? key : `${key}\0${versionId}`;
}

/** Kept for long: the page that it was cut from is not. */
function nameOnly({ key, versionId }: ListedEntry): Pick<ListedEntry, 'key' | 'versionId'> {
  return { key: detached(key), ...(versionId !== undefined && { versionId: detached(versionId) }) };
}
