import { createServer, type RequestListener, type Server } from 'node:http';
import { LIMITS } from '../contracts/limits';
import type { Logger } from '../logging/logger';
import { answerUnreadable } from './s3control/unreadable-request';

const DROPS_TOLD_INTERVAL_MS = 60_000;
const CLOSE_GRACE_MS = 5_000;
const IDLE_CHECK_INTERVAL_MS = 50;

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

/**
 * Takes no more connections, and keeps none that is idle. Requests under way may end; a report that is being downloaded is cut
 * after `graceMs`.
 */
export async function closeApiServer(server: Server, graceMs = CLOSE_GRACE_MS): Promise<void> {
  const cut = setTimeout(() => server.closeAllConnections(), graceMs);
  // A connection whose answer has ended would be kept for the client's next request.
  const drain = setInterval(() => server.closeIdleConnections(), IDLE_CHECK_INTERVAL_MS);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(drain);
  clearTimeout(cut);
}
