import { type CompareKeys, KEY_ORDERS, type KeyOrder, orderOf } from '../../storage/key-order';
import type { ListCursor, ListedEntry, ListedPage } from '../../storage/object-store';
import { sharedLength } from './key-model';
import { ListingUntrustworthy } from './listing';
import { detached, type LiveRange, type MarkerCursor } from './live-range';
import { isSame, quoted, type StoreListing } from './store-listing';

/** What one page gives to a range. */
export interface RangeStep {
  readonly entries: readonly ListedEntry[];
  /** The range's state once the sink has the entries. */
  commit(): void;
}

/** A page that contradicts another is asked for once more: something between may have failed. */
const ATTEMPTS = 3;

/**
 * Pages of one range. Each request begins before the last key of the page before, which must come again: so the pages of a range follow
 * each other without a gap, whatever the store says of markers and IsTruncated. A range ends with the first key of the next one.
 */
export class RangePages {
  private readonly compare: CompareKeys;

  constructor(
    private readonly listing: StoreListing,
    private readonly order: KeyOrder,
  ) {
    this.compare = KEY_ORDERS[order];
  }

  /** `first` is the page where it is there already. Rejects with `ListingUntrustworthy`. */
  async next(range: LiveRange, first?: ListedPage): Promise<RangeStep> {
    for (let attempt = 1; ; attempt++) {
      try {
        const isThere = first !== undefined && attempt === 1;
        return await this.accept(range, isThere ? first : await this.listing.page(pageAfter(range)));
      } catch (error) {
        if (!(error instanceof ListingUntrustworthy) || attempt >= ATTEMPTS) throw error;
        range.isEnding = false;
      }
    }
  }

  /** Checks a page, and says what of it is the range's. */
  private async accept(range: LiveRange, page: ListedPage): Promise<RangeStep> {
    const entries = this.withoutLast(withoutMarker(page.entries, range.cursor), page, range.cursor);
    this.checkOrder(range, entries);
    await this.checkExpected(range, entries);
    const own = range.first === undefined ? entries : entries.slice(this.countBefore(entries, range.first));
    const { before } = range;
    const inside = before === undefined ? own : own.slice(0, this.countBefore(own, before));
    // From here to the range's new position, nothing may split it: no `await`, or `isEnding` before.
    if (before !== undefined && inside.length < own.length) {
      range.isEnding = true;
      await this.checkNext(before, own[inside.length]?.key);
      return ending(range, inside);
    }
    const step = this.goesOn(page) ? this.more(range, page, inside) : this.perhapsLast(range, inside);
    if (step) return step;
    range.isEnding = true;
    if (before !== undefined) await this.checkNext(before, undefined);
    return ending(range, inside);
  }

  private goesOn({ isTruncated, next }: ListedPage): boolean {
    return isTruncated || (this.listing.versions && next !== undefined);
  }

  /** Undefined: the range is at its end. */
  private perhapsLast(range: LiveRange, inside: readonly ListedEntry[]): RangeStep | undefined {
    const split = lastKeyAt(inside);
    // A page that says to be the last is believed when nothing follows its last key.
    return split === 0 ? undefined : ready(range, inside, split);
  }

  private more(range: LiveRange, page: ListedPage, inside: readonly ListedEntry[]): RangeStep | undefined {
    const split = lastKeyAt(inside);
    if (split > 0) return ready(range, inside, split);
    const key = inside.at(-1)?.key;
    if (key === undefined && !page.isTruncated) return undefined;
    // All was before the first key of the range: on from there.
    if (key === undefined) return behind(range, page.entries.at(-1)?.key ?? '');
    if (!this.listing.versions) return behind(range, key, inside);
    const { next } = page;
    if (!next || isSame(next, range.cursor?.next)) {
      if (!page.isTruncated) return undefined;
      throw this.listing.fault(`there are more versions of ${quoted(key)}, and no way to them`);
    }
    return withinKey(range, inside, versionCursor(inside, next));
  }

  /** What follows the version that the former page ended with. */
  private withoutLast(
    entries: readonly ListedEntry[],
    page: ListedPage,
    cursor: MarkerCursor | undefined,
  ): readonly ListedEntry[] {
    if (cursor?.last === undefined) return entries;
    const at = entries.findIndex(({ key, versionId }) => key === cursor.key && versionId === cursor.last);
    if (at < 0) throw this.listing.fault(`a page leaves out a version of ${quoted(cursor.key)}`, 'pages');
    const rest = entries.slice(at + 1);
    if (rest.length > 0 || !page.isTruncated) return rest;
    throw this.listing.fault(`there are more versions of ${quoted(cursor.key)}, and no way to them`, 'pages');
  }

  private checkOrder(range: LiveRange, entries: readonly ListedEntry[]): void {
    const { compare } = this;
    const { cursor, start } = range;
    let former = cursor?.key ?? start ?? '';
    let formerVersion: string | undefined;
    let mayBeSame = cursor !== undefined;
    for (const { key, versionId } of entries) {
      const order = compare(former, key);
      if (order > 0 || (order === 0 && !(mayBeSame && (formerVersion === undefined || formerVersion !== versionId)))) {
        throw this.disorder(range, entries, former, key);
      }
      former = key;
      formerVersion = versionId;
      mayBeSame = this.listing.versions;
    }
  }

