import type { JobStatus } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { ApiClient, Job } from './api-client';

/** All jobs, newest first, page by page as they are asked for: who reads says when it is enough. */
export async function* newestJobs(api: ApiClient, statuses: readonly JobStatus[] = []): AsyncGenerator<Job> {
  let nextToken: string | undefined;
  do {
    const query = new URLSearchParams({ maxResults: String(LIMITS.api.listJobsMax) });
    for (const status of statuses) query.append('jobStatuses', status);
    if (nextToken !== undefined) query.set('nextToken', nextToken);
    const page = await api.listJobs(query);
    yield* page.jobs;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
