import type { JobStatus, Tag } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import type { ApiClient, Job } from './api-client';
import { newestJobs } from './newest-jobs';

/** What `list` picks besides the status, which the API filters by. */
export interface JobFilter {
  /** Milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly untilMs?: number;
  readonly operation?: string;
  /** All of them. */
  readonly tags: readonly Tag[];
  /** In id, description or operation, in any case. */
  readonly search?: string;
}

export interface FilteredJobs {
  readonly jobs: readonly Job[];
  /** Present when there may be more: why older jobs were not looked at. */
  readonly stopped?: string;
}

/** Looks through the newest jobs, until there are `max`, or all are seen, or so many that a person would not wait. */
export async function filterJobs(
  api: ApiClient,
  filter: JobFilter,
  { statuses, max }: { readonly statuses: readonly JobStatus[]; readonly max: number },
): Promise<FilteredJobs> {
  const jobs: Job[] = [];
  const asked = { jobs: 0, tags: 0 };
  const stop = (why: string): FilteredJobs => ({ jobs, stopped: why });
  for await (const job of newestJobs(api, statuses)) {
    if (filter.sinceMs !== undefined && Date.parse(job.createdAt) < filter.sinceMs) return { jobs };
    asked.jobs += 1;
    if (asked.jobs > LIMITS.cli.jobsLookedThroughMax) return stop(`the newest ${LIMITS.cli.jobsLookedThroughMax} jobs`);
    if (!passes(job, filter)) continue;
    if (filter.tags.length > 0) {
      asked.tags += 1;
      if (asked.tags > LIMITS.cli.tagLookUpsMax) return stop(`the tags of ${LIMITS.cli.tagLookUpsMax} jobs`);
      if (!(await hasTags(api, job, filter.tags))) continue;
    }
    if (jobs.length === max) return stop(`the newest ${max} that match`);
    jobs.push(job);
  }
  return { jobs };
}

function passes(job: Job, { untilMs, operation, search }: JobFilter): boolean {
  if (untilMs !== undefined && Date.parse(job.createdAt) >= untilMs) return false;
  if (operation !== undefined && job.operation !== operation) return false;
  const text = `${job.jobId}\n${job.description ?? ''}\n${job.operation}`.toLowerCase();
  return search === undefined || text.includes(search.toLowerCase());
}

/** A list does not tell the tags of its jobs. */
async function hasTags(api: ApiClient, { jobId }: Job, wanted: readonly Tag[]): Promise<boolean> {
  const { tags } = await api.getTags(jobId);
  return wanted.every((tag) => tags.some(({ Key, Value }) => Key === tag.Key && Value === tag.Value));
}
