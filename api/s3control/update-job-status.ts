import { UpdateJobStatusRequest$, UpdateJobStatusResult$ } from '@aws-sdk/client-s3-control';
import { LIMITS } from '../../contracts/limits';
import type { JobService } from '../jobs/job-service';
import { type CallRequest, checkedParameters } from './wire/parameters';
import { writeXml } from './wire/xml';

/** API_control_UpdateJobStatus: Ready confirms a suspended job, Cancelled cancels; the parameters are in the query. */
export async function updateJobStatus(service: JobService, request: CallRequest): Promise<string> {
  const parameters = checkedParameters(UpdateJobStatusRequest$, request);
  const id = parameters['JobId'] as string;
  const reason = parameters['StatusUpdateReason'] as string | undefined;
  const change =
    parameters['RequestedJobStatus'] === 'Ready'
      ? service.confirm(request.account, id, reason)
      : service.cancel(request.account, id, reason);
  const { status, statusUpdateReason } = await change;
  return writeXml(UpdateJobStatusResult$, {
    JobId: id,
    Status: status,
    StatusUpdateReason: (statusUpdateReason ?? reason)?.slice(0, LIMITS.job.describeReasonCharsMax),
  });
}
