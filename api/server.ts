import { createServer, type RequestListener, type Server } from 'node:http';
import { LIMITS } from '../contracts/limits';
import type { Logger } from '../logging/logger';
import { answerUnreadable } from './s3control/unreadable-request';

const DROPS_TOLD_INTERVAL_MS = 60_000;

/** Other times than those of `LIMITS`: for tests. */
export interface ServerTimes {
  readonly requestTimeoutMs?: number;
  readonly checkIntervalMs?: number;
}

/** A server for the app, which does not listen yet: what one client may take of it, before anybody knows who that is, is bounded. */
export function createApiServer(app: RequestListener, log: Pick<Logger, 'warn'>, times: ServerTimes = {}): Server {
  const server = createServer(
    {
      headersTimeout: Math.min(LIMITS.api.headersTimeoutMs, times.requestTimeoutMs ?? Infinity),
      requestTimeout: times.requestTimeoutMs ?? LIMITS.api.requestTimeoutMs,
      connectionsCheckingInterval: times.checkIntervalMs ?? LIMITS.api.timeoutCheckIntervalMs,
    },
    app,
  );
  server.maxConnections = LIMITS.api.connectionsMax;
  server.on('clientError', answerUnreadable);
  let toldAt = -Infinity;
  server.on('drop', () => {
    if (Date.now() - toldAt < DROPS_TOLD_INTERVAL_MS) return;
    toldAt = Date.now();
    log.warn({ connections: LIMITS.api.connectionsMax }, 'connection limit reached: refusing connections');
  });
  return server;
}
