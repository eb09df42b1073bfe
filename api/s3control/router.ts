import express, { type ErrorRequestHandler, type Request, type RequestHandler, Router } from 'express';
import { DroverError, type FailureCode } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import type { Logger } from '../../logging/logger';
import { notesOf, type RequestNotes } from '../audit';
import type { AccountKeys } from '../auth/accounts';
import { type SignedRequest, verifySigV4 } from '../auth/sigv4';
import { pageMark, proxyMark } from '../auth/this-machine';
import { discardBody } from '../discard-body';
import { toDroverError } from '../error-answer';
import type { JobService } from '../jobs/job-service';
import { requestIdOf } from '../request-id';
import type { RequestRules } from '../requests/validate-request';
import { createJob } from './create-job';
import { deleteJobTagging } from './delete-job-tagging';
import { describeJob } from './describe-job';
import { errorXml } from './errors';
import { getJobTagging } from './get-job-tagging';
import { listJobs } from './list-jobs';
import { putJobTagging } from './put-job-tagging';
import { refuseResourceTags, routeCall, type S3ControlCall } from './route';
import { updateJobPriority } from './update-job-priority';
import { updateJobStatus } from './update-job-status';
import type { CallRequest } from './wire/parameters';

export interface S3ControlDeps {
  readonly service: JobService;
  readonly rules: RequestRules;
  readonly keys: AccountKeys;
  readonly log: Logger;
  readonly now: () => number;
}

/** A line of the log has its bounds. */
const IGNORED_TOLD_MAX = 20;
const IGNORED_CHARS_MAX = 200;

/** A request that may have its body read: who sent it, and what for. */
interface Admitted {
  readonly method: string;
  readonly signed: SignedRequest;
  readonly call: S3ControlCall;
  readonly account: string;
  readonly query: URLSearchParams;
}

/** S3 Control's jobs API (API version 2018-08-20) on `/v20180820/…`; see docs/use/api.md for what is and isn't there. */
export function s3ControlRouter(deps: S3ControlDeps): Router {
  const router = Router();
  const admitted = new WeakMap<Request, Admitted>();
  router.use((request, response, next) => {
    admitted.set(request, admit(deps, request, notesOf(response)));
    next();
  });
  // Any content type, for aws CLI and boto3 send none. Not inflated: the signature covers the bytes as sent.
  const readProven = readBody(LIMITS.api.requestBodyBytesMax);
  const readUnproven = readBody(LIMITS.api.unprovenBodyBytesMax);
  router.use((request, response, next) => {
    const isProven = admitted.get(request)?.signed.isProven === true;
    (isProven ? readProven : readUnproven)(request, response, next);
  });
  const handle: RequestHandler = async (request, response) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const notes = notesOf(response);
    const known = admitted.get(request) ?? admit(deps, request, notes);
    response.type('application/xml').send(await answer(deps, known, body, notes));
  };
  router.use(handle);
  return router;
}

function readBody(limit: number): RequestHandler {
  const read: RequestHandler = express.raw({ type: () => true, limit, inflate: false });
  return (request, response, next) => {
    // Told at once: the reader would wait for all that is announced.
    if (Number(request.get('content-length') ?? 0) > limit) {
      throw new DroverError('EntityTooLarge', `The request body has more than ${limit} bytes`);
    }
    read(request, response, next);
  };
}

/** For whatever was thrown on the way of a request to this API: S3 Control's error document. */
export function s3ControlErrorHandler(log: Logger): ErrorRequestHandler {
  return async (error: unknown, request, response, _next) => {
    const requestId = requestIdOf(response);
    const known = toDroverError(error, requestId, log);
    notesOf(response).code = known.code;
    await discardBody(request, response);
    const hostId = String(response.getHeader('x-amz-id-2') ?? '');
    response
      .status(known.httpStatus)
      .type('application/xml')
      .send(errorXml(known, requestId, hostId));
  };
}

