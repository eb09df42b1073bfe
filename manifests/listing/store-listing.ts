import { defined } from '../../contracts/defined';
import { LIMITS } from '../../contracts/limits';
import type { ListCursor, ListedEntry, ListedPage, ListPageInput } from '../../storage/object-store';
import type { SourceRow } from '../sources/row';
import { type ListingPort, type ListingScope, ListingUntrustworthy } from './listing';

/** Requests of one listing. */
export class StoreListing {
  constructor(
    private readonly port: ListingPort,
    private readonly scope: ListingScope,
    private readonly signal: AbortSignal,
  ) {}

  get bucket(): string {
    return this.scope.bucket;
  }

  get prefix(): string {
    return this.scope.prefix ?? '';
  }

  get versions(): boolean {
    return this.scope.versions !== 'Current';
  }

  /** The next page that has a row, or the last one. */
  async page(from: Pick<ListPageInput, 'after' | 'next' | 'maxKeys'>): Promise<ListedPage> {
    let page = await this.ask(from);
    let former: ListCursor | undefined = from.next;
    for (let empty = 0; page.entries.length === 0 && page.isTruncated; empty++) {
      const { next } = page;
      if (!next || isSame(next, former) || empty >= LIMITS.listing.emptyPagesMax) {
        throw this.fault('a page without keys is not the last, and the next one is the same again');
      }
      former = next;
      const { maxKeys } = from;
      page = await this.ask({ next, ...defined({ maxKeys }) });
    }
    return page;
  }

  /** The first key behind a point. */
  async firstAfter(point: string): Promise<string | undefined> {
    return (await this.page({ after: point, maxKeys: 1 })).entries[0]?.key;
  }

  /** Whether the listing has the key, asked in another way than the pages are. */
  async has(key: string): Promise<boolean> {
    const { bucket, versions } = this;
    const page = await this.port.listPage({ bucket, versions, prefix: key, maxKeys: 1 }, { signal: this.signal });
    return page.entries[0]?.key === key;
  }

  /** Whether the listing may have an entry, whatever its order: false only where it shows all that it has below the key. */
  async mayHave({ key, versionId }: Pick<ListedEntry, 'key' | 'versionId'>): Promise<boolean> {
    const { bucket, versions } = this;
    const page = await this.port.listPage({ bucket, versions, prefix: key }, { signal: this.signal });
    return page.isTruncated || page.entries.some((entry) => entry.key === key && entry.versionId === versionId);
  }

  rows(entries: readonly ListedEntry[]): readonly SourceRow[] {
    switch (this.scope.versions) {
      case 'Current':
      case 'All':
        return entries;
      case 'DeleteMarkers':
        return entries.filter(({ isDeleteMarker }) => isDeleteMarker === true);
      case 'Noncurrent':
        return entries.filter((entry) => !this.isLatest(entry) && entry.isDeleteMarker !== true);
    }
  }

  fault(words: string, restartAs?: ListingUntrustworthy['restartAs']): ListingUntrustworthy {
    return new ListingUntrustworthy(this.bucket, words, restartAs);
  }

  private isLatest({ isLatest, key }: ListedEntry): boolean {
    if (isLatest !== undefined) return isLatest;
    throw this.fault(`it does not tell which version of ${quoted(key)} is the latest`);
  }

  private ask(from: Pick<ListPageInput, 'after' | 'next' | 'maxKeys'>): Promise<ListedPage> {
    const { bucket, prefix, versions } = this;
    return this.port.listPage({ bucket, versions, ...(prefix !== '' && { prefix }), ...from }, { signal: this.signal });
  }
}

export function isSame(a: ListCursor | undefined, b: ListCursor | undefined): boolean {
  return a?.token === b?.token && a?.keyMarker === b?.keyMarker && a?.versionIdMarker === b?.versionIdMarker;
}

/** For messages: keys may have any characters. */
export function quoted(key: string): string {
  return JSON.stringify(key);
}
