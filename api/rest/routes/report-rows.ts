import { z } from 'zod';
import { defined } from '../../../contracts/defined';
import { DroverError } from '../../../contracts/engine/failures';
import { LIMITS } from '../../../contracts/limits';
import { groupFailures, searchRows } from '../../jobs/report-search';
import { defineRoute } from '../route';
import { jobPath, type JobRouteDeps, STORE_REFUSALS } from './deps';

const query = z.strictObject({
  rows: z.enum(['failed', 'succeeded'], { error: 'must be failed or succeeded' }).default('failed'),
  search: z.string().min(1).max(1_024).optional().describe('Only rows with this in key, code or message, in any case'),
  code: z.string().min(1).max(256).optional().describe('Only rows with this code'),
  maxResults: z.coerce.number().int().min(1).max(LIMITS.report.rowsPerPageMax).default(LIMITS.report.rowsPerPageMax),
  nextToken: z.string().min(1).max(32).optional().describe('nextToken of the former page'),
});

const row = z
  .strictObject({
    bucket: z.string(),
    key: z.string().describe('Decoded'),
    versionId: z.string().optional(),
    httpStatus: z.string().optional(),
    code: z.string().optional(),
    message: z.string().optional(),
  })
  .meta({ id: 'ReportRow' });

const rowsAnswer = z
  .strictObject({
    rows: z.array(row),
    nextToken: z
      .string()
      .optional()
      .describe(`Present when there may be more: one call looks through ${LIMITS.report.searchedRowsMax} rows at most`),
  })
  .meta({ id: 'ReportRows' });

const failuresAnswer = z
  .strictObject({
    groups: z.array(
      z.strictObject({
        code: z.string(),
        httpStatus: z.string(),
        rows: z.int(),
        samples: z.array(row).describe('The first ones'),
      }),
    ),
    rows: z.int().describe('Failed rows that were read'),
    isComplete: z.boolean().describe(`False: the report has more than ${LIMITS.report.groupedRowsMax} failed rows`),
  })
  .meta({ id: 'FailureGroups' });

const ERRORS = ['NotFoundException', 'NoSuchReport', 'NotImplemented', 'StoreRefused', ...STORE_REFUSALS] as const;

export function reportRowsRoutes({ service, objects }: JobRouteDeps) {
  const filesOf = async (account: string, jobId: string, rows: 'failed' | 'succeeded') => {
    const view = await service.describeJob(account, jobId);
    if (objects === undefined) throw new DroverError('NotImplemented', 'This API reads no store, hence no reports');
    const files = await objects.reportFiles(view, rows);
    // The workspace may be gone before the report is: keys are shown as the report spells them then.
    return { files, keysAreRaw: await objects.keysAreRaw(view).catch(() => true) };
  };
  return [
    defineRoute({
      method: 'get',
      path: '/jobs/{jobId}/report/rows',
      operationId: 'searchJobReport',
      tag: 'jobs',
      summary: 'Search the rows of the completion report, page by page',
      schemas: { path: jobPath, query, answer: rowsAnswer },
      status: 200,
      errors: [...ERRORS, 'InvalidNextTokenException'],
      handle: async ({ account, path: { jobId }, query: { rows, maxResults, ...search } }) => {
        const { files, keysAreRaw } = await filesOf(account, jobId, rows);
        return { body: await searchRows(files, { ...defined(search), rowsMax: maxResults }, keysAreRaw) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/jobs/{jobId}/report/failures',
      operationId: 'groupJobFailures',
      tag: 'jobs',
      summary: 'Show the failed rows of the completion report by code, with samples',
      schemas: { path: jobPath, answer: failuresAnswer },
      status: 200,
      errors: ERRORS,
      handle: async ({ account, path: { jobId } }) => {
        const { files, keysAreRaw } = await filesOf(account, jobId, 'failed');
        return { body: await groupFailures(files, keysAreRaw) };
      },
    }),
  ];
}