/** All that can be told without the body, so that nobody without a key makes us keep one. */
function admit({ keys, now }: S3ControlDeps, request: Request, notes: RequestNotes): Admitted {
  const { method, originalUrl: target, rawHeaders } = request;
  const [path = '', ...rest] = target.split('?');
  // Before the signature, which is made with a key of the store.
  refuseResourceTags(method, path);
  const secretOf = (id: string): string | undefined => {
    const secret = keys.secretOf(id);
    if (secret !== undefined) notes.claimedAccessKeyId = id;
    return secret;
  };
  const signed = verifySigV4({ method, target, rawHeaders }, secretOf, now());
  if (signed.isProven) noteProven(notes, signed.accessKeyId, keys);
  if (keys.isDocumented(signed.accessKeyId)) refuseStrange(request);
  const query = new URLSearchParams(rest.join('?'));
  const call = routeCall(method, path);
  notes.operation = call.name;
  if ('jobId' in call) notes.jobId = call.jobId.slice(0, IGNORED_CHARS_MAX);
  const account = accountOf(request, query, call.name, keys.accountOf(signed.accessKeyId));
  return { method, signed, call, account, query };
}

function noteProven(notes: RequestNotes, accessKeyId: string, keys: AccountKeys): void {
  notes.accessKeyId = accessKeyId;
  notes.account = keys.accountOf(accessKeyId);
}

async function answer(
  { service, rules, keys, log }: S3ControlDeps,
  admitted: Admitted,
  body: Buffer,
  notes: RequestNotes,
): Promise<string> {
  const { method, signed, call, account, query } = admitted;
  signed.checkBody(body);
  noteProven(notes, signed.accessKeyId, keys);
  if (method !== 'GET') keys.refuseChange(signed.accessKeyId, call.name);
  // We would ignore the body, and proxies may not expect one on a GET (RFC 9110, 9.3.1).
  if (method === 'GET' && body.byteLength > 0) {
    throw new DroverError(
      wrongValueCode(call.name),
      `${call.name} takes no body, but the request has ${body.byteLength} bytes`,
    );
  }
  const ignored: string[] = [];
  try {
    return await answerCall(service, rules, call.name, {
      account,
      query,
      body,
      passOver: (place) => {
        if (ignored.length < IGNORED_TOLD_MAX) ignored.push(place.slice(0, IGNORED_CHARS_MAX));
      },
      madeJob: (jobId) => {
        notes.jobId = jobId;
      },
      ...('jobId' in call ? { jobId: call.jobId } : {}),
    });
  } finally {
    if (ignored.length > 0) log.warn({ account, call: call.name, ignored }, 'ignoring unknown members');
  }
}

/**
 * Everybody knows the documented key: what is signed with it must come from this machine, where alone the API listens with it,
 * and from no web page, which can sign like any program. Any Host will do: with HTTP_PROXY, clients send that of any endpoint.
 */
function refuseStrange(request: Request): void {
  const proxy = proxyMark(request);
  const page = pageMark(request);
  if (proxy === undefined && page === undefined) return;
  const why =
    proxy === undefined
      ? `a web page sent this one, as the header ${page} shows`
      : `this one came through a proxy, as ${proxy} shows`;
  const message = `Without a configured key, the API accepts only requests from this machine: ${why}`;
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

/**
 * Clients don't check the id they send (boto3 passes `abc` on), presigners move the header into the query, and Java's SDKs of
 * 2019 have it in the Host alone, which is signed.
 */
function accountOf(
  request: Request,
  query: URLSearchParams,
  call: S3ControlCall['name'],
  ofKey: string | undefined,
): string {
  const account =
    request.get('x-amz-account-id') ?? query.get('x-amz-account-id') ?? accountInHost(request.get('host'));
  if (account === undefined || !/^\d{12}$/.test(account)) {
    throw new DroverError(wrongValueCode(call), 'x-amz-account-id: must be twelve digits');
  }
  if (account !== ofKey) throw new DroverError('AccessDenied', `The access key does not belong to account ${account}`);
  return account;
}

/** `123456789012.s3-control.us-east-1.amazonaws.com`, whatever follows the first point. */
function accountInHost(host: string | undefined): string | undefined {
  return /^(\d{12})\./.exec(host ?? '')?.[1];
}
