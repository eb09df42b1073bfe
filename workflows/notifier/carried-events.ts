import type { PendingEvent } from '../../contracts/engine/events';

/** How far a target has come. */
export interface QueueState {
  /** How many of the pending events the target needs no more. */
  readonly done: number;
  /** The target gets no more events of this job. */
  readonly gone: boolean;
}

export interface CarriedEvents<Queue> {
  readonly pending: readonly PendingEvent[];
  /** The queues of targets that are not gone, `done` counted in the new `pending`. */
  readonly queues: readonly Queue[];
  /** Events that no longer fit, by queue. */
  readonly dropped: readonly { readonly queue: Queue; readonly events: readonly PendingEvent[] }[];
}

/** The events that a notifier hands to its next run: those that some target still needs, the last `most` at the most. */
export function carriedEvents<Queue extends QueueState>(
  pending: readonly PendingEvent[],
  queues: readonly Queue[],
  most: number,
): CarriedEvents<Queue> {
  const open = queues.filter(({ gone }) => !gone);
  const oldest = Math.max(0, pending.length - most);
  const needed = Math.min(pending.length, ...open.map(({ done }) => Math.max(done, oldest)));
  // The last event stays in any case: the event of a forced end is made from it.
  const from = Math.max(0, Math.min(needed, pending.length - 1));
  return {
    pending: pending.slice(from),
    queues: open.map((queue) => ({ ...queue, done: Math.max(queue.done, oldest) - from })),
    dropped: open
      .filter(({ done }) => done < oldest)
      .map((queue) => ({ queue, events: pending.slice(queue.done, oldest) })),
  };
}
