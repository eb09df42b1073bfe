import type { JobSnapshot } from '../job';
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
  pauseWithAll: 'pauseWithAll',
  resumeWithAll: 'resumeWithAll',
  pauseOfAll: 'pauseOfAll',
  snapshot: 'snapshot',
  chunkProgress: 'progress',
  chunkTally: 'chunkTally',
  chunkSlots: 'lanes',
  share: 'share',
  silentStore: 'silentStore',
  dispatch: 'dispatch',
  members: 'members',
  event: 'event',
} as const;

/** Optional argument of `pause`, `resume`, `cancel`, `confirm`, `pauseWithAll` and `resumeWithAll`: why, shown as StatusUpdateReason. */
export type ReasonArgument = string | undefined;

/** A chunk reports to its job that most of its tasks fail, so that the job need not wait for the chunk to end. */
export interface ChunkTallyMessage {
  readonly chunk: number;
  readonly tally: Tally;
}

/** From a worker to a job: which store does not answer it, in words; null once it does. */
export type SilentStoreArgument = string | null;

/** From the dispatcher to a job: how many batches the job may have in flight. 0 means: hand everything back. */
export interface ShareMessage {
  readonly batches: number;
  /** The dispatcher does not know the job, which is to join again. */
  readonly unknown?: boolean;
}

/** From a job to the dispatcher: the job wants to run, or its wishes have changed. */
export interface JoinMessage {
  readonly jobId: string;
  readonly priority: number;
  /** False while the job prepares: it takes nothing from others yet, but learns what it would get. */
  readonly ready: boolean;
  /** Batches that the job can have in flight at the most. */
  readonly batchesMax: number;
  /** The job has limits of its own, so jobs of lower priority may use what it leaves. */
  readonly limited: boolean;
}

/** From a job to the dispatcher. The `dispatch` signal takes a list, because many jobs may send at a time. */
export type DispatchMessage = JoinMessage | { readonly jobId: string; readonly left: true };

/** The dispatcher's state: the answer of its `members` query, and the input of its next run. */
export interface DispatcherState {
  readonly members: readonly DispatchMember[];
  readonly slots: number;
}

export interface DispatchMember extends JoinMessage {
  /** The share that was sent to the job last; absent before the first one. */
  readonly told?: number;
  /** For how long the job has had workers, in milliseconds. A job that joins begins with the least of those present. */
  readonly servedMs: number;
  /** The job has had workers at all. */
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
    /** The last attempt ended without a result: what it did is being read from the workspace. */
    readonly recovering?: boolean;
  }[];
}

export type { JobSnapshot };
