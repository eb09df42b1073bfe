import {
  DeleteArchive$,
  GetJobOutput$,
  GlacierClient,
  InitiateJob$,
  ListJobs$,
  ListVaults$,
} from '@aws-sdk/client-glacier';
import { readJsonError } from '../aws/json-error-answer';
import { awsOperation } from '../aws/operation';
import type { AwsService } from '../aws/service';
import { classify, type FaultKind } from '../http/error-meanings';

export const GLACIER: AwsService = {
  signingName: 'glacier',
  sdkClient: (settings) => new GlacierClient(settings),
  readError: readJsonError,
  authorityAdvice: 'name its authority in the variable NODE_EXTRA_CA_CERTS',
};

/** Without it each request is refused ("Common Request Headers", Amazon Glacier developer guide). */
const HEADERS = { 'x-amz-glacier-version': '2012-06-01' };

export const GLACIER_OPERATIONS = {
  listVaults: awsOperation(ListVaults$, { headers: HEADERS }),
  listJobs: awsOperation(ListJobs$, { headers: HEADERS }),
  /** A job that was started twice is paid twice: after a lost answer the list of jobs tells. */
  initiateJob: awsOperation(InitiateJob$, { headers: HEADERS, mayRepeat: () => false, faultKind }),
  getJobOutput: awsOperation(GetJobOutput$, { headers: HEADERS }),
  deleteArchive: awsOperation(DeleteArchive$, { headers: HEADERS }),
};

/**
 * Neither the vault's retrieval policy nor the capacity for expedited retrievals is another one some seconds later
 * (API_InitiateJob, "Errors"): the caller asks again when it looks the next time.
 */
const NOT_NOW: ReadonlySet<string> = new Set(['PolicyEnforcedException', 'InsufficientCapacityException']);

function faultKind(httpStatus: number, code: string): FaultKind {
  return NOT_NOW.has(code) ? 'final' : classify(httpStatus, code);
}
