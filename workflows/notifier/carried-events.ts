import type { PendingEvent } from '../../contracts/events';

/** How far a target has come. */
export interface LaneState {
  /** How many of the pending events it needs no more. */
  readonly done: number;
  /** Not to be told of this job any more. */
  readonly gone: boolean;
}

export interface CarriedEvents<Lane> {
  readonly pending: readonly PendingEvent[];
  /** Those that are not gone, `done` counted in the new `pending`. */
  readonly lanes: readonly Lane[];
  /** What no longer fits, by lane. */
  readonly dropped: readonly { readonly lane: Lane; readonly events: readonly PendingEvent[] }[];
}

/** What a notifier hands to its next run: what some lane still needs, the last `most` at the most. */
export function carriedEvents<Lane extends LaneState>(
  pending: readonly PendingEvent[],
  lanes: readonly Lane[],
  most: number,
): CarriedEvents<Lane> {
  const open = lanes.filter(({ gone }) => !gone);
  const oldest = Math.max(0, pending.length - most);
  const needed = Math.min(pending.length, ...open.map(({ done }) => Math.max(done, oldest)));
  // The last one stays in any case: it says of which job an end by force is to be told.
  const from = Math.max(0, Math.min(needed, pending.length - 1));
  return {
    pending: pending.slice(from),
    lanes: open.map((lane) => ({ ...lane, done: Math.max(lane.done, oldest) - from })),
    dropped: open
      .filter(({ done }) => done < oldest)
      .map((lane) => ({ lane, events: pending.slice(lane.done, oldest) })),
  };
}
