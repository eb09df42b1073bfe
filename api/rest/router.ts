import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import type { z } from 'zod';
import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import { notesOf, type RequestNotes } from '../audit';
import type { AccountKeys } from '../auth/accounts';
import { authenticateRest, refuseForeignPages, type SignedIn } from '../auth/rest-auth';
import { longUpload } from '../long-uploads';
import { checkSchema } from '../requests/check-schema';
import { isObject, jsonSchema } from './json-schema';
import type { Route, RouteAnswer } from './route';

/** Ids are shorter; what is none need not be told whole. */
const IDS_TOLD_CHARS_MAX = 100;

export interface RestDeps {
  readonly routes: readonly Route[];
  readonly keys: AccountKeys;
  readonly now: () => number;
}

/** The sender of the request that this answer is for. */
const signedInBy = new WeakMap<Response, SignedIn>();

/** The JSON API on `/api`: whatever the routes declare, and nothing else. */
export function restRouter({ routes, keys, now }: RestDeps): Router {
  const router = Router({ caseSensitive: true });
  const parseJson = express.json({ limit: LIMITS.api.requestBodyBytesMax, strict: false, inflate: false });
  const signInFor =
    (contentType?: string): RequestHandler =>
    (request, response, next) => {
      const notes = notesOf(response);
      const onClaim = (id: string): void => {
        notes.claimedAccessKeyId = id;
      };
      const signedIn = authenticateRest(request, keys, contentType, onClaim, now());
      const { account, accessKeyId } = signedIn;
      Object.assign(notes, { account, accessKeyId });
      signedInBy.set(response, signedIn);
      if (!isReading(request.method)) keys.refuseChange(accessKeyId, `${request.method} ${pathOf(request)}`);
      const encoding = request.get('content-encoding')?.trim().toLowerCase() ?? 'identity';
      if (encoding !== 'identity') {
        throw new DroverError(
          'UnsupportedMediaType',
          `The body must not be compressed (Content-Encoding: ${encoding})`,
        );
      }
      next();
    };
  const signIn = signInFor();
  const forOurPages: RequestHandler = (request, _response, next) => {
    if (!isReading(request.method)) refuseForeignPages(request);
    next();
  };
  const before = ({ open, upload }: Route): RequestHandler[] => {
    if (open === true) return [forOurPages, parseJson];
    return upload === undefined ? [signIn, parseJson] : [signInFor(upload.contentType)];
  };
  for (const [path, own] of byPath(routes)) {
    const mounted = router.route(expressPath(path));
    for (const route of own) mounted[route.method](noting(route), ...before(route), handler(route));
    mounted.all(signIn, refuseMethod(own));
  }
  router.use(signIn, (request) => {
    throw new DroverError('NoSuchResource', `Not found: ${pathOf(request)}`);
  });
  return router;
}

function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD';
}

function pathOf({ originalUrl }: Request): string {
  return originalUrl.split('?')[0] ?? '';
}

function byPath(routes: readonly Route[]): Map<string, Route[]> {
  const paths = new Map<string, Route[]>();
  for (const route of routes) paths.set(route.path, [...(paths.get(route.path) ?? []), route]);
  return paths;
}

/** `/jobs/{jobId}` is `/jobs/:jobId` to express. */
function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

function handler(route: Route): RequestHandler {
  const { path, query } = route.schemas;
  const lists = query === undefined ? new Set<string>() : listParameters(query);
  return async (request, response) => {
    const notes = notesOf(response);
    const answer = await route.handle({
      account: signedInBy.get(response)?.account ?? '',
      signedIn: signedInBy.get(response),
      arrival: request,
      notes,
      path: path === undefined ? {} : checkSchema(path, request.params),
      query: checkQuery(query, lists, request),
      body: route.upload === undefined ? checkBody(route, request.body) : {},
      upload: route.upload === undefined ? Readable.from([]) : uploadOf(route.upload, request),
    });
    noteMade(notes, answer.body);
    await send(route, answer, response);
  };
}

