import type { ErrorRequestHandler } from 'express';
import type { Logger } from '../../logging/logger';
import { notesOf } from '../audit';
import { discardBody } from '../discard-body';
import { toDroverError } from '../error-answer';
import { requestIdOf } from '../request-id';

/** The console sends it with each request. */
const PAGE_HEADER = 'x-drover-console';

/** RFC 9110, 11.6.1: with every 401. */
const CHALLENGES = ['Basic realm="Drover", charset="UTF-8"', 'Bearer realm="Drover"'];
/** For the console, which asks for the key itself: at the others, browsers would ask in a window of their own. */
const PAGE_CHALLENGES = ['Session realm="Drover"'];

/** `{error: {code, message, advice, requestId}}`, with the status of the failure catalogue. */
export function restErrorHandler(log: Logger): ErrorRequestHandler {
  return async (error: unknown, request, response, _next) => {
    const requestId = requestIdOf(response);
    const { advice, code, httpStatus, message } = toDroverError(error, requestId, log);
    notesOf(response).code = code;
    if (response.headersSent) {
      // A report's rows were on their way: a cut connection is the only way left to say that they are not complete.
      response.destroy();
      return;
    }
    await discardBody(request, response);
    if (httpStatus === 401) {
      const isPage = request.get(PAGE_HEADER) !== undefined;
      response.setHeader('WWW-Authenticate', isPage ? PAGE_CHALLENGES : CHALLENGES);
    }
    response.status(httpStatus).json({ error: { code, message, advice, requestId } });
  };
}
