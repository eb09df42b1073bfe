import type { JobStatus } from '../../client/api';
import type { JobFilterQuery, JobListQuery } from '../../client/jobs';
import { valueOf, valuesOf } from '../../parts/address';
import { STATUSES } from '../../parts/lifecycle';
import { startOfDay } from '../../parts/times';

/** The filters of the list, as they stand in its address. */
export interface JobSearch {
  readonly status?: readonly JobStatus[] | undefined;
  readonly operation?: string | undefined;
  /** `key=value` */
  readonly tag?: string | undefined;
  readonly text?: string | undefined;
  /** Days in the zone of the viewer, `2026-12-31`: the first and the last. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Where the page begins: `nextToken` of the one before. */
  readonly after?: string | undefined;
}

export const JOBS_PER_PAGE = 50;

/** What can't be a filter is left out. */
export function readJobSearch(search: Record<string, unknown>): JobSearch {
  const wanted = valuesOf(search, 'status');
  const status = STATUSES.filter((each) => wanted.includes(each));
  const names = ['operation', 'tag', 'text', 'from', 'to', 'after'] as const;
  const texts = names.flatMap((name) => {
    const value = valueOf(search, name);
    return value === undefined || !isPossible(name, value) ? [] : [[name, value] as const];
  });
  return { ...(status.length > 0 && { status }), ...Object.fromEntries(texts) };
}

function isPossible(name: string, value: string): boolean {
  if (name === 'from' || name === 'to') return startOfDay(value) !== undefined;
  return name !== 'tag' || value.includes('=');
}

/** The filters alone, as the API takes them. */
export function filterOf({ status, operation, tag, text, from, to }: JobSearch): JobFilterQuery {
  const createdFrom = from === undefined ? undefined : startOfDay(from);
  const createdBefore = to === undefined ? undefined : startOfDay(to, 1);
  return {
    ...(status && { jobStatuses: [...status] }),
    ...(operation !== undefined && { operations: [operation as Operation] }),
    ...(tag !== undefined && { tags: [tag] }),
    ...(text !== undefined && { search: text }),
    ...(createdFrom && { createdFrom: createdFrom.toISOString() }),
    ...(createdBefore && { createdBefore: createdBefore.toISOString() }),
  };
}

/** The API says which there are, and refuses others by name. */
type Operation = NonNullable<JobFilterQuery['operations']>[number];

export function pageQuery(search: JobSearch): JobListQuery {
  const { after } = search;
  return { ...filterOf(search), maxResults: JOBS_PER_PAGE, ...(after !== undefined && { nextToken: after }) };
}

export function isFiltered(search: JobSearch): boolean {
  return Object.keys(filterOf(search)).length > 0;
}
