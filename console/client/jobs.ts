import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type Action, hasEnded } from '../parts/lifecycle';
import { answered, api, type Job, type Schemas } from './api';
import { LIVE_MS } from './queries';
import { type Sample, sampleOf, samplesQuery, withSample } from './samples';
import type { paths } from './schema';

export type JobListQuery = NonNullable<paths['/api/jobs']['get']['parameters']['query']>;
export type JobFilterQuery = NonNullable<paths['/api/job-counts']['get']['parameters']['query']>;
type JobList = Schemas['JobList'];

/** Most that one answer may have. */
const LIST_MAX = 1_000;
const COUNTS_MS = 5_000;

export function listJobs(query: JobListQuery, signal?: AbortSignal): Promise<JobList> {
  return answered(api.GET('/api/jobs', { params: { query }, ...(signal && { signal }) }));
}

/** A page of the list, kept up to date while it is looked at. */
export function jobsQuery(query: JobListQuery) {
  return queryOptions({
    queryKey: ['jobs', query],
    queryFn: ({ signal }) => listJobs(query, signal),
    refetchInterval: LIVE_MS,
    placeholderData: keepPreviousData,
  });
}

/** Counting reads all jobs, so it is asked for less often. */
export function jobCountsQuery(query: JobFilterQuery) {
  return queryOptions({
    queryKey: ['job-counts', query],
    queryFn: ({ signal }) => answered(api.GET('/api/job-counts', { params: { query }, signal })),
    refetchInterval: COUNTS_MS,
    placeholderData: keepPreviousData,
  });
}

/** Every job that matches, page by page. */
export async function* allJobs(query: JobFilterQuery, signal: AbortSignal): AsyncGenerator<Job> {
  let nextToken: string | undefined;
  do {
    const page = await listJobs(
      { ...query, maxResults: LIST_MAX, ...(nextToken !== undefined && { nextToken }) },
      signal,
    );
    yield* page.jobs;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}

/** Rejects with `ApiError`. Resolves with the id of the new job, if the action makes one. */
export async function act(action: Action, jobId: string): Promise<string | undefined> {
  const params = { params: { path: { jobId } } };
  switch (action) {
    case 'confirm':
      await answered(api.POST('/api/jobs/{jobId}/confirm', params));
      return undefined;
    case 'pause':
      await answered(api.POST('/api/jobs/{jobId}/pause', params));
      return undefined;
    case 'resume':
      await answered(api.POST('/api/jobs/{jobId}/resume', params));
      return undefined;
    case 'cancel':
      await answered(api.POST('/api/jobs/{jobId}/cancel', params));
      return undefined;
    case 'retry': {
      const { jobId: made } = await answered(api.POST('/api/jobs/{jobId}/retry', params));
      return made;
    }
  }
}

/** One job, kept up to date while it is looked at, until it has ended. */
export function jobQuery(jobId: string) {
  return queryOptions({
    queryKey: ['job', jobId],
    queryFn: async ({ signal, client }) => {
      const job = await answered(api.GET('/api/jobs/{jobId}', { params: { path: { jobId } }, signal }));
      const sample = sampleOf(job, Date.now());
      client.setQueryData(samplesQuery(jobId).queryKey, (before: readonly Sample[] = []) => withSample(before, sample));
      return job;
    },
    refetchInterval: ({ state: { data } }) => (data !== undefined && hasEnded(data.status) ? false : LIVE_MS),
  });
}

export type JobLimits = Job['limits'];

/** What is to be different; absent members stay as they are. */
export interface JobChanges {
  readonly priority?: number;
  readonly limits?: JobLimits;
  readonly tags?: Schemas['JobTags']['tags'];
}

/** Rejects with `ApiError` for the first that is refused; those before it hold. */
export async function changeJob(jobId: string, { priority, limits, tags }: JobChanges): Promise<void> {
  const params = { path: { jobId } };
  if (priority !== undefined) await answered(api.PUT('/api/jobs/{jobId}/priority', { params, body: { priority } }));
  if (limits !== undefined) await answered(api.PUT('/api/jobs/{jobId}/limits', { params, body: limits }));
  if (tags !== undefined) await answered(api.PUT('/api/jobs/{jobId}/tags', { params, body: { tags } }));
}
