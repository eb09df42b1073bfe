import { DroverError } from '../../contracts/engine/failures';
import type { Json } from '../../contracts/job';
import type { KeyOrder } from '../../storage/key-order';
import type { ObjectStore } from '../../storage/object-store';
import type { SourceRow } from '../sources/row';

/** All that a listing needs of a store. */
export type ListingPort = Pick<ObjectStore, 'listPage'>;

/** The part of a bucket that is listed, or a piece of it. */
export interface ListingScope {
  readonly bucket: string;
  /** As it is, not URL-encoded. */
  readonly prefix?: string;
  /** `Current`: rows without version ids. `All`: delete markers as well. */
  readonly versions: 'Current' | 'Noncurrent' | 'All' | 'DeleteMarkers';
  /** Only keys behind this one. */
  readonly after?: string;
  /** Only keys from this one on, the first that is there: as `cutKeySpace` has seen it behind `after`. */
  readonly first?: string;
  /** Only keys before this one, which is there: the first of the next piece. */
  readonly before?: string;
}

/**
 * How keys are taken from a store. `bytes` and `segments`: in ranges, in that order. `pages`: one page after the other, in whatever order
 * and for as long as the store says.
 */
export type ListingMode = KeyOrder | 'pages';

/** A piece of the key space that one stream lists. JSON. */
export interface RangeState {
  readonly id: number;
  readonly mode: ListingMode;
  /** Exclusive: the last key whose rows the sink has taken, or the point where the range begins. */
  readonly start?: string;
  /** The first key of the range when it was cut off. What comes before it is of the range before. */
  readonly first?: string;
  /** Exclusive: the first key of the range behind; absent: to the end of the prefix. */
  readonly before?: string;
  /** The key that the next page must begin with. */
  readonly expected?: string;
  /** The first version of that key, as it was seen. */
  readonly expectedVersion?: string;
  /** Where the store's own markers are needed to go on. */
  readonly cursor?: Json;
  readonly done: boolean;
}

export interface RangeSink {
  /**
   * Awaited before the range goes on. Rows of one range come in the store's order. The listing's state counts them as taken from the call of
   * `taken` on, at the latest when the promise has resolved.
   */
  page(rangeId: number, rows: readonly SourceRow[], taken: () => void): Promise<void>;
}

/** Gives the rows of a page to the sink, and moves the state on once. */
export async function give(
  sink: RangeSink,
  rangeId: number,
  rows: readonly SourceRow[],
  moveOn: () => void,
): Promise<void> {
  let isTaken = false;
  const taken = (): void => {
    if (!isTaken) moveOn();
    isTaken = true;
  };
  if (rows.length > 0) await sink.page(rangeId, rows, taken);
  taken();
}

/**
 * The store's listing contradicts itself. `restartAs` is the mode in which a listing from the beginning may do; nothing of what the
 * sink has taken counts then. Undefined: the store can't be listed.
 */
export class ListingUntrustworthy extends DroverError {
  constructor(
    readonly bucket: string,
    fault: string,
    readonly restartAs?: ListingMode,
  ) {
    super('ListingUnreliable', `The listing of the bucket ${bucket} can't be trusted: ${fault}`);
    this.name = 'ListingUntrustworthy';
  }
}
