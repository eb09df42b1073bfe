import { z } from 'zod';
import { priority } from '../../requests/schemas';
import { defineRoute } from '../route';
import { jobChange } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

export function setPriorityRoute({ service }: JobRouteDeps) {
  return defineRoute({
    method: 'put',
    path: '/jobs/{jobId}/priority',
    operationId: 'setJobPriority',
    tag: 'jobs',
    summary: 'Change the priority of a job: those of higher priority run first',
    schemas: { path: jobPath, body: z.strictObject({ priority }), answer: jobChange },
    status: 200,
    errors: ['NotFoundException', 'JobStatusException'],
    handle: async ({ account, path: { jobId }, body }) => ({
      body: await service.setPriority(account, jobId, body.priority),
    }),
  });
}
