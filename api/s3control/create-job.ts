import { CreateJobResult$ } from '@aws-sdk/client-s3-control';
import type { JobService } from '../job-service';
import { type RequestRules, validateJobRequest } from '../validate-request';
import { readCreateJobRequest, writeXml } from './xml';

/** API_control_CreateJob. An absent ConfirmationRequired means true here, as with AWS itself. */
export async function createJob(
  service: JobService,
  rules: RequestRules,
  account: string,
  body: Uint8Array,
): Promise<string> {
  const given = readCreateJobRequest(body) as Record<string, unknown>;
  const request = validateJobRequest({ ...given, ConfirmationRequired: given['ConfirmationRequired'] ?? true }, rules);
  const { jobId } = await service.createJob(account, request);
  return writeXml(CreateJobResult$, { JobId: jobId });
}
