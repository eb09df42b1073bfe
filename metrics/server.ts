import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bind } from '../config/access/bind';
import { hostName, isLoopbackHost } from '../config/access/exposure';
import type { ListenAddress } from '../config/config';
import { LIMITS } from '../contracts/limits';

export interface MetricsServer {
  /** With the port that was found, where any would do. */
  readonly address: ListenAddress;
  close(): Promise<void>;
}

export interface MetricsPage {
  /** What `GET /healthz` tells, by 200 or 503; absent: it is told elsewhere. */
  readonly isReady?: () => boolean;
  readonly contentType: string;
  /** The page's text. */
  read(): Promise<string>;
}

/**
 * Serves `GET /metrics` and `GET /healthz` and nothing else, without credentials: who reaches the address reads names of stores and
 * buckets, and numbers. On a loopback address, a request that names another host is refused, for a web page has sent it (DNS rebinding).
 * `setting` is what messages call the address. Rejects with InvalidConfiguration when it can't be bound.
 */
export async function serveMetrics(address: ListenAddress, setting: string, page: MetricsPage): Promise<MetricsServer> {
  const server = createServer({ requestTimeout: LIMITS.api.headersTimeoutMs }, (request, response) => {
    void answer(address, page, request, response);
  });
  server.maxConnections = LIMITS.metrics.connectionsMax;
  const bound = await bind(server, address, setting);
  // A scrape under way is no reason to stay.
  server.unref();
  return {
    address: bound,
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

const HEALTH = '/healthz';

interface Refusal {
  readonly status: number;
  readonly text: string;
}

async function answer(
  { host }: ListenAddress,
  page: MetricsPage,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  const refusal = refusalOf(host, page, request);
  if (refusal !== undefined) {
    if (refusal.status === 405) response.setHeader('Allow', 'GET, HEAD');
    end(response, refusal.status, refusal.text);
    return;
  }
  if (pathOf(request) === HEALTH) {
    const isReady = page.isReady?.() ?? false;
    end(response, isReady ? 200 : 503, isReady ? 'ok\n' : 'not ready\n');
    return;
  }
  try {
    const text = await page.read();
    response.setHeader('Content-Type', page.contentType);
    response.end(text);
  } catch (error) {
    end(response, 500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

function pathOf({ url = '' }: IncomingMessage): string {
  return url.split('?', 1)[0] ?? '';
}

function refusalOf(host: string, { isReady }: MetricsPage, request: IncomingMessage): Refusal | undefined {
  const { method, headers } = request;
  const path = pathOf(request);
  if (path !== '/metrics' && (path !== HEALTH || isReady === undefined)) {
    return { status: 404, text: 'Not found: the metrics are at /metrics\n' };
  }
  if (method !== 'GET' && method !== 'HEAD') return { status: 405, text: 'Use GET\n' };
  if (isLoopbackHost(host) && !isLoopbackHost(hostName(headers.host) ?? '')) {
    return { status: 403, text: 'The Host header names another machine\n' };
  }
  return undefined;
}

function end(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=utf-8');
  response.end(text);
}
