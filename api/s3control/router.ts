import express, { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { DroverError } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';
import type { AccountKeys } from '../auth/accounts';
import { verifySigV4 } from '../auth/sigv4';
import { toDroverError } from '../error-answer';
import type { JobService } from '../job-service';
import { requestIdOf } from '../request-id';
import type { RequestRules } from '../validate-request';
import { createJob } from './create-job';
import { describeJob } from './describe-job';
import { errorXml } from './errors';
import { listJobs } from './list-jobs';
import { routeCall } from './route';
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
  const [path = '', ...rest] = target.split('?');
  const query = new URLSearchParams(rest.join('?'));
  const account = accountOf(request, query, keys.accountOf(accessKeyId));
  const call = routeCall(method, path);
  switch (call.name) {
    case 'CreateJob':
      return createJob(service, rules, account, body);
    case 'ListJobs':
      return listJobs(service, account, query);
    case 'DescribeJob':
      return describeJob(service, account, call.jobId);
    case 'UpdateJobPriority':
      return updateJobPriority(service, account, call.jobId, query);
    case 'UpdateJobStatus':
      return updateJobStatus(service, account, call.jobId, query);
  }
}

/** Clients don't check the id they send (boto3 passes `abc` on), and presigners move the header into the query. */
function accountOf(request: Request, query: URLSearchParams, ofKey: string | undefined): string {
  const account = request.get('x-amz-account-id') ?? query.get('x-amz-account-id') ?? undefined;
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new DroverError('BadRequestException', 'x-amz-account-id: must be twelve digits');
  }
  if (account !== ofKey) throw new DroverError('AccessDenied', `The access key does not belong to account ${account}`);
  return account;
}
