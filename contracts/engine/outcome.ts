import type { Waited, Waiting } from './waiting';

/**
 * What became of one task. `httpStatus`, `errorCode` and `message` are the store's own words where it answered.
 * `pending` means that the action was accepted and its effect is awaited (a restore); it never reaches a report.
 */
export type TaskOutcome =
  | {
      readonly status: 'succeeded';
      readonly httpStatus: number;
      readonly message: string;
      /** A condition or `SkipIfInDesiredState` has passed over the object: nothing was done. */
      readonly skipped?: true;
    }
  | { readonly status: 'failed'; readonly httpStatus: number; readonly errorCode: string; readonly message: string }
  | {
      readonly status: 'pending';
      /** Absent: asked for by a job of a former version, which looks at the task's object. */
      readonly waiting?: Waiting;
    };

/** Message of a native operation's success, as AWS's reports have it. */
export const SUCCESSFUL: TaskOutcome = Object.freeze({ status: 'succeeded', httpStatus: 200, message: 'Successful' });

/** The message of a row tells a task that was passed over, for reports have no column for it. */
export function isSkippedMessage(message: string): boolean {
  return message.startsWith('Skipped: ') || message.startsWith('AlreadyInDesiredState');
}

export interface Tally {
  readonly succeeded: number;
  readonly failed: number;
  readonly pending: number;
  /** Those among `succeeded` that were passed over. Absent: none, also in jobs of former versions. */
  readonly skipped?: number;
}

export const EMPTY_TALLY: Tally = Object.freeze({ succeeded: 0, failed: 0, pending: 0 });

export function addTallies(a: Tally, b: Tally): Tally {
  return combined(a, b, 1);
}

export function subtractTallies(a: Tally, b: Tally): Tally {
  return combined(a, b, -1);
}

function combined(a: Tally, b: Tally, sign: 1 | -1): Tally {
  const tally = {
    succeeded: a.succeeded + sign * b.succeeded,
    failed: a.failed + sign * b.failed,
    pending: a.pending + sign * b.pending,
  };
  const skipped = (a.skipped ?? 0) + sign * (b.skipped ?? 0);
  return skipped === 0 ? tally : { ...tally, skipped };
}

/** What the tasks of lists change in the count of their job, where they are pending until they have another outcome. */
export function netOf(tally: Tally): Tally {
  return { ...tally, pending: tally.pending - executed(tally) };
}

/** Tasks that were carried out, however they ended. */
export function executed(tally: Tally): number {
  return tally.succeeded + tally.failed + tally.pending;
}

/**
 * The one of two counts of the same tasks that has come further, as it is: members of both would make no count. Awaited tasks
 * that come into effect leave the sum as it was.
 */
export function furthest(a: Tally, b: Tally): Tally {
  const ahead = executed(b) - executed(a) || a.pending - b.pending;
  return ahead > 0 ? b : a;
}

/** One row of the manifest, decoded. */
export interface Task {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
  /** The key as the manifest spells it (URL-encoded): the report repeats it. */
  readonly manifestKey: string;
  /** Number of the row in the manifest, from 0, header not counted. */
  readonly row: number;
  /** Present when the task goes on after a wait. */
  readonly waited?: Waited;
}
