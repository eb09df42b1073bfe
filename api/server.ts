import { createServer, type RequestListener, type Server } from 'node:http';
import type { Logger } from 'pino';
import { LIMITS } from '../contracts/limits';
import { answerUnreadable } from './s3control/unreadable-request';

const DROPS_TOLD_INTERVAL_MS = 60_000;

/** A server for the app, which does not listen yet: what one client may take of it, before anybody knows who that is, is bounded. */
export function createApiServer(app: RequestListener, log: Pick<Logger, 'warn'>): Server {
  const server = createServer(
    {
      headersTimeout: LIMITS.apiHeadersTimeoutMs,
      requestTimeout: LIMITS.apiRequestTimeoutMs,
      connectionsCheckingInterval: LIMITS.apiTimeoutCheckIntervalMs,
    },
    app,
  );
  server.maxConnections = LIMITS.apiConnectionsMax;
  server.on('clientError', answerUnreadable);
  let toldAt = -Infinity;
  server.on('drop', () => {
    if (Date.now() - toldAt < DROPS_TOLD_INTERVAL_MS) return;
    toldAt = Date.now();
    log.warn({ connections: LIMITS.apiConnectionsMax }, 'connection limit reached: refusing connections');
  });
  return server;
}
