import { LIMITS } from '../../contracts/limits';
import type { CompareKeys } from '../../storage/key-order';
import { type KeyModel, sharedLength } from './key-model';
import type { LiveRange } from './live-range';
import { numericPoint, structuralPoints } from './split-points';

/** A place in a range where it may be split: the store is asked what follows it. */
export interface SplitPlan {
  readonly range: LiveRange;
  readonly point: string;
}

/** Below this part of a range nothing is said of the rest: it may hold any number of keys. */
const COVERED_MIN = 1e-9;
const GOES_ON_SHARE = 0.5;
/** A range for which no point was found is tried again when it has grown by so much, and by two pages. */
const STUCK_GROWTH = 1.5;
/** More than any range that something is known of. */
const UNCHARTED_KEYS = 1e15;

/** Says where ranges are worth splitting. */
export class Splitter {
  /** Ranges for which no point was found, with what they had seen by then. */
  private readonly stuck = new WeakMap<LiveRange, number>();

  constructor(
    private readonly model: KeyModel,
    private readonly compare: CompareKeys,
    private readonly prefix: string,
  ) {}

  /** The range with the most keys to come, and a point in it; undefined: none is worth it now. */
  choose(ranges: Iterable<LiveRange>): SplitPlan | undefined {
    const open = [...ranges].filter((range) => this.isOpen(range));
    const weighed = open.map((range) => ({ range, keys: this.expected(range) / (range.probing.length + 1) }));
    weighed.sort((a, b) => b.keys - a.keys);
    for (const { range, keys } of weighed) {
      if (keys < LIMITS.listing.splitKeysMin) return undefined;
      const point = this.point(range);
      if (point !== undefined) return { range, point };
      this.stuck.set(range, range.seen);
    }
    return undefined;
  }

  /** Keys that are still to come, as far as those seen tell. */
  expected(range: LiveRange): number {
    const { seen, origin, position, high } = range;
    if (seen === 0) return Math.max(range.guess ?? 0, range.seenBefore * GOES_ON_SHARE);
    if (isUncharted(range)) return UNCHARTED_KEYS;
    const covered = this.model.covered(origin, position, high, this.prefix);
    const modelled = covered < COVERED_MIN ? seen / COVERED_MIN : (seen * (1 - covered)) / covered;
    // What has gone on for long goes on: the model knows nothing of symbols that have not come yet.
    return Math.max(modelled, (seen + range.seenBefore) * GOES_ON_SHARE);
  }

  /** How many of the keys to come lie behind a point. */
  behind(range: LiveRange, point: string): number {
    return this.expected(range) * (1 - this.model.covered(range.position, point, range.high, this.prefix));
  }

  private isOpen(range: LiveRange): boolean {
    if (range.done || range.isEnding || range.position === '') return false;
    if (range.misses >= LIMITS.listing.probeMissesMax) {
      range.misses = 0;
      this.stuck.set(range, range.seen);
    }
    if (range.probing.length >= LIMITS.listing.probesPerRangeMax) return false;
    const stuckAt = this.stuck.get(range);
    return stuckAt === undefined || range.seen >= stuckAt * STUCK_GROWTH + LIMITS.listing.splitKeysMin;
  }

  /** One way after the other: keys may be closer together than the model has it, or farther apart. */
  private point(range: LiveRange): string | undefined {
    const ways = [
      () => this.halfway(range),
      () => this.structural(range),
      () => this.halfway(range),
      () => this.beyondAlphabet(range),
    ];
    const turn = isUncharted(range) ? 1 : range.tries++;
    for (let at = 0; at < ways.length; at++) {
      const point = ways[(turn + at) % ways.length]?.();
      if (point !== undefined) return point;
    }
    return undefined;
  }

  private beyondAlphabet({ position, high, probing }: LiveRange): string | undefined {
    let point = numericPoint(position, high, this.compare);
    // Closer and closer to where the keys are known to be.
    while (point !== undefined && probing.includes(point)) point = numericPoint(position, point, this.compare);
    return point;
  }

  private structural({ position, high, shared, probing }: LiveRange): string | undefined {
    const points = structuralPoints(position, high, shared, this.compare).filter((point) => !probing.includes(point));
    return points[points.length >> 1];
  }

  /** The middle of the widest gap between what is being asked for. */
  private halfway({ position, high, probing }: LiveRange): string | undefined {
    const borders = [position, ...probing.filter((point) => this.compare(point, position) > 0), high];
    let low = position;
    let top = high;
    let widest = -1;
    for (let at = 1; at < borders.length; at++) {
      const [from = '', to] = [borders[at - 1], borders[at]];
      const end = to === undefined ? 1 : this.model.covered(position, to, high, this.prefix);
      const width = end - this.model.covered(position, from, high, this.prefix);
      if (width > widest) [widest, low, top] = [width, from, to];
    }
    return this.model.middle(low, top, this.prefix);
  }
}

/** The keys of the last page agree in more than the range does: how far they have come in it can't be told yet. */
function isUncharted({ position, high, shared, seen }: LiveRange): boolean {
  if (seen === 0) return false;
  // One symbol less: that is how far a range reaches which ends behind all that begins so.
  return shared.length > (high === undefined ? 0 : sharedLength(position, high)) + 1;
}
