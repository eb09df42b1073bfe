import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, Response } from 'express';
import { DroverError } from '../../contracts/failures';
import type { JobService } from '../job-service';
import type { ObjectAccess } from '../object-access';
import { validateJobId } from '../validate-request';

/**
 * GET /api/jobs/{id}/report: where the completion report lies, and its manifest.json; with `?rows=failed|succeeded` the
 * report's rows of that status as CSV (Bucket, Key, VersionId, TaskStatus, HTTPStatusCode, ErrorCode, ResultMessage).
 */
export async function sendReport(
  service: JobService,
  objects: ObjectAccess | undefined,
  account: string,
  request: Request,
  response: Response,
): Promise<void> {
  const view = await service.describeJob(account, validateJobId(request.params['jobId']));
  if (objects === undefined) throw new DroverError('NotImplemented', 'This API reads no store, hence no reports');
  const { rows } = request.query;
  if (rows === undefined) {
    response.json({ jobId: view.jobId, ...(await objects.readReport(view)) });
    return;
  }
  if (rows !== 'failed' && rows !== 'succeeded') {
    throw new DroverError('BadRequestException', 'rows: must be failed or succeeded');
  }
  const source = await objects.readReportRows(view, rows);
  response.type('text/csv; charset=utf-8');
  try {
    await pipeline(Readable.from(source), response);
  } catch (error) {
    // A reader that has enough and leaves is no failure.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}
