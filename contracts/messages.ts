import type { JobSnapshot } from './job';
import type { Tally } from './outcome';

/** Signals, queries and updates of the job workflow: names on one side, argument types on the other. */
export const MESSAGES = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  confirm: 'confirm',
  setPriority: 'setPriority',
  snapshot: 'snapshot',
  chunkProgress: 'progress',
  chunkTally: 'chunkTally',
} as const;

/** Optional argument of `pause`, `resume`, `cancel` and `confirm`: why, shown as StatusUpdateReason. */
export type ReasonArgument = string | undefined;

/** A chunk tells its job once that most of its tasks fail, so that the job need not wait for the chunk to end. */
export interface ChunkTallyMessage {
  readonly chunk: number;
  readonly tally: Tally;
}

/** Answer of a chunk's `progress` query. */
export interface ChunkProgress {
  readonly chunk: number;
  readonly batches: number;
  /** Tasks of finished batches, and of the checkpoints that open batches started from. */
  readonly tally: Tally;
  /** Batches now handed to activities, with the tally each started from (already contained in `tally`). */
  readonly open: readonly { readonly batch: number; readonly activityId?: string; readonly from: Tally }[];
}

export type { JobSnapshot };
