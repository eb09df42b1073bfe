import type { IncomingMessage } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import type { Config } from '../config/config';
import { DroverError } from '../contracts/engine/failures';
import type { Logger } from '../logging/logger';
import { type RequestWatchers, watchRequests } from './audit';
import { AccountKeys } from './auth/accounts';
import { refuseOpenDoor } from './auth/loopback';
import { isSigned } from './auth/sigv4';
import { consolePages } from './console/pages';
import type { JobService } from './jobs/job-service';
import type { ManifestUploads } from './jobs/manifest-uploads';
import type { ObjectAccess } from './jobs/object-access';
import type { PauseService } from './jobs/pause-service';
import type { ScheduleService } from './jobs/schedule-service';
import type { SystemService } from './jobs/system';
import { mergedReports } from './jobs/workspace/merged-report';
import type { Previews } from './preview/preview';
import { setRequestIds } from './request-id';
import type { RequestRules } from './requests/validate-request';
import { restErrorHandler } from './rest/errors';
import { healthHandler } from './rest/health';
import { restRouter } from './rest/router';
import { restRoutes } from './rest/routes';
import { pauseAllRoutes } from './rest/routes/pause-all';
import { scheduleRoutes } from './rest/routes/schedules';
import { sessionRoutes } from './rest/routes/session';
import { systemRoute } from './rest/routes/system';
import { s3ControlErrorHandler, s3ControlRouter } from './s3control/router';
import type { VaultLists } from './vaults/vault-lists';

export interface AppDeps {
  readonly config: Pick<Config, 'api' | 'temporal' | 'accounts'> & RequestRules['config'];
  readonly service: JobService;
  /** Operations/index, or what stands for it. */
  readonly parseOperation: RequestRules['parseOperation'];
  /** Without it, REST has no schedules. */
  readonly schedules?: ScheduleService;
  /** Without it, REST pauses jobs one by one. */
  readonly pauses?: PauseService;
  /** Without it, REST needs the manifest's ETag and serves no reports. */
  readonly objects?: ObjectAccess;
  /** Without it, REST takes no manifests. */
  readonly uploads?: ManifestUploads;
  /** Without it, REST previews no sources. */
  readonly previews?: Previews;
  /** Without it, REST does not tell what the installation is made of. */
  readonly system?: SystemService;
  /** Without it, REST lists no vaults. */
  readonly vaults?: VaultLists;
  /** The built console; without it, there is none. */
  readonly consoleFolder?: string | undefined;
  readonly log: Logger;
  /** Without them, no request is written down or counted. */
  readonly watchers?: RequestWatchers;
  readonly now?: () => number;
}

/**
 * The API as an express application that does not listen yet: S3 Control on `/v20180820`, REST on `/api`, `/healthz`, and
 * the console on everything else.
 * Throws `DroverError('InvalidConfiguration')` when it is to be bound where others reach it and no secret key protects it.
 */
export function createApp(deps: AppDeps): Express {
  const { config, service, schedules, log, now = Date.now } = deps;
  const keys = new AccountKeys(config.accounts);
  refuseOpenDoor(config);
  const rules = { parseOperation: deps.parseOperation, config };
  const { namespace, uiUrl } = config.temporal;
  const app = express();
  acceptAbsoluteTargets(app);
  app.enable('case sensitive routing');
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(watchRequests(deps.watchers ?? {}));
  app.use(prepareRequest);
  app.get('/healthz', healthHandler(service, config.temporal.address));
  app.use('/v20180820', s3ControlRouter({ service, rules, keys, log, now }));
  const temporalUi = uiUrl === undefined ? undefined : { url: uiUrl, namespace };
  const routes = restRoutes(
    {
      service,
      rules,
      objects: deps.objects,
      reports: deps.objects && mergedReports(deps.objects, service),
      uploads: deps.uploads,
      previews: deps.previews,
      vaults: deps.vaults,
      temporalUi,
    },
    [
      ...(deps.pauses === undefined ? [] : pauseAllRoutes(deps.pauses)),
      ...(schedules === undefined ? [] : scheduleRoutes({ schedules, rules })),
      ...(deps.system === undefined ? [] : [systemRoute({ system: deps.system })]),
      ...sessionRoutes({ keys, now }),
    ],
  );
  app.use('/api', restRouter({ routes, keys, now }));
  if (deps.consoleFolder !== undefined) app.use(consolePages(deps.consoleFolder));
  app.use((request: Request) => {
    const aside = isSigned(request) ? ". This is Drover's API: requests for buckets and objects go to the store" : '';
    throw new DroverError('NoSuchResource', `Not found: ${request.path}${aside}`);
  });
  // Clients that have the path wrong, or take the API for a store, read XML all the same.
  const asXml = s3ControlErrorHandler(log);
  app.use(/^\/v20180820(?=\/|$)/i, asXml);
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    if (isSigned(request) && !request.path.startsWith('/api/')) asXml(error, request, response, next);
    else next(error);
  });
  app.use(restErrorHandler(log));
  return app;
}

function prepareRequest(request: Request, response: Response, next: NextFunction): void {
  setRequestIds(response);
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Referrer-Policy', 'no-referrer');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'");
  response.setHeader('Cache-Control', 'no-store');
  // One is checked, another acted upon: RFC 9112, 3.2. Node refuses the request that has none.
  if (request.rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length > 1) {
    throw new DroverError('BadRequestException', 'Host: is given more than once');
  }
  next();
}

/**
 * Clients behind HTTP_PROXY send the whole URL as target (RFC 9112, section 3.2.2); what is signed is its path. Before Express
 * looks at it, for its router parses the URL first of all, and answers itself where the authority is none.
 */
function acceptAbsoluteTargets(app: Express): void {
  // The entry of every request, though not in Express's types.
  const entry = app as unknown as { handle: (request: IncomingMessage, ...rest: unknown[]) => void };
  const handle = entry.handle.bind(app);
  entry.handle = (request, ...rest) => {
    request.url = originForm(request.url ?? '/');
    handle(request, ...rest);
  };
}

function originForm(target: string): string {
  const rest = /^https?:\/\/[^/?#]*(.*)$/is.exec(target)?.[1];
  if (rest === undefined) return target;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
