import type { RowCounts } from '../job';
import { EMPTY_TALLY, type Tally } from './outcome';

/**
 * How far a batch has come: heartbeat details of the activity, result of an interrupted one, and its input when it is
 * taken up again. `done` is a bitmap (base64, bit i of byte i>>3 is row i of the batch) because requests run concurrently:
 * a "last row" would be wrong. `part` names the open part that holds the report rows of exactly the rows marked done.
 */
export interface BatchCheckpoint {
  readonly v: 1;
  readonly done: string;
  readonly tally: Tally;
  readonly part: string;
}

/** Details of a heartbeat: the checkpoint, once there is one, and the store that the attempt waits for, in words. */
export type HeartbeatDetails = Partial<BatchCheckpoint> & {
  readonly silentStore?: string;
  /** What an activity that reads a source has come to. */
  readonly preparing?: RowCounts;
};

/** The checkpoint in a heartbeat's details; undefined when they have none. */
export function checkpointOf(details: unknown): BatchCheckpoint | undefined {
  const { v, done, tally, part } = (details ?? {}) as HeartbeatDetails;
  return v === undefined || done === undefined || tally === undefined || part === undefined
    ? undefined
    : { v, done, tally, part };
}

/**
 * A batch stopped while its workspace was out of reach: no row is known to be done. The next attempt finds no such
 * part, and looks for what was flushed.
 */
export const NOTHING_KNOWN: BatchCheckpoint = { v: 1, done: '', tally: EMPTY_TALLY, part: 'none' };

/** A batch that was begun and not finished: its rows so far are in the open part. See `RunBatchInput`. */
export interface OpenBatch {
  readonly batch: number;
  readonly checkpoint?: BatchCheckpoint;
  readonly takenUpAgain?: true;
}
