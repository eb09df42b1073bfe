import { z } from 'zod';
import { DroverError } from '../../../contracts/engine/failures';
import { defineRoute } from '../route';
import { reportAnswer } from '../schemas';
import { jobPath, type JobRouteDeps, STORE_REFUSALS } from './deps';

const query = z.strictObject({
  rows: z
    .enum(['failed', 'succeeded'], { error: 'must be failed or succeeded' })
    .optional()
    .describe('Answer with the rows of this status'),
  merged: z
    .enum(['true'], { error: 'must be true, or left out' })
    .optional()
    .describe('For a retry: answer with the rows of the first job, each as it ended in the last of its retries'),
});

export function getReportRoute({ service, objects, reports }: JobRouteDeps) {
  return defineRoute({
    method: 'get',
    path: '/jobs/{jobId}/report',
    operationId: 'getJobReport',
    tag: 'jobs',
    summary: 'Show where the completion report lies, or its rows',
    schemas: { path: jobPath, query, answer: reportAnswer },
    status: 200,
    stream: {
      contentType: 'text/csv; charset=utf-8',
      description:
        'With rows or merged: Bucket, Key, VersionId, TaskStatus, HTTPStatusCode, ErrorCode, ResultMessage; no header. A connection that breaks off means that rows are missing.',
    },
    errors: [
      'NotFoundException',
      'NoSuchReport',
      'NotImplemented',
      'StoreRefused',
      'TooManyRequestsException',
      ...STORE_REFUSALS,
    ],
    handle: async ({ account, path: { jobId }, query: { rows, merged } }) => {
      const view = await service.describeJob(account, jobId);
      if (objects === undefined) throw new DroverError('NotImplemented', 'This API reads no store, hence no reports');
      if (merged === 'true' && reports !== undefined) return { stream: await reports.open(account, view, rows) };
      if (rows === undefined) return { body: { jobId, ...(await objects.readReport(view)) } };
      return { stream: await objects.readReportRows(view, rows) };
    },
  });
}
