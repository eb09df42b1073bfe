import type { JobStatus } from '../../client/api';
import type { JobListQuery } from '../../client/jobs';
import { valueOf, valuesOf } from '../../parts/address';
import { STATUSES } from '../../parts/lifecycle';

/** The filters of the list, as they stand in its address. */
export interface JobSearch {
  readonly status?: readonly JobStatus[] | undefined;
  /** Where the page begins: `nextToken` of the one before. */
  readonly after?: string | undefined;
}

export const JOBS_PER_PAGE = 50;

/** What can't be a filter is left out. */
export function readJobSearch(search: Record<string, unknown>): JobSearch {
  const wanted = valuesOf(search, 'status');
  const status = STATUSES.filter((each) => wanted.includes(each));
  const after = valueOf(search, 'after');
  return { ...(status.length > 0 && { status }), ...(after !== undefined && { after }) };
}

/** The filters alone, as the API takes them. */
export function filterOf({ status }: JobSearch): JobListQuery {
  return { ...(status && { jobStatuses: [...status] }) };
}

export function pageQuery(search: JobSearch): JobListQuery {
  const { after } = search;
  return { ...filterOf(search), maxResults: JOBS_PER_PAGE, ...(after !== undefined && { nextToken: after }) };
}

export function isFiltered(search: JobSearch): boolean {
  return Object.keys(filterOf(search)).length > 0;
}
