import { v4 as uuidV4 } from 'uuid';
import { z } from 'zod';
import { retryRequest } from '../../jobs/retry';
import { clientRequestToken } from '../../requests/schemas';
import { validateJobRequest } from '../../requests/validate-request';
import { defineRoute } from '../route';
import { retryAnswer } from '../schemas';
import { jobPath, type JobRouteDeps } from './deps';

const body = z.strictObject({
  ClientRequestToken: clientRequestToken
    .optional()
    .describe('The same token for the same job always means the same retry. Default: a new UUID'),
});

export function retryJobRoute({ service, rules }: JobRouteDeps) {
  return defineRoute({
    method: 'post',
    path: '/jobs/{jobId}/retry',
    operationId: 'retryJob',
    tag: 'jobs',
    summary: 'Create a job of the failed tasks of one that has ended',
    description:
      'It has the operation, report, role, tags, webhook, priority and limits of that job, and waits for no confirmation.',
    schemas: { path: jobPath, body, answer: retryAnswer },
    status: 201,
    errors: [
      'NotFoundException',
      'JobStatusException',
      'IdempotencyException',
      'TooManyRequestsException',
      'OperationNotSupported',
      'RoleNotConfigured',
      'AccessDenied',
      'StoreNotConfigured',
      'BucketNotAllowed',
      'FunctionNotAllowed',
      'UrlNotAllowed',
      'VaultNotAllowed',
      'NotificationNotAllowed',
    ],
    handle: async ({ account, path: { jobId: retried }, body: { ClientRequestToken = uuidV4() } }) => {
      const former = await service.describeJob(account, retried);
      const request = retryRequest(former, ClientRequestToken);
      // The configuration may allow less than it did then.
      const { jobId } = await service.createJob(account, validateJobRequest(request, account, rules));
      return {
        headers: { Location: `/api/jobs/${jobId}` },
        body: { jobId, retries: retried, tasks: former.progress.failed },
      };
    },
  });
}
