import { DeleteJobTaggingResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../jobs/job-service';
import { type CallRequest, jobIdOf } from './wire/parameters';
import { writeXml } from './wire/xml';

/** API_control_DeleteJobTagging. */
export async function deleteJobTagging(service: JobService, request: CallRequest): Promise<string> {
  await service.putTags(request.account, jobIdOf(request), []);
  return writeXml(DeleteJobTaggingResult$, {});
}
