import type { JobFilter } from '../../contracts/source';
import type { ToldRow } from './common/told';

/** Whether a row passes. `unknown`: the row does not tell what the filter needs, and the store must be asked. */
export type Verdict = boolean | 'unknown';

export type RowTest = (row: ToldRow) => Verdict;

export type RowMember = keyof ToldRow;

type Given = { readonly [M in keyof JobFilter]-?: NonNullable<JobFilter[M]> };

/** One filter of `JobFilter`: all have this anatomy, and the contract suite in `test/unit/manifests/filters/` runs over all. */
export interface FilterDefinition<M extends keyof JobFilter = keyof JobFilter> {
  readonly member: M;
  /** Members of a row by which it decides, for a given value: a source that tells them spares a request for each object. */
  needs(value: Given[M]): readonly RowMember[];
  /**
   * Prepares what is the same for all rows.
   *
   * @param nowMs - From which ages count: when Preparing began, the same for all activities of a job.
   * @throws DroverError BadRequestException that names the member, for a value with which nothing can be decided.
   */
  bind(value: Given[M], nowMs: number): RowTest;
}

/** Gives a definition the types of its member's value. */
export function defineFilter<M extends keyof JobFilter>(definition: FilterDefinition<M>): FilterDefinition<M> {
  return definition;
}
