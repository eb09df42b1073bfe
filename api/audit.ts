import type { RequestHandler, Response } from 'express';
import type { AuditLog } from '../logging/audit-log';
import { requestIdOf } from './request-id';

/** The facts that are learned of a request on its way, for the audit log and the metrics. */
export interface RequestNotes {
  /** The account and the key that were proven. */
  account?: string | undefined;
  accessKeyId?: string | undefined;
  /** A configured key that the request names. Others are not kept: who mixes up the two fields sends the secret here. */
  claimedAccessKeyId?: string | undefined;
  operation?: string;
  jobId?: string | undefined;
  scheduleId?: string | undefined;
  /** The error's code. */
  code?: string;
}

/** Counts answers; `operation` is undefined for what is no call of the API. */
export interface RequestObserver {
  answered(operation: string | undefined, httpStatus: number, durationMs: number): void;
}

export interface RequestWatchers {
  readonly audit?: AuditLog | undefined;
  readonly observer?: RequestObserver | undefined;
}

/** Bounds of a line: nobody shall fill the disk with a few requests. */
const PATH_CHARS_MAX = 500;
const HEADER_CHARS_MAX = 200;

const notes = new WeakMap<Response, RequestNotes>();

/** The notes of the request that this answer is for. */
export function notesOf(response: Response): RequestNotes {
  let found = notes.get(response);
  if (found === undefined) notes.set(response, (found = {}));
  return found;
}

/** Writes an entry for each request that changes something or is refused, once it is answered or its client has left. */
export function watchRequests({ audit, observer }: RequestWatchers): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    const { method, originalUrl } = request;
    const from = request.socket.remoteAddress;
    response.once('close', () => {
      const status = response.headersSent ? response.statusCode : undefined;
      const durationMs = performance.now() - startedAt;
      const { operation, ...found } = notesOf(response);
      if (status !== undefined) observer?.answered(operation, status, durationMs);
      if (!changesSomething(method) && !isRefusal(status)) return;
      audit?.write({
        account: found.account,
        accessKeyId: found.accessKeyId,
        claimedAccessKeyId: found.accessKeyId === undefined ? found.claimedAccessKeyId : undefined,
        operation,
        jobId: found.jobId,
        scheduleId: found.scheduleId,
        method,
        path: (originalUrl.split('?', 1)[0] ?? '').slice(0, PATH_CHARS_MAX),
        from,
        forwardedFor: request.get('x-forwarded-for')?.slice(0, HEADER_CHARS_MAX),
        userAgent: request.get('user-agent')?.slice(0, HEADER_CHARS_MAX),
        status,
        code: found.code,
        requestId: requestIdOf(response),
        durationMs: Math.round(durationMs),
      });
    });
    next();
  };
}

function changesSomething(method: string): boolean {
  return method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500;
}
