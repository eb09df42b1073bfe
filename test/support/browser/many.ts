import type { Page } from 'playwright-core';
import type { Job } from '../../../cli/api-client';

/** More than a test could make: answers for lists of this many, page by page, made of one real job. */
export interface Many {
  readonly jobs: number;
  readonly rows: number;
}

/** Answers of the API about jobs are made here, in this page alone. */
export async function answerWithMany(page: Page, one: Job, { jobs, rows }: Many): Promise<void> {
  const json = (body: unknown) => ({ contentType: 'application/json', body: JSON.stringify(body) });
  await page.route('**/api/job-counts*', (route) => route.fulfill(json(countsOf(one, jobs))));
  await page.route('**/api/jobs?*', (route) => {
    const { from, count, nextToken } = pageOf(route.request().url(), jobs);
    const listed = Array.from({ length: count }, (_, index) => jobOf(one, from + index));
    return route.fulfill(json({ jobs: listed, ...nextToken }));
  });
  await page.route(`**/api/jobs/${one.jobId}`, (route) =>
    route.fulfill(json({ ...one, progress: { ...one.progress, totalTasks: rows, failed: rows, succeeded: 0 } })),
  );
  await page.route(`**/api/jobs/${one.jobId}/report/rows?*`, (route) => {
    const { from, count, nextToken } = pageOf(route.request().url(), rows);
    const found = Array.from({ length: count }, (_, index) => rowOf(from + index));
    return route.fulfill(json({ rows: found, ...nextToken }));
  });
}

function pageOf(url: string, all: number) {
  const { searchParams } = new URL(url);
  const from = Number(searchParams.get('nextToken') ?? 0);
  const count = Math.min(Number(searchParams.get('maxResults')), all - from);
  return { from, count, nextToken: from + count < all ? { nextToken: String(from + count) } : {} };
}

function jobOf({ request: _request, tags: _tags, ...job }: Job & { readonly tags?: unknown }, index: number) {
  const jobId = `${String(index).padStart(8, '0')}${job.jobId.slice(8)}`;
  return { ...job, jobId, description: `Job ${index + 1}`, status: 'Active' };
}

function rowOf(index: number) {
  const key = `${'logs/of/a/long/name/'.repeat((index % 4) + 1)}${index + 1}.gz`;
  return { bucket: 'herd', key, httpStatus: '404', code: 'NoSuchKey', message: 'The key does not exist' };
}

function countsOf({ status: _status }: Job, jobs: number) {
  const statuses =
    'New Preparing Suspended Ready Active Pausing Paused Completing Complete Cancelling Cancelled Failing Failed';
  const none = Object.fromEntries(statuses.split(' ').map((status) => [status, 0]));
  return {
    byStatus: { ...none, Active: jobs },
    jobs,
    changeable: { pause: jobs, resume: 0, cancel: jobs, retry: 0 },
    isComplete: true,
  };
}
