import { type CompareKeys, KEY_ORDERS, type KeyOrder } from '../../storage/key-order';
import type { ListedPage } from '../../storage/object-store';
import { cutOff, isWithin, nothingBehind, rangeAround } from './cut-range';
import { KeyModel } from './key-model';
import { give, type RangeSink, type RangeState } from './listing';
import { detached, LiveRange } from './live-range';
import { RangePages } from './range-pages';
import { type SplitPlan, Splitter } from './splitter';
import type { StoreListing } from './store-listing';

export interface ParallelParts {
  readonly listing: StoreListing;
  readonly order: KeyOrder;
  readonly ranges: readonly RangeState[];
  readonly streams: number;
}

export interface ParallelRun {
  readonly signal: AbortSignal;
  /** Aborted when one stream fails, so that the others end. */
  readonly failed: AbortController;
  /** The first page of the first range, where it is there already. */
  readonly first: ListedPage | undefined;
}

/** Ranges of a key space, listed side by side and split under way. */
export class ParallelRanges {
  /** In the order of their keys. */
  private readonly ranges: LiveRange[];
  private readonly live: Set<LiveRange>;
  private readonly model: KeyModel;
  private readonly splitter: Splitter;
  private readonly pages: RangePages;
  private readonly compare: CompareKeys;
  private readonly idle: (() => void)[] = [];
  private nextId: number;

  constructor(private readonly parts: ParallelParts) {
    const { order, listing, ranges } = parts;
    this.compare = KEY_ORDERS[order];
    this.ranges = ranges.map((state) => new LiveRange(state));
    this.live = new Set(this.ranges.filter(({ done }) => !done));
    this.nextId = Math.max(...ranges.map(({ id }) => id)) + 1;
    this.model = new KeyModel(this.compare);
    this.splitter = new Splitter(this.model, this.compare, listing.prefix);
    this.pages = new RangePages(listing, order);
  }

  state(): readonly RangeState[] {
    return this.ranges.map((range) => range.state(this.parts.order));
  }

  async run(sink: RangeSink, { signal, failed, first }: ParallelRun): Promise<void> {
    let fault: { readonly error: unknown } | undefined;
    const stream = async (page?: ListedPage): Promise<void> => {
      try {
        await this.stream(sink, failed.signal, page);
      } catch (error) {
        fault ??= { error };
        failed.abort();
        this.wakeAll();
      }
    };
    const others = Array.from({ length: Math.max(0, this.parts.streams - 1) }, () => undefined);
    await Promise.all([stream(first), ...others.map((page) => stream(page))]);
    if (!fault) return;
    signal.throwIfAborted();
    throw fault.error;
  }

  private async stream(sink: RangeSink, stopped: AbortSignal, first?: ListedPage): Promise<void> {
    let page = first;
    while (this.live.size > 0 && !stopped.aborted) {
      const range = this.unowned();
      if (range) {
        await this.list(range, sink, stopped, page);
        page = undefined;
        continue;
      }
      const plan = this.splitter.choose(this.live);
      if (!plan) {
        await new Promise<void>((resolve) => this.idle.push(resolve));
        continue;
      }
      // There may be work for another one, too.
      this.wakeOne();
      await this.split(plan);
    }
    this.wakeAll();
  }

  private async list(range: LiveRange, sink: RangeSink, stopped: AbortSignal, first?: ListedPage): Promise<void> {
    range.isOwned = true;
    let page = first;
    while (!range.done && !stopped.aborted) {
      const step = await this.pages.next(range, page);
      page = undefined;
      this.model.learn(step.entries.map(({ key }) => key));
      this.wakeOne();
      const rows = this.parts.listing.rows(step.entries);
      await give(sink, range.id, rows, () => {
        step.commit();
      });
    }
    if (range.done) this.live.delete(range);
    this.wakeOne();
  }

  private unowned(): LiveRange | undefined {
    for (const range of this.live) if (!range.isOwned) return range;
    return undefined;
  }

  /** Asks what follows a point, and makes a range of it. */
  private async split({ range, point }: SplitPlan): Promise<void> {
    const { probing } = range;
    probing.push(point);
    probing.sort(this.compare);
    let found: string | undefined;
    try {
      found = await this.parts.listing.firstAfter(point);
    } finally {
      probing.splice(probing.indexOf(point), 1);
    }
    this.apply(range, point, found);
    this.wakeOne();
  }

  private apply(asked: LiveRange, point: string, found: string | undefined): void {
    // Meanwhile it may have been split, or listed beyond the point.
    const around = rangeAround(this.live, point, this.compare);
    if (around === undefined) {
      asked.misses++;
      return;
    }
    if (found === undefined || !isWithin(around, found, this.compare)) {
      nothingBehind(around, point, this.compare);
      return;
    }
    // A key before the point is what a store answers that ignores `start-after`: its pages will tell.
    if (this.compare(found, point) <= 0) return;
    asked.misses = 0;
    this.model.learn([found]);
    this.cut(around, point, detached(found));
  }

  private cut(range: LiveRange, point: string, first: string): void {
    const { before } = range;
    const guess = range.seen > 0 || range.guess !== undefined ? this.splitter.behind(range, point) : undefined;
    const state = { id: this.nextId++, mode: this.parts.order, start: point, first, expected: first, done: false };
    const behind = new LiveRange(before === undefined ? state : { ...state, before });
    behind.guess = guess;
    cutOff(this.ranges, range, behind, first, this.compare);
    this.live.add(behind);
  }

  private wakeOne(): void {
    this.idle.shift()?.();
  }

  private wakeAll(): void {
    for (const wake of this.idle.splice(0)) wake();
  }
}
