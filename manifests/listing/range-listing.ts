import { orderOf } from '../../storage/key-order';
import type { ListedPage } from '../../storage/object-store';
import type { ListingMode, ListingPort, ListingScope, RangeSink, RangeState } from './listing';
import { PageListing } from './page-listing';
import { ParallelRanges } from './parallel-ranges';
import { StoreListing } from './store-listing';

export interface RangeListingOptions {
  /** Requests under way at once. */
  readonly streams: number;
  /** Where a former listing of the same scope stopped; absent or empty: from the beginning. */
  readonly state?: readonly RangeState[];
  /** As `ListingUntrustworthy.restartAs` said. Absent: as the first page shows. */
  readonly mode?: ListingMode;
}

/**
 * Lists a scope by several streams, each in a range of its own: an idle one splits the range with the most keys to come. Every row is
 * given to the sink once, or the listing fails with `ListingUntrustworthy`.
 */
export class RangeListing {
  private running: ParallelRanges | PageListing | undefined;

  constructor(
    private readonly port: ListingPort,
    private readonly scope: ListingScope,
    private readonly options: RangeListingOptions,
  ) {}

  /**
   * Rejects with the signal's reason, with what the sink rejects with, with `StoreError` for what the store refuses, and with
   * `ListingUntrustworthy`. No request and no call of the sink is under way then.
   */
  async run(sink: RangeSink, signal: AbortSignal): Promise<void> {
    const { state = [], streams } = this.options;
    const failed = new AbortController();
    const listing = new StoreListing(this.port, this.scope, AbortSignal.any([signal, failed.signal]));
    const known = state[0]?.mode ?? this.options.mode;
    const page = known === undefined ? await listing.page(this.beginning()) : undefined;
    const mode = known ?? modeOf(page);
    if (mode === 'pages') {
      this.checkWhole(listing);
      await (this.running = new PageListing(listing, state[0])).run(sink);
      return;
    }
    const ranges = state.length > 0 ? state : [await this.firstRange(listing, mode)];
    const parts = { listing, order: mode, ranges, streams };
    await (this.running = new ParallelRanges(parts)).run(sink, { signal, failed, first: page });
  }

  /**
   * Ranges in the order of their keys, as of the last page that the sink has taken; empty until the first page is there. A new
   * listing goes on from it.
   */
  state(): readonly RangeState[] {
    return this.running?.state() ?? this.options.state ?? [];
  }

  /** Nothing comes before the first page that could show that it is another: its first key is asked for apart. */
  private async firstRange(listing: StoreListing, mode: ListingMode): Promise<RangeState> {
    const { after, first, before } = this.scope;
    const expected = first ?? (await listing.page({ ...this.beginning(), maxKeys: 1 })).entries[0]?.key;
    return {
      id: 0,
      mode,
      ...(after !== undefined && { start: after }),
      ...(first !== undefined && { first }),
      ...(before !== undefined && { before }),
      ...(expected !== undefined && { expected }),
      done: false,
    };
  }

  private beginning(): { readonly after?: string } {
    const { after } = this.scope;
    return after === undefined ? {} : { after };
  }

  private checkWhole(listing: StoreListing): void {
    const { after, before } = this.scope;
    if (after === undefined && before === undefined) return;
    throw listing.fault('its order is not known, so that it can only be listed as a whole', 'pages');
  }
}

function modeOf(page: ListedPage | undefined): ListingMode {
  return orderOf(page?.entries.map(({ key }) => key) ?? []) ?? 'pages';
}
