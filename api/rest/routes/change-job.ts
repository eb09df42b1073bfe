import { z } from 'zod';
import { reason } from '../../requests/schemas';
import { defineRoute, type Route } from '../route';
import { jobChange } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

const CHANGES = [
  { name: 'pause', summary: 'Pause a job; running batches stop and keep their progress' },
  { name: 'resume', summary: 'Resume a job that was paused' },
  { name: 'cancel', summary: 'Cancel a job; finished tasks are kept and reported' },
  { name: 'confirm', summary: 'Confirm a Suspended job, so that it runs' },
] as const;

const body = z.strictObject({ reason: reason.optional().describe('Shown with the job') });

/** `POST /jobs/{jobId}/pause` and its like. */
export function changeJobRoutes({ service }: JobRouteDeps): Route[] {
  return CHANGES.map(({ name, summary }) =>
    defineRoute({
      method: 'post',
      path: `/jobs/{jobId}/${name}`,
      operationId: `${name}Job`,
      tag: 'jobs',
      summary,
      schemas: { path: jobPath, body, answer: jobChange },
      status: 200,
      errors: ['NotFoundException', 'JobStatusException'],
      handle: async ({ account, path: { jobId }, body: { reason: why } }) => ({
        body: await service[name](account, jobId, why),
      }),
    }),
  );
}