/** Before anything is refused: what the request wanted. */
function noting({ operationId }: Route): RequestHandler {
  return (request, response, next) => {
    const notes = notesOf(response);
    notes.operation = operationId;
    notes.jobId = parameter(request, 'jobId');
    notes.scheduleId = parameter(request, 'scheduleId');
    next();
  };
}

function parameter(request: Request, name: string): string | undefined {
  const value: unknown = request.params[name];
  return typeof value === 'string' ? value.slice(0, IDS_TOLD_CHARS_MAX) : undefined;
}

/** The job that a call has made. */
function noteMade(notes: RequestNotes, body: unknown): void {
  const { jobId } = typeof body === 'object' && body !== null && 'jobId' in body ? body : { jobId: undefined };
  if (typeof jobId === 'string') notes.jobId ??= jobId;
}

/** Throws EntityTooLarge before a byte is read of what is announced to be too long. */
function uploadOf({ bytesMax }: NonNullable<Route['upload']>, request: Request): AsyncIterable<Uint8Array> {
  if (Number(request.get('content-length') ?? 0) > bytesMax) {
    throw new DroverError('EntityTooLarge', `The body has more than ${bytesMax} bytes: put it into a bucket instead`);
  }
  return longUpload(request, { idleMs: LIMITS.upload.idleMs, totalMs: LIMITS.upload.timeoutMs });
}

/** Parameters that may be repeated. */
function listParameters(schema: z.ZodType): Set<string> {
  const { properties } = jsonSchema(schema, 'input');
  const members = Object.entries(isObject(properties) ? properties : {});
  return new Set(members.filter(([, member]) => isObject(member) && member['type'] === 'array').map(([name]) => name));
}

/** An empty parameter is refused: a listing would begin anew at `nextToken=`, for ever. */
function checkQuery(schema: z.ZodType | undefined, lists: ReadonlySet<string>, request: Request): unknown {
  const given: Record<string, string | string[]> = {};
  const search = new URLSearchParams(request.originalUrl.split('?').slice(1).join('?'));
  for (const name of new Set(search.keys())) {
    const values = search.getAll(name);
    const [only = ''] = values;
    if (schema === undefined) throw new DroverError('BadRequestException', `${name}: unknown parameter`);
    if (values.includes('')) {
      throw new DroverError('BadRequestException', `${name}: is empty: give it a value, or leave it out`);
    }
    if (!lists.has(name) && values.length > 1) {
      throw new DroverError('BadRequestException', `${name}: is given more than once`);
    }
    given[name] = lists.has(name) ? values : only;
  }
  return schema === undefined ? {} : checkSchema(schema, given);
}

/** No body counts as `{}`, but not where it would replace what there is: a mistake would lift all limits. */
function checkBody({ method, schemas: { body: schema } }: Route, given: unknown): unknown {
  if (method === 'put' && given === undefined) throw new DroverError('BadRequestException', 'body: is required');
  if (schema !== undefined) return checkSchema(schema, given === undefined ? {} : given);
  if (given === undefined || (typeof given === 'object' && given !== null && Object.keys(given).length === 0)) {
    return {};
  }
  throw new DroverError('BadRequestException', 'body: this call takes none');
}

async function send(route: Route, { status, headers, body, stream }: RouteAnswer, response: Response): Promise<void> {
  response.status(status ?? route.status).set({ ...headers });
  if (stream !== undefined) {
    response.type(route.stream?.contentType ?? 'application/octet-stream');
    await sendStream(stream, response);
  } else if (body === undefined) response.end();
  else response.json(body);
}

async function sendStream(stream: AsyncIterable<Uint8Array>, response: Response): Promise<void> {
  try {
    await pipeline(Readable.from(stream), response);
  } catch (error) {
    // A reader that has enough and leaves is no failure.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function refuseMethod(routes: readonly Route[]): RequestHandler {
  const methods = routes.flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
  const allowed = methods.join(', ');
  return (request, response) => {
    response.setHeader('Allow', allowed);
    throw new DroverError('MethodNotAllowed', `${request.method} is not allowed here: use ${allowed}`);
  };
}
