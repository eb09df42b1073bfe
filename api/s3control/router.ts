import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { DroverError, type FailureCode } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';
import type { AccountKeys } from '../auth/accounts';
import { proxyMark } from '../auth/this-machine';
import { verifySigV4 } from '../auth/sigv4';
import { toDroverError } from '../error-answer';
import type { JobService } from '../job-service';
import { requestIdOf } from '../request-id';
import type { RequestRules } from '../validate-request';
import { createJob } from './create-job';
import { deleteJobTagging } from './delete-job-tagging';
import { describeJob } from './describe-job';
import { errorXml } from './errors';
import { getJobTagging } from './get-job-tagging';
import { listJobs } from './list-jobs';
import type { CallRequest } from './parameters';
import { putJobTagging } from './put-job-tagging';
import { routeCall, type S3ControlCall } from './route';
import { updateJobPriority } from './update-job-priority';
import { updateJobStatus } from './update-job-status';

export interface S3ControlDeps {
  readonly service: JobService;
  readonly rules: RequestRules;
  readonly keys: AccountKeys;
  readonly log: Logger;
  readonly now: () => number;
}

/** S3 Control's jobs API (API version 2018-08-20) on `/v20180820/…`; see docs/api.md for what is and isn't there. */
export function s3ControlRouter(deps: S3ControlDeps): Router {
  const router = Router();
  // Any content type, for aws CLI and boto3 send none. Not inflated: the signature covers the bytes as sent.
  router.use(express.raw({ type: () => true, limit: LIMITS.requestBodyBytesMax, inflate: false }));
  const handle: RequestHandler = async (request, response) => {
    response.type('application/xml').send(await answer(deps, request));
  };
  router.use(handle);
  router.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    const requestId = requestIdOf(response);
    const known = toDroverError(error, requestId, deps.log);
    // What is left of a refused body must not be read as the next request.
    if (!request.complete) response.setHeader('Connection', 'close');
    const hostId = String(response.getHeader('x-amz-id-2') ?? '');
    response
      .status(known.httpStatus)
      .type('application/xml')
      .send(errorXml(known, requestId, hostId));
  });
  return router;
}

async function answer({ service, rules, keys, now }: S3ControlDeps, request: Request): Promise<string> {
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const { method, originalUrl: target, rawHeaders } = request;
  const { accessKeyId } = verifySigV4({ method, target, rawHeaders, body }, (id) => keys.secretOf(id), now());
  if (keys.isDocumented(accessKeyId)) refuseProxied(request);
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const call = routeCall(method, path);
  const account = accountOf(request, query, call.name, keys.accountOf(accessKeyId));
  // Acted upon it would not be, and what stands between here and the client may not expect it (RFC 9110, 9.3.1).
  if (method === 'GET' && body.byteLength > 0) {
    throw new DroverError(wrongValueCode(call.name), `${call.name} has no body, one of ${body.byteLength} bytes came`);
  }
  return answerCall(service, rules, call.name, {
    account,
    query,
    body,
    ...('jobId' in call ? { jobId: call.jobId } : {}),
  });
}

/** Everybody knows the documented key: what is signed with it must come from this machine, where alone the API listens with it. */
function refuseProxied(request: Request): void {
  const mark = proxyMark(request);
  if (mark === undefined) return;
  const message = `Without a key of your own, only requests of this machine are let in: this one came through a proxy, as ${mark} shows`;
  throw new DroverError('AccessDenied', message);
}

function answerCall(
  service: JobService,
  rules: RequestRules,
  name: S3ControlCall['name'],
  request: CallRequest,
): Promise<string> {
  switch (name) {
    case 'CreateJob':
      return createJob(service, rules, request);
    case 'ListJobs':
      return listJobs(service, request);
    case 'DescribeJob':
      return describeJob(service, request);
    case 'UpdateJobPriority':
      return updateJobPriority(service, request);
    case 'UpdateJobStatus':
      return updateJobStatus(service, request);
    case 'GetJobTagging':
      return getJobTagging(service, request);
    case 'PutJobTagging':
      return putJobTagging(service, request);
    case 'DeleteJobTagging':
      return deleteJobTagging(service, request);
  }
}

/** ListJobs has an error of its own for wrong parameters. */
function wrongValueCode(call: S3ControlCall['name']): FailureCode {
  return call === 'ListJobs' ? 'InvalidRequestException' : 'BadRequestException';
}

/** Clients don't check the id they send (boto3 passes `abc` on), and presigners move the header into the query. */
function accountOf(
  request: Request,
  query: URLSearchParams,
  call: S3ControlCall['name'],
  ofKey: string | undefined,
): string {
  const account = request.get('x-amz-account-id') ?? query.get('x-amz-account-id') ?? undefined;
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new DroverError(wrongValueCode(call), 'x-amz-account-id: must be twelve digits');
  }
  if (account !== ofKey) throw new DroverError('AccessDenied', `The access key does not belong to account ${account}`);
  return account;
}
