import type { Tally } from './outcome';

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

/** A batch that was begun and not finished: its rows so far are in the open part. See `RunBatchInput`. */
export interface OpenBatch {
  readonly batch: number;
  readonly checkpoint?: BatchCheckpoint;
  readonly takenUpAgain?: true;
}
