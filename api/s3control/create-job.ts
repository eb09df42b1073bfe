import { CreateJobResult$ } from '@aws-sdk/client-s3-control';
import { DroverError } from '../../contracts/engine/failures';
import type { JobService } from '../jobs/job-service';
import { type RequestRules, validateJobRequest } from '../requests/validate-request';
import { checkModel } from './wire/model-check';
import { type CallRequest, readParameters } from './wire/parameters';
import { CREATE_JOB_REQUEST } from './wire/schemas';
import { readRequestBody, writeXml } from './wire/xml';

/** API_control_CreateJob. An absent ConfirmationRequired means true here, as with AWS itself. */
export async function createJob(service: JobService, rules: RequestRules, request: CallRequest): Promise<string> {
  const given = readRequestBody(CREATE_JOB_REQUEST, request.body, request.passOver);
  // First what is wrong by AWS's own rules, then what Drover does not carry out.
  checkModel(CREATE_JOB_REQUEST, { ...readParameters(CREATE_JOB_REQUEST, request), ...given });
  if (given['Manifest'] !== undefined && given['ManifestGenerator'] !== undefined) {
    throw new DroverError('BadRequestException', 'Manifest and ManifestGenerator cannot be combined');
  }
  const { account } = request;
  const filled = { ...given, ConfirmationRequired: given['ConfirmationRequired'] ?? true };
  const { jobId } = await service.createJob(account, validateJobRequest(filled, account, rules));
  request.madeJob?.(jobId);
  return writeXml(CreateJobResult$, { JobId: jobId });
}
