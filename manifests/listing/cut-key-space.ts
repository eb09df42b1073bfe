import { defined } from '../../contracts/defined';
import { LIMITS } from '../../contracts/limits';
import { type CompareKeys, KEY_ORDERS, type KeyOrder, orderOf } from '../../storage/key-order';
import { cutOff, isWithin, nothingBehind, rangeAround } from './cut-range';
import { KeyModel, sharedLength } from './key-model';
import { type ListingMode, type ListingPort, type ListingScope, ListingUntrustworthy } from './listing';
import { detached, LiveRange } from './live-range';
import { type SplitPlan, Splitter } from './splitter';
import { StoreListing } from './store-listing';

/** A piece of a scope, to be listed by itself. */
export type Piece = Pick<ListingScope, 'after' | 'first' | 'before'>;

export interface CutKeySpace {
  /** To be given to the listing of each piece. */
  readonly mode: ListingMode;
  /** In the order of their keys. One when the space is small, or the store can only be listed as a whole. */
  readonly pieces: readonly Piece[];
}

/** Keys that a probe asks for: enough to tell how close together they are. */
const PROBE_KEYS = 50;

/**
 * Cuts a key space into up to `count` pieces of about the same number of keys, as far as some probes can tell: for several workers, which
 * list one piece each. `known`: how the store lists, as `ListingUntrustworthy.restartAs` said; where the store contradicts what it seemed to
 * be, this function goes on by the next one. Rejects as `RangeListing.run` does.
 */
export async function cutKeySpace(
  port: ListingPort,
  scope: ListingScope,
  count: number,
  signal: AbortSignal,
  known?: ListingMode,
): Promise<CutKeySpace> {
  try {
    return await cutAs(port, scope, count, signal, known);
  } catch (error) {
    if (!(error instanceof ListingUntrustworthy) || !error.restartAs) throw error;
    return cutKeySpace(port, scope, count, signal, error.restartAs);
  }
}

async function cutAs(
  port: ListingPort,
  scope: ListingScope,
  count: number,
  signal: AbortSignal,
  known: ListingMode | undefined,
): Promise<CutKeySpace> {
  const listing = new StoreListing(port, scope, signal);
  const { after, first, before } = scope;
  const whole = defined({ after, first, before });
  if (known === 'pages') return { mode: known, pieces: [whole] };
  const page = await listing.page(after === undefined ? {} : { after });
  const keys = page.entries.map(({ key }) => key);
  const mode = known ?? orderOf(keys) ?? 'pages';
  if (mode === 'pages' || count < 2 || !page.isTruncated) return { mode, pieces: [whole] };
  const cutter = new Cutter(listing, mode, scope, keys);
  return { mode, pieces: await cutter.cut(count) };
}

class Cutter {
  private readonly compare: CompareKeys;
  private readonly model: KeyModel;
  private readonly splitter: Splitter;
  /** In the order of their keys. */
  private readonly ranges: LiveRange[];

  constructor(
    private readonly listing: StoreListing,
    private readonly order: KeyOrder,
    scope: ListingScope,
    keys: readonly string[],
  ) {
    this.compare = KEY_ORDERS[order];
    this.model = new KeyModel(this.compare);
    this.splitter = new Splitter(this.model, this.compare, listing.prefix);
    this.ranges = [this.range(scope.after, scope.first, scope.before, keys)];
  }

  async cut(count: number): Promise<readonly Piece[]> {
    for (let round = 0; round < LIMITS.listing.cutRoundsMax && this.ranges.length < count; round++) {
      const plans = this.plans(count - this.ranges.length);
      if (plans.length === 0) break;
      const pages = await Promise.all(
        plans.map(({ point }) => this.listing.page({ after: point, maxKeys: PROBE_KEYS })),
      );
      for (const [at, plan] of plans.entries()) {
        this.apply(plan, pages[at]?.entries.map(({ key }) => key) ?? []);
      }
    }
    return this.ranges.map(({ start, first, before }) => defined({ after: start, first, before }));
  }

  private plans(count: number): readonly SplitPlan[] {
    const plans: SplitPlan[] = [];
    while (plans.length < count) {
      const plan = this.splitter.choose(this.ranges);
      if (!plan) break;
      plan.range.probing.push(plan.point);
      plan.range.probing.sort(this.compare);
      plans.push(plan);
    }
    for (const { range } of plans) range.probing.length = 0;
    return plans;
  }

  private apply({ range: asked, point }: SplitPlan, keys: readonly string[]): void {
    const { compare } = this;
    const range = rangeAround(this.ranges, point, compare);
    if (!range) {
      asked.misses++;
      return;
    }
    const [first] = keys;
    if (first === undefined || !isWithin(range, first, compare)) {
      nothingBehind(range, point, compare);
      return;
    }
    if (compare(first, point) <= 0) {
      // Or it has another order than its first page showed.
      throw this.listing.fault('it ignores start-after', this.order === 'bytes' ? 'segments' : 'pages');
    }
    const own = keys.filter((key) => isWithin(range, key, compare));
    const behind = this.range(point, detached(first), range.before, own);
    // Its keys up to the position are known already.
    cutOff(this.ranges, range, behind, detached(first), compare);
    if (behind.top !== undefined && compare(behind.position, behind.top) >= 0) behind.top = undefined;
  }

  private range(
    start: string | undefined,
    first: string | undefined,
    before: string | undefined,
    keys: readonly string[],
  ): LiveRange {
    const { order: mode } = this;
    const range = new LiveRange({
      id: 0,
      mode,
      done: false,
      ...defined({ start, first, before }),
      ...(keys[0] !== undefined && { expected: detached(keys[0]) }),
    });
    this.model.learn(keys);
    const last = keys.at(-1);
    if (last === undefined) return range;
    range.position = detached(last);
    range.seen = keys.length;
    range.shared = detached(last.slice(0, sharedLength(keys[0] ?? '', last)));
    return range;
  }
}
