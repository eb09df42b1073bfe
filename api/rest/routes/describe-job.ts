import { isTerminal } from '../../../contracts/engine/lifecycle';
import { jobJson } from '../job-json';
import { defineRoute } from '../route';
import { jobAnswer } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

export function describeJobRoute({ service, temporalUi }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/jobs/{jobId}',
    operationId: 'describeJob',
    tag: 'jobs',
    summary: 'Show one job, with live counts',
    schemas: { path: jobPath, answer: jobAnswer },
    status: 200,
    errors: ['NotFoundException'],
    handle: async ({ account, path: { jobId } }) => {
      const view = await service.describeJob(account, jobId);
      const tags = isTerminal(view.snapshot.status) ? await service.getTags(account, jobId) : view.tags;
      return { body: jobJson(view, temporalUi, tags) };
    },
  });
}
