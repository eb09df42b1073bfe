import { LIMITS } from '../../contracts/limits';
import type { ApiClient, Job } from '../api-client';
import { UsageError } from '../usage-error';

/** As new jobs are called. */
const WHOLE_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** Shorter beginnings are chance, and `drover cancel a` would be one. */
const BEGINNING_MIN = 4;
const CANDIDATES_MAX = 10;

/**
 * The id of the job that is meant: by its id, its ARN, or the beginning of its id, which is looked for among the newest jobs.
 * What fits none is given back as it is, for the API to refuse. Throws `UsageError` for a beginning of several ids.
 */
export async function resolveJobId(api: ApiClient, given: string): Promise<string> {
  const text = /^arn:[^:]+:s3:[^:]*:[^:]*:job\/(.+)$/.exec(given)?.[1] ?? given;
  if (WHOLE_ID.test(text)) return text;
  if (text.length < BEGINNING_MIN) {
    throw new UsageError(`'${text}' is no job id: give its ${BEGINNING_MIN} first characters at least`);
  }
  const found: Job[] = [];
  let seen = 0;
  for await (const job of newestJobs(api)) {
    seen += 1;
    if (seen > LIMITS.cli.jobsLookedThroughMax) break;
    if (job.jobId === text) return text;
    if (job.jobId.startsWith(text.toLowerCase())) found.push(job);
  }
  const [only, other] = found;
  if (only === undefined) return text;
  if (other === undefined) return only.jobId;
  const shown = found.slice(0, CANDIDATES_MAX).map((job) => `  ${[job.jobId, job.status, job.operation].join(' ')}`);
  const rest = found.length > CANDIDATES_MAX ? [`  … and ${found.length - CANDIDATES_MAX} more`] : [];
  throw new UsageError([`'${text}' is the beginning of ${found.length} job ids:`, ...shown, ...rest].join('\n'));
}

/** All jobs, newest first, page by page as they are asked for. */
async function* newestJobs(api: ApiClient): AsyncGenerator<Job> {
  let nextToken: string | undefined;
  do {
    const query = new URLSearchParams({ maxResults: String(LIMITS.api.listJobsMax) });
    if (nextToken !== undefined) query.set('nextToken', nextToken);
    const page = await api.listJobs(query);
    yield* page.jobs;
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
}
