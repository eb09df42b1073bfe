import express, { type Request, type Response, Router } from 'express';
import type { Logger } from 'pino';
import { DroverError } from '../../contracts/failures';
import { LIMITS } from '../../contracts/limits';
import type { AccountKeys } from '../auth/accounts';
import { authenticateRest } from '../auth/rest-auth';
import type { JobService } from '../job-service';
import type { ObjectAccess } from '../object-access';
import {
  type RequestRules,
  validateJobId,
  validateListing,
  validatePriority,
  validateReason,
} from '../validate-request';
import { readRestRequest } from './create-job';
import { restErrorHandler } from './errors';
import { jobJson } from './job-json';
import { sendReport } from './report';

export interface RestDeps {
  readonly service: JobService;
  readonly rules: RequestRules;
  readonly keys: AccountKeys;
  readonly objects: ObjectAccess | undefined;
  readonly log: Logger;
  readonly boundToLoopback: boolean;
  readonly temporalUi: { readonly url: string; readonly namespace: string } | undefined;
}

const CHANGES = ['pause', 'resume', 'cancel', 'confirm'] as const;

/** The JSON API on `/api`: the S3 Control calls, and what these lack. docs/api.md has the table. */
export function restRouter(deps: RestDeps): Router {
  const { service } = deps;
  const router = Router();
  router.use((request, response, next) => {
    response.locals['account'] = authenticateRest(request, deps.keys, deps.boundToLoopback);
    next();
  });
  router.use(express.json({ limit: LIMITS.requestBodyBytesMax, strict: false }));

  router
    .route('/jobs')
    .post(async (request, response) => {
      const jobRequest = await readRestRequest(request.body, deps.rules, deps.objects);
      const { jobId } = await service.createJob(accountOf(response), jobRequest);
      response.status(201).location(`/api/jobs/${jobId}`).json({ jobId });
    })
    .get(async (request, response) => {
      const query = new URLSearchParams(request.originalUrl.split('?').slice(1).join('?'));
      const { jobs, nextToken } = await service.listJobs({ account: accountOf(response), ...validateListing(query) });
      response.json({ jobs: jobs.map((view) => jobJson(view, deps.temporalUi)), nextToken });
    })
    .all(refuseMethod('GET, POST'));

  router
    .route('/jobs/:jobId')
    .get(async (request, response) => {
      const view = await service.describeJob(accountOf(response), jobIdOf(request));
      response.json(jobJson(view, deps.temporalUi));
    })
    .all(refuseMethod('GET'));

  for (const change of CHANGES) {
    router
      .route(`/jobs/:jobId/${change}`)
      .post(async (request, response) => {
        const { reason } = onlyMember(request.body, 'reason');
        response.json(await service[change](accountOf(response), jobIdOf(request), validateReason(reason)));
      })
      .all(refuseMethod('POST'));
  }

  router
    .route('/jobs/:jobId/priority')
    .put(async (request, response) => {
      const { priority } = onlyMember(request.body, 'priority');
      const wanted = validatePriority(priority);
      response.json(await service.setPriority(accountOf(response), jobIdOf(request), wanted));
    })
    .all(refuseMethod('PUT'));

  router
    .route('/jobs/:jobId/report')
    .get((request, response) => sendReport(service, deps.objects, accountOf(response), request, response))
    .all(refuseMethod('GET'));

  router.use((request) => {
    throw new DroverError('NoSuchResource', `There is nothing at ${request.originalUrl.split('?')[0] ?? ''}`);
  });
  router.use(restErrorHandler(deps.log));
  return router;
}

function accountOf(response: Response): string {
  return response.locals['account'] as string;
}

function jobIdOf(request: Request): string {
  return validateJobId(request.params['jobId']);
}

/** A body with at most this member; no body counts as `{}`. */
function onlyMember(body: unknown, member: string): Record<string, unknown> {
  if (body === undefined) return {};
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw new DroverError('BadRequestException', 'The body must be a JSON object');
  }
  const unknown = Object.keys(body).find((name) => name !== member);
  if (unknown !== undefined) throw new DroverError('BadRequestException', `${unknown}: unknown member`);
  return body as Record<string, unknown>;
}

function refuseMethod(allowed: string) {
  return (request: Request, response: Response): void => {
    response.setHeader('Allow', allowed);
    throw new DroverError('MethodNotAllowed', `${request.method} is not allowed here: use ${allowed}`);
  };
}