  private disorder(
    range: LiveRange,
    entries: readonly ListedEntry[],
    former: string,
    key: string,
  ): ListingUntrustworthy {
    const keys = entries.map((entry) => entry.key);
    const order = orderOf(range.start === undefined ? keys : [range.start, ...keys]);
    const other = order === undefined || order === this.order ? 'pages' : order;
    return this.listing.fault(`${quoted(key)} comes after ${quoted(former)}`, other);
  }

  /** The key that must come, unless it has been deleted since. */
  private async checkExpected(
    { expected, expectedVersion }: LiveRange,
    entries: readonly ListedEntry[],
  ): Promise<void> {
    if (expected === undefined) return;
    const at = entries[0]?.key === expected ? 0 : this.countBefore(entries, expected);
    if (entries[at]?.key !== expected) await this.checkGone(expected);
    else if (expectedVersion !== undefined && !hasVersion(entries, at, expectedVersion)) {
      throw this.listing.fault(`a page leaves out a version of ${quoted(expected)}`, 'pages');
    }
  }

  private async checkNext(before: string, found: string | undefined): Promise<void> {
    if (found !== before) await this.checkGone(before);
  }

  private async checkGone(key: string): Promise<void> {
    // Twice: what leaves out a key of a page may leave it out here, too.
    if (!(await this.listing.has(key)) && !(await this.listing.has(key))) return;
    throw this.listing.fault(`a page leaves out ${quoted(key)}, which is there`);
  }

  private countBefore(entries: readonly ListedEntry[], key: string): number {
    let low = 0;
    let high = entries.length;
    while (low < high) {
      const at = (low + high) >> 1;
      if (this.compare(entries[at]?.key ?? '', key) < 0) low = at + 1;
      else high = at;
    }
    return low;
  }
}

function pageAfter({ start, cursor }: LiveRange): object {
  if (cursor) return { next: cursor.next };
  return start === undefined ? {} : { after: start };
}

/** Newer ones may come before it. */
function hasVersion(entries: readonly ListedEntry[], from: number, versionId: string): boolean {
  const key = entries[from]?.key;
  for (let at = from; entries[at]?.key === key && at < entries.length; at++) {
    if (entries[at]?.versionId === versionId) return true;
  }
  return false;
}

/** The next page begins behind the last version but one of this page, or where the store says when it has no two. */
function versionCursor(inside: readonly ListedEntry[], next: ListCursor): MarkerCursor {
  const [former, last] = inside.slice(-2);
  const key = detached(inside.at(-1)?.key ?? '');
  if (former?.versionId === undefined || last?.versionId === undefined) return { next, key };
  const versionIdMarker = detached(former.versionId);
  return { next: { keyMarker: key, versionIdMarker }, key, last: detached(last.versionId) };
}

/** Some stores begin a page with the entry that the former ended with. */
function withoutMarker(entries: readonly ListedEntry[], cursor: MarkerCursor | undefined): readonly ListedEntry[] {
  const [first] = entries;
  const isMarker =
    first !== undefined &&
    cursor?.next.versionIdMarker !== undefined &&
    first.versionId === cursor.next.versionIdMarker &&
    first.key === cursor.next.keyMarker;
  return isMarker ? entries.slice(1) : entries;
}

/** Where the entries of the last key begin. */
function lastKeyAt(entries: readonly ListedEntry[]): number {
  const last = entries.at(-1)?.key;
  let at = entries.length;
  while (at > 0 && entries[at - 1]?.key === last) at--;
  return at;
}

function look(range: LiveRange, entries: readonly ListedEntry[], position: string): void {
  range.position = detached(position);
  range.seen += entries.length;
  const first = entries[0]?.key ?? '';
  range.shared = detached(position.slice(0, sharedLength(first, position)));
}

/** All but those of the last key, which the next page begins with. */
function ready(range: LiveRange, inside: readonly ListedEntry[], split: number): RangeStep {
  const start = detached(inside[split - 1]?.key ?? '');
  const expected = detached(inside.at(-1)?.key ?? '');
  const entries = inside.slice(0, split);
  look(range, entries, expected);
  const versionId = inside[split]?.versionId;
  const expectedVersion = versionId === undefined ? undefined : detached(versionId);
  const commit = (): void => void Object.assign(range, { start, expected, expectedVersion, cursor: undefined });
  return { entries, commit };
}

/** A page of one key: the next begins behind it. */
function behind(range: LiveRange, key: string, entries: readonly ListedEntry[] = []): RangeStep {
  const start = detached(key);
  const { first } = range;
  const isBefore = entries.length === 0;
  if (!isBefore) look(range, entries, start);
  const expected = isBefore ? first : undefined;
  return {
    entries,
    commit: () => void Object.assign(range, { start, expected, expectedVersion: undefined, cursor: undefined }),
  };
}

function withinKey(range: LiveRange, entries: readonly ListedEntry[], cursor: MarkerCursor): RangeStep {
  look(range, entries, cursor.key);
  return {
    entries,
    commit: () => void Object.assign(range, { expected: undefined, expectedVersion: undefined, cursor }),
  };
}

function ending(range: LiveRange, entries: readonly ListedEntry[]): RangeStep {
  range.isEnding = true;
  range.seen += entries.length;
  const commit = (): void =>
    void Object.assign(range, { expected: undefined, expectedVersion: undefined, cursor: undefined, done: true });
  return { entries, commit };
}
