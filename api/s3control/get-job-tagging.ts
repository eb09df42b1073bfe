import { GetJobTaggingResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../jobs/job-service';
import { type CallRequest, jobIdOf } from './wire/parameters';
import { writeXml } from './wire/xml';

/** API_control_GetJobTagging. */
export async function getJobTagging(service: JobService, request: CallRequest): Promise<string> {
  const tags = await service.getTags(request.account, jobIdOf(request));
  return writeXml(GetJobTaggingResult$, { Tags: tags });
}
