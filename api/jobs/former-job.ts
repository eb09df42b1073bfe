import { DroverError } from '../../contracts/engine/failures';
import { isTerminal } from '../../contracts/engine/lifecycle';
import type { JobRequest } from '../../contracts/job';
import { operationName } from '../../contracts/operation-element';
import { partScope } from '../../reports';
import type { JobService } from './job-service';

/**
 * Whether the former job that a request names has left the rows that it asks for. Rejects with NotFoundException when the
 * account has no such job, JobStatusException when it has not ended, BadRequestException when it has kept none of these rows, or
 * is not of the operation whose successes are to be taken.
 */
export async function checkFormerJob(
  { Source }: Pick<JobRequest, 'Source'>,
  account: string,
  service: Pick<JobService, 'describeJob'>,
  takesSuccessesOf?: string,
): Promise<void> {
  if (Source === undefined || !('FromJob' in Source)) return;
  const { JobId, Rows } = Source.FromJob;
  const { request, snapshot } = await service.describeJob(account, JobId);
  if (Rows !== 'failed' && Rows !== 'skipped' && partScope(request.Report) !== 'AllTasks') {
    throw new DroverError(
      'BadRequestException',
      `Source.FromJob.Rows: job ${JobId} kept the rows of failed and skipped tasks alone, for it has no report of all tasks`,
    );
  }
  if (takesSuccessesOf !== undefined && operationName(request.Operation) !== takesSuccessesOf) {
    throw new DroverError(
      'BadRequestException',
      `Source.FromJob.JobId: job ${JobId} is one of ${operationName(request.Operation)}, and must be one of ${takesSuccessesOf}`,
    );
  }
  if (isTerminal(snapshot.status)) return;
  throw new DroverError(
    'JobStatusException',
    `Source.FromJob.JobId: job ${JobId} is ${snapshot.status}: its report is written when it ends`,
  );
}
