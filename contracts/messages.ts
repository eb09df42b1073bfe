import type { JobSnapshot } from './job';
import type { Tally } from './outcome';

/** Signals, queries and updates of the job workflow: names on one side, argument types on the other. */
export const MESSAGES = {
  pause: 'pause',
  resume: 'resume',
  cancel: 'cancel',
  confirm: 'confirm',
  setPriority: 'setPriority',
  setLimits: 'setLimits',
  setTags: 'setTags',
  snapshot: 'snapshot',
  chunkProgress: 'progress',
  chunkTally: 'chunkTally',
  lanes: 'lanes',
  share: 'share',
  dispatch: 'dispatch',
  members: 'members',
  event: 'event',
} as const;

/** Optional argument of `pause`, `resume`, `cancel` and `confirm`: why, shown as StatusUpdateReason. */
export type ReasonArgument = string | undefined;

/** A chunk tells its job once that most of its tasks fail, so that the job need not wait for the chunk to end. */
export interface ChunkTallyMessage {
  readonly chunk: number;
  readonly tally: Tally;
}

/** The dispatcher tells a job how many batches it may have in flight; 0 means: hand everything back. */
export interface ShareMessage {
  readonly batches: number;
  /** Says that this dispatcher does not know the job: it is to join again. */
  readonly unknown?: boolean;
}

/** A job tells the dispatcher that it wants to run, or what has changed. */
export interface JoinMessage {
  readonly jobId: string;
  readonly priority: number;
  /** False while it prepares: it takes nothing from others yet, but learns what it would get. */
  readonly ready: boolean;
  /** Batches it can have in flight at the most. */
  readonly batchesMax: number;
  /** It has limits of its own, so those of lower priority may use what it leaves. */
  readonly limited: boolean;
}

/** What jobs tell the dispatcher. Its `dispatch` signal takes a list, for many jobs may have something to say at a time. */
export type DispatchMessage = JoinMessage | { readonly jobId: string; readonly left: true };

/** What the dispatcher knows: answer of its `members` query, and what it hands to its next run. */
export interface DispatcherState {
  readonly members: readonly DispatchMember[];
  readonly slots: number;
}

export interface DispatchMember extends JoinMessage {
  /** The share that the job was told last; absent before the first word. */
  readonly told?: number;
  /** For how long it has had workers, in milliseconds, on a scale that those who came later join at the present least. */
  readonly servedMs: number;
  /** It has had workers at all. */
  readonly hasRun?: boolean;
}

/** Answer of a chunk's `progress` query. */
export interface ChunkProgress {
  readonly chunk: number;
  readonly batches: number;
  /** Tasks of finished batches, and of the checkpoints that open batches started from. */
  readonly tally: Tally;
  /** Batches now handed to activities, with the tally each started from (already contained in `tally`). */
  readonly open: readonly {
    readonly batch: number;
    readonly activityId?: string;
    readonly from: Tally;
    /** Its last attempt ended without a word: what it did is being looked up in the workspace. */
    readonly recovering?: boolean;
  }[];
}

export type { JobSnapshot };
