import { UpdateJobPriorityResult$ } from '@aws-sdk/client-s3-control';
import { DroverError } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';
import type { JobService } from '../job-service';
import { validateJobId, validatePriority } from '../validate-request';
import { writeXml } from './xml';

/** API_control_UpdateJobPriority: the parameters are in the query, the body is empty. */
export async function updateJobPriority(
  service: JobService,
  account: string,
  jobId: string,
  query: URLSearchParams,
): Promise<string> {
  const given = query.get('priority');
  if (given === null || !/^\d{1,10}$/.test(given)) {
    throw new DroverError('BadRequestException', `priority: must be a whole number from 0 to ${LIMITS.priorityMax}`);
  }
  const priority = validatePriority(Number(given));
  await service.setPriority(account, validateJobId(jobId), priority);
  return writeXml(UpdateJobPriorityResult$, { JobId: jobId, Priority: priority });
}
