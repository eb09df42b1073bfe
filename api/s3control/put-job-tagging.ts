import { PutJobTaggingRequest$, PutJobTaggingResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../jobs/job-service';
import { validateTags } from '../requests/validate-request';
import { checkModel } from './wire/model-check';
import { type CallRequest, jobIdOf, readParameters } from './wire/parameters';
import { readRequestBody, writeXml } from './wire/xml';

/** API_control_PutJobTagging: replaces all tags of the job; an empty set removes them. */
export async function putJobTagging(service: JobService, request: CallRequest): Promise<string> {
  const jobId = jobIdOf(request);
  const given = readRequestBody(PutJobTaggingRequest$, request.body, request.passOver);
  checkModel(PutJobTaggingRequest$, { ...readParameters(PutJobTaggingRequest$, request), ...given });
  await service.putTags(request.account, jobId, validateTags(given['Tags']));
  return writeXml(PutJobTaggingResult$, {});
}
