import { z } from 'zod';
import type { PauseService } from '../../jobs/pause-service';
import { reason } from '../../requests/schemas';
import { defineRoute, type Route } from '../route';
import { allPaused } from '../schemas';

const body = z.strictObject({ reason: reason.optional().describe('Shown with the jobs') });

/** `/pause`: that of all jobs of the account. */
export function pauseAllRoutes(pauses: PauseService): Route[] {
  const common = { path: '/pause', tag: 'jobs', status: 200, errors: [] } as const;
  return [
    defineRoute({
      ...common,
      method: 'get',
      operationId: 'getPause',
      summary: 'Show whether all jobs of the account are paused',
      schemas: { answer: allPaused },
      handle: async ({ account }) => ({ body: await pauses.show(account) }),
    }),
    defineRoute({
      ...common,
      method: 'put',
      operationId: 'pauseAllJobs',
      summary: 'Pause all jobs of the account; those created later wait, too, until all are resumed',
      schemas: { body, answer: allPaused },
      handle: async ({ account, body: { reason: why } }) => ({ body: await pauses.pause(account, why) }),
    }),
    defineRoute({
      ...common,
      method: 'delete',
      operationId: 'resumeAllJobs',
      summary: 'Resume all jobs of the account, but for those that were paused by themselves',
      schemas: { answer: allPaused },
      handle: async ({ account }) => ({ body: await pauses.resume(account) }),
    }),
  ];
}
