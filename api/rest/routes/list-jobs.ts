import { z } from 'zod';
import { JOB_STATUSES, type Tag } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { OPERATIONS } from '../../../operations';
import { PIPELINE } from '../../../operations/composing/pipeline/pipeline';
import { BULK_ACTIONS } from '../../jobs/job-counts';
import type { JobFilter } from '../../jobs/job-filter';
import { withoutUndefined } from '../../requests/check-schema';
import { jobStatus } from '../../requests/schemas';
import { jobJson } from '../job-json';
import { defineRoute } from '../route';
import { jobList } from '../schemas';
import type { JobRouteDeps } from './deps';

const operation = z.enum([PIPELINE, ...OPERATIONS.map(({ name }) => name)]);
const time = z.iso
  .datetime({ offset: true, error: 'must be a time as 2026-12-31T23:59:59Z' })
  .transform((given) => new Date(given).toISOString());

const filter = {
  jobStatuses: z.array(jobStatus).optional().describe('Only jobs with these statuses; may be repeated'),
  operations: z.array(operation).optional().describe('Only jobs of these operations; may be repeated'),
  tags: z
    .array(z.string().max(400).includes('=', { error: 'must be key=value' }))
    .max(LIMITS.job.tagsMax)
    .optional()
    .describe('Only jobs with this tag, `key=value`; repeated: with all of them'),
  search: z.string().min(1).max(256).optional().describe('Only jobs with this in id, description or operation'),
  createdFrom: time.optional().describe('Only jobs created at this time or later'),
  createdBefore: time.optional().describe('Only jobs created before this time'),
};

const filterQuery = z.strictObject(filter);
type FilterQuery = Partial<z.output<typeof filterQuery>>;

const listQuery = z.strictObject({
  ...filter,
  maxResults: z.coerce
    .number({ error: 'must be a number' })
    .int()
    .min(0)
    .max(LIMITS.api.listJobsMax)
    .optional()
    .describe(`Maximum number of results; ${LIMITS.api.listJobsMax} when absent or 0`),
  nextToken: z.string().min(1).max(1_024).optional().describe('nextToken of the former page'),
});

const count = z.int().min(0);

const countsAnswer = z
  .strictObject({
    jobs: count.describe('Jobs that the same filters list'),
    byStatus: z.strictObject(Object.fromEntries(JOB_STATUSES.map((name) => [name, count]))).meta({
      description: 'The same without the filter by status',
    }),
    changeable: z
      .strictObject(Object.fromEntries(BULK_ACTIONS.map((name) => [name, count])))
      .meta({ description: 'Those among jobs that the action would change' }),
    isComplete: z
      .boolean()
      .describe(`False: only ${LIMITS.api.jobsLookedThroughMax} jobs were read, and there are more`),
  })
  .meta({ id: 'JobCounts' });

export function listJobsRoute({ service, temporalUi }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/jobs',
    operationId: 'listJobs',
    tag: 'jobs',
    summary: 'List jobs, newest first',
    description: 'Counts are live, as in the description of a single job. Without requests and tags.',
    schemas: { query: listQuery, answer: jobList },
    status: 200,
    errors: ['InvalidNextTokenException'],
    handle: async ({ account, query: { maxResults = 0, nextToken, ...rest } }) => {
      const page = await service.listJobs({ ...filterOf(account, rest), maxResults, nextToken });
      return { body: { jobs: page.jobs.map((view) => jobJson(view, temporalUi)), nextToken: page.nextToken } };
    },
  });
}

export function countJobsRoute({ service }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/job-counts',
    operationId: 'countJobs',
    tag: 'jobs',
    summary: 'Count jobs by status, and those that an action would change',
    description: "Counts what Temporal's lists have: some moments behind.",
    schemas: { query: filterQuery, answer: countsAnswer },
    status: 200,
    errors: [],
    handle: async ({ account, query }) => ({ body: await service.countJobs(filterOf(account, query)) }),
  });
}

function filterOf(account: string, { jobStatuses = [], tags, ...rest }: FilterQuery): JobFilter {
  const statuses = [...new Set(jobStatuses)];
  return withoutUndefined({ ...rest, account, statuses, tags: tags?.map(tagOf) }) as JobFilter;
}

function tagOf(text: string): Tag {
  const at = text.indexOf('=');
  return { Key: text.slice(0, at), Value: text.slice(at + 1) };
}
