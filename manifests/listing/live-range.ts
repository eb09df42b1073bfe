import type { ListCursor } from '../../storage/object-store';
import type { ListingMode, RangeState } from './listing';

/** A key of more versions than a page holds is listed by the store's markers. */
export interface MarkerCursor {
  readonly next: ListCursor;
  /** The key that is under way. */
  readonly key: string;
  /** The version that the next page must begin with, which was given already: so nothing is left out between the two. */
  readonly last?: string;
}

/** A range while it is listed: what its state says, and what is known beside it to split it well. */
export class LiveRange {
  start: string | undefined;
  before: string | undefined;
  expected: string | undefined;
  expectedVersion: string | undefined;
  cursor: MarkerCursor | undefined;
  done: boolean;
  readonly first: string | undefined;
  readonly id: number;
  /** The last key that was seen: a split lies behind it. */
  position: string;
  /** Where the range began. */
  readonly origin: string;
  /** Nothing was found from here to `before`. */
  top: string | undefined;
  /** Keys seen since `origin`. */
  seen = 0;
  /** Keys seen in the ranges that it was cut from. */
  seenBefore = 0;
  /** Points that have been chosen in it and in these. */
  tries = 0;
  /** Keys expected when it was cut off; undefined: nobody knows. */
  guess: number | undefined;
  /** What all keys of the last page begin with. */
  shared = '';
  isOwned = false;
  /** Its last page is with the sink: there is nothing left to split. */
  isEnding = false;
  /** Points that are being asked for, in order. */
  readonly probing: string[] = [];
  /** Probes that found nothing since the last that found something. */
  misses = 0;

  constructor(state: RangeState) {
    this.id = state.id;
    this.start = state.start;
    this.before = state.before;
    this.first = state.first;
    this.expected = state.expected;
    this.expectedVersion = state.expectedVersion;
    this.cursor = state.cursor as MarkerCursor | undefined;
    this.done = state.done;
    this.origin = state.first ?? state.start ?? state.expected ?? '';
    this.position = this.cursor?.key ?? state.expected ?? this.origin;
  }

  /** Behind which nothing is expected. */
  get high(): string | undefined {
    return this.top ?? this.before;
  }

  state(mode: ListingMode): RangeState {
    const { id, start, before, first, expected, expectedVersion, cursor, done } = this;
    // Nobody goes on there. A listing comes to thousands of ranges, and keys are long.
    if (done) return { id, mode, done };
    return {
      id,
      mode,
      ...(start !== undefined && { start }),
      ...(first !== undefined && { first }),
      ...(before !== undefined && { before }),
      ...(expected !== undefined && { expected }),
      ...(expectedVersion !== undefined && { expectedVersion }),
      ...(cursor && { cursor: JSON.parse(JSON.stringify(cursor)) as never }),
      done,
    };
  }
}

/** A copy that does not hold on to the page that it was cut from. */
export function detached(key: string): string {
  return Buffer.from(key).toString();
}
