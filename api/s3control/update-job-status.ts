import { UpdateJobStatusResult$ } from '@aws-sdk/client-s3-control';
import { DroverError } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';
import type { JobService } from '../job-service';
import { validateJobId, validateReason } from '../validate-request';
import { writeXml } from './xml';

/** API_control_UpdateJobStatus: Ready confirms a suspended job, Cancelled cancels; the parameters are in the query. */
export async function updateJobStatus(
  service: JobService,
  account: string,
  jobId: string,
  query: URLSearchParams,
): Promise<string> {
  const id = validateJobId(jobId);
  const reason = validateReason(query.get('statusUpdateReason') || undefined);
  const requested = query.get('requestedJobStatus');
  if (requested !== 'Ready' && requested !== 'Cancelled') {
    throw new DroverError('BadRequestException', 'requestedJobStatus: must be Ready or Cancelled');
  }
  const change = requested === 'Ready' ? service.confirm(account, id, reason) : service.cancel(account, id, reason);
  const { status, statusUpdateReason } = await change;
  return writeXml(UpdateJobStatusResult$, {
    JobId: id,
    Status: status,
    StatusUpdateReason: (statusUpdateReason ?? reason)?.slice(0, LIMITS.describeReasonCharsMax),
  });
}
