import { z } from 'zod';
import { LIMITS } from '../../../contracts/limits';
import { jobStatus } from '../../requests/schemas';
import { jobJson } from '../job-json';
import { defineRoute } from '../route';
import { jobList } from '../schemas';
import type { JobRouteDeps } from './deps';

const query = z.strictObject({
  jobStatuses: z.array(jobStatus).optional().describe('Only jobs with these statuses; may be repeated'),
  maxResults: z.coerce
    .number({ error: 'must be a number' })
    .int()
    .min(0)
    .max(LIMITS.api.listJobsMax)
    .optional()
    .describe(`Maximum number of results; ${LIMITS.api.listJobsMax} when absent or 0`),
  nextToken: z.string().min(1).max(1_024).optional().describe('nextToken of the former page'),
});

export function listJobsRoute({ service, temporalUi }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/jobs',
    operationId: 'listJobs',
    tag: 'jobs',
    summary: 'List jobs, newest first',
    description: 'Counts are live, as in the description of a single job. Without requests and tags.',
    schemas: { query, answer: jobList },
    status: 200,
    errors: ['InvalidNextTokenException'],
    handle: async ({ account, query: { jobStatuses = [], maxResults = 0, nextToken } }) => {
      const statuses = [...new Set(jobStatuses)];
      const page = await service.listJobs({ account, statuses, maxResults, nextToken });
      return { body: { jobs: page.jobs.map((view) => jobJson(view, temporalUi)), nextToken: page.nextToken } };
    },
  });
}
