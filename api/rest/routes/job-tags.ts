import { z } from 'zod';
import { tag } from '../../requests/schemas';
import { validateTags } from '../../requests/validate-request';
import { defineRoute, type Route } from '../route';
import { tagsAnswer } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

/** Read, replace and remove the tags of a job, also of one that has ended. */
export function jobTagsRoutes({ service }: JobRouteDeps): Route[] {
  const path = '/jobs/{jobId}/tags';
  return [
    defineRoute({
      method: 'get',
      path,
      operationId: 'getJobTags',
      tag: 'jobs',
      summary: 'Show the tags of a job',
      schemas: { path: jobPath, answer: tagsAnswer },
      status: 200,
      errors: ['NotFoundException'],
      handle: async ({ account, path: { jobId } }) => ({ body: { tags: await service.getTags(account, jobId) } }),
    }),
    defineRoute({
      method: 'put',
      path,
      operationId: 'putJobTags',
      tag: 'jobs',
      summary: 'Replace all tags of a job',
      schemas: { path: jobPath, body: z.strictObject({ tags: z.array(tag) }), answer: tagsAnswer },
      status: 200,
      errors: ['NotFoundException', 'TooManyTagsException'],
      handle: async ({ account, path: { jobId }, body }) => {
        const tags = validateTags(body.tags);
        await service.putTags(account, jobId, tags);
        return { body: { tags } };
      },
    }),
    defineRoute({
      method: 'delete',
      path,
      operationId: 'deleteJobTags',
      tag: 'jobs',
      summary: 'Remove all tags of a job',
      schemas: { path: jobPath },
      status: 204,
      errors: ['NotFoundException'],
      handle: async ({ account, path: { jobId } }) => {
        await service.putTags(account, jobId, []);
        return {};
      },
    }),
  ];
}
