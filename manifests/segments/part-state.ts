import { DroverError } from '../../contracts/failures';
import type { Json } from '../../contracts/job';

/** Rows that a source gives in one sequence: a file, or a range of keys. A part of a source has one or more, in the order of their rows. */
export interface Strand {
  readonly id: number;
  readonly slices: readonly WrittenSlice[];
}

/** Rows in the workspace. */
export interface WrittenSlice {
  /** Number of the object among those of its part. */
  readonly object: number;
  readonly offset: number;
  readonly bytes: number;
  /** The first byte of each batch but the first, counted from that of the slice. */
  readonly cuts: readonly number[];
}

/** What a part of a source has come to: all that another attempt needs to go on. */
export interface PartState {
  /** Id of the plan that the part is of. */
  readonly plan: string;
  readonly done: boolean;
  /** In the order of their rows. */
  readonly strands: readonly Strand[];
  /** Where the source goes on after these rows, in a form of its own. Absent: at the beginning. */
  readonly source?: Json;
  /** Keys in the workspace. */
  readonly objects: readonly string[];
  readonly counts: PartCounts;
}

export interface PartCounts {
  /** Rows that the source gave. */
  readonly read: number;
  /** Rows that passed. */
  readonly rows: number;
  /** Delete markers that the source left out. */
  readonly deleteMarkers: number;
  /** Objects that were asked for because the source did not tell what a filter needs. */
  readonly asked: number;
}

export const NO_COUNTS: PartCounts = { read: 0, rows: 0, deleteMarkers: 0, asked: 0 };

export const NEW_PART: PartState = { plan: '', done: false, strands: [], objects: [], counts: NO_COUNTS };

export function addCounts(a: PartCounts, b: PartCounts): PartCounts {
  return {
    read: a.read + b.read,
    rows: a.rows + b.rows,
    deleteMarkers: a.deleteMarkers + b.deleteMarkers,
    asked: a.asked + b.asked,
  };
}

/** Throws `InternalError`. */
export function decodePartState(text: string): PartState {
  try {
    return JSON.parse(text) as PartState;
  } catch (cause) {
    throw new DroverError('InternalError', 'The state of a part in the workspace is damaged', { cause });
  }
}
