import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { answered, api, type Schemas } from './api';
import type { paths } from './schema';

export type ReportRow = Schemas['ReportRow'];
export type RowQuery = NonNullable<paths['/api/jobs/{jobId}/report/rows']['get']['parameters']['query']>;

/** A report is written once: what was read of it stays true. */
const FINAL = { staleTime: Infinity, retry: false } as const;

export function failuresQuery(jobId: string) {
  return queryOptions({
    queryKey: ['failures', jobId],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/jobs/{jobId}/report/failures', { params: { path: { jobId } }, signal })),
    ...FINAL,
  });
}

export function reportRowsQuery(jobId: string, query: RowQuery) {
  return queryOptions({
    queryKey: ['report-rows', jobId, query],
    queryFn: ({ signal }) =>
      answered(api.GET('/api/jobs/{jobId}/report/rows', { params: { path: { jobId }, query }, signal })),
    placeholderData: keepPreviousData,
    ...FINAL,
  });
}

/** For a link: the browser writes the rows to a file as they come. */
export function downloadAddress(jobId: string, rows: 'failed' | 'succeeded'): string {
  return `/api/jobs/${encodeURIComponent(jobId)}/report?rows=${rows}`;
}
