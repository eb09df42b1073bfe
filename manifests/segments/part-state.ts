import { DroverError } from '../../contracts/engine/failures';
import type { Json, RowCounts } from '../../contracts/job';
import type { BucketRows } from './bucket-counts';

/** An object with rows of a part, in the workspace. */
export interface Flush {
  readonly object: string;
  readonly slices: readonly WrittenSlice[];
}

/** Rows of one strand that lie side by side in an object. */
export interface WrittenSlice {
  readonly strand: number;
  readonly offset: number;
  readonly bytes: number;
  /** The first byte of each batch but the first, counted from that of the slice. */
  readonly cuts: readonly number[];
}

/**
 * What a part of a source has come to: all that another attempt needs to go on. Each state is whole in itself, so that an older one in
 * place of a newer one costs time and nothing else.
 */
export interface PartState {
  /** The attempt that has written it. */
  readonly attempt: string;
  readonly done: boolean;
  /**
   * Rows that a source gives in one sequence: a file, or a range of keys. A part of a source has one or more, here by id, in the order of
   * their rows.
   */
  readonly strands: readonly number[];
  /** Where the source goes on after these rows, in a form of its own. Absent: at the beginning. */
  readonly source?: Json;
  /** Keys in the workspace: lists of flushes that came before the recent ones. */
  readonly earlier: readonly string[];
  readonly recent: readonly Flush[];
  readonly counts: PartCounts;
  /** Rows that passed, by bucket, of the first buckets. */
  readonly buckets?: readonly BucketRows[];
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
  /** As `RowCounts` has them; 0 for none. */
  readonly bytes: number;
  readonly pages: number;
  readonly files: number;
}

export const NO_COUNTS: PartCounts = {
  read: 0,
  rows: 0,
  deleteMarkers: 0,
  asked: 0,
  bytes: 0,
  pages: 0,
  files: 0,
};

export const NEW_PART: PartState = {
  attempt: '',
  done: false,
  strands: [],
  earlier: [],
  recent: [],
  counts: NO_COUNTS,
};

export function addCounts(a: PartCounts, b: PartCounts): PartCounts {
  return {
    read: a.read + b.read,
    rows: a.rows + b.rows,
    deleteMarkers: a.deleteMarkers + b.deleteMarkers,
    asked: a.asked + b.asked,
    bytes: a.bytes + b.bytes,
    pages: a.pages + b.pages,
    files: a.files + b.files,
  };
}

/** As a workflow and people are told. */
export function toldCounts({ read, rows, bytes, pages, files }: PartCounts): RowCounts {
  return { read, rows, ...(bytes > 0 && { bytes }), ...(pages > 0 && { pages }), ...(files > 0 && { files }) };
}

/** Throws `InternalError`. */
export function decodePartState(text: string): PartState {
  const state = decoded(text) as PartState;
  // A former release counted less.
  return { ...state, counts: { ...NO_COUNTS, ...state.counts } };
}

/** Throws `InternalError`. */
export function decodeFlushes(text: string): readonly Flush[] {
  return decoded(text) as readonly Flush[];
}

function decoded(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DroverError('InternalError', 'The state of a part in the workspace is damaged', { cause });
  }
}
