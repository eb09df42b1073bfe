import type { FailureThreshold, Workspace } from '../job';
import type { BatchLimits } from './activities';
import type { OpenBatch } from './checkpoint';
import { EMPTY_TALLY, type Tally } from './outcome';
import type { ChunkRange, OperationPlan, RestoreWait } from './plan';

/** How far a chunk has come. Small enough to ride through a child's result, or its continue-as-new, at any size of job. */
export interface ChunkState {
  /** Batches handed out so far, counted from the range's first. */
  readonly started: number;
  /** Batches handed out and given back unfinished. */
  readonly open: readonly OpenBatch[];
  /** Finished batches and the checkpoints in `open`. */
  readonly tally: Tally;
}

export const NEW_CHUNK: ChunkState = Object.freeze({ started: 0, open: [], tally: EMPTY_TALLY });

export interface ChunkInput {
  readonly jobId: string;
  readonly workspace: Workspace;
  readonly plan: OperationPlan;
  readonly range: ChunkRange;
  readonly state: ChunkState;
  readonly reportEnabled: boolean;
  /** Batch slots at the start: so many batches may be in flight. The `lanes` signal changes them. */
  readonly lanes: number;
  readonly batchLimits?: BatchLimits;
  /** The job's failure threshold, default rule included: a chunk that comes near it reports. */
  readonly failureThreshold: FailureThreshold;
}

export interface ChunkResult {
  /** `interrupted`: the job asked it to stop, and `state` is where to go on. `failed`: it can't go on. */
  readonly status: 'done' | 'interrupted' | 'failed';
  readonly state: ChunkState;
  readonly failure?: { readonly code: string; readonly message: string };
}

export interface RestoreWatchInput {
  readonly jobId: string;
  readonly workspace: Workspace;
  readonly wait: RestoreWait;
  readonly ranges: readonly ChunkRange[];
  /** When the last restore was requested, ISO 8601: the first check and the deadline count from here, pauses included. */
  readonly since: string;
  readonly reportEnabled: boolean;
}
