import { UpdateJobPriorityRequest$, UpdateJobPriorityResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../jobs/job-service';
import { type CallRequest, checkedParameters } from './wire/parameters';
import { writeXml } from './wire/xml';

/** API_control_UpdateJobPriority: the parameters are in the query, the body is empty. */
export async function updateJobPriority(service: JobService, request: CallRequest): Promise<string> {
  const { JobId, Priority } = checkedParameters(UpdateJobPriorityRequest$, request);
  await service.setPriority(request.account, JobId as string, Priority as number);
  return writeXml(UpdateJobPriorityResult$, { JobId, Priority });
}
