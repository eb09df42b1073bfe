import type { JobLimits } from '../../../contracts/job';
import { jobLimits } from '../../requests/schemas';
import { defineRoute } from '../route';
import { jobChange } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

export function setLimitsRoute({ service }: JobRouteDeps) {
  return defineRoute({
    method: 'put',
    path: '/jobs/{jobId}/limits',
    operationId: 'setJobLimits',
    tag: 'jobs',
    summary: 'Replace the limits of a job, also while it runs; {} lifts them all',
    schemas: { path: jobPath, body: jobLimits, answer: jobChange },
    status: 200,
    errors: ['NotFoundException', 'JobStatusException'],
    handle: async ({ account, path: { jobId }, body }) => ({
      body: await service.setLimits(account, jobId, body as JobLimits),
    }),
  });
}
