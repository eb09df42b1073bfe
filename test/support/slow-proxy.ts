import {
  Agent,
  createServer,
  request as sendRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

/** One request that changes an object, as the proxy saw it. */
export interface SeenWrite {
  /** Path, decoded: `/bucket/key`. */
  readonly path: string;
  readonly copy: boolean;
  readonly arrivedAt: number;
  /** When the store's answer had been handed on. */
  answeredAt?: number;
  /** The client gave up before the answer. */
  cutOff?: boolean;
  /** It had reached the store by then. */
  forwarded?: boolean;
}

export interface SlowProxy {
  readonly url: string;
  /** Copies, in the order of their arrival. */
  readonly copies: readonly SeenWrite[];
  /** Waiting time of each copy before it goes on to the store, in ms. */
  delayMs: number;
  /** Copies that have arrived and are neither answered nor given up. */
  inFlight(): number;
  /** From now on nothing listens on the port, and open connections are cut: a store that is down. */
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

/** An HTTP proxy in front of a store that passes everything on as it came, Host included, for that is signed; copies take their time. */
export async function startSlowProxy(target: string, delayMs: number): Promise<SlowProxy> {
  const { hostname, port } = new URL(target);
  const agent = new Agent({ keepAlive: true, maxSockets: 256 });
  const copies: SeenWrite[] = [];
  const proxy = { delayMs };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const seen = seenWrite(request);
    if (seen.copy) copies.push(seen);
    const forward = (): void => {
      if (response.destroyed) return;
      seen.forwarded = true;
      const onward = sendRequest(
        {
          agent,
          hostname,
          port,
          method: request.method,
          path: request.url,
          headers: request.rawHeaders,
          setHost: false,
        },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
          answer.pipe(response);
        },
      );
      onward.on('error', () => response.destroy());
      request.pipe(onward);
    };
    response.once('close', () => {
      if (response.writableFinished) seen.answeredAt = Date.now();
      else seen.cutOff = true;
    });
    if (seen.copy && proxy.delayMs > 0) setTimeout(forward, proxy.delayMs);
    else forward();
  };
  let server = await listen(handle, 0);
  const listeningPort = (server.address() as AddressInfo).port;
  const stop = async (): Promise<void> => {
    if (!server.listening) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${listeningPort}`,
    copies,
    get delayMs() {
      return proxy.delayMs;
    },
    set delayMs(value) {
      proxy.delayMs = value;
    },
    inFlight: () => copies.filter(({ answeredAt, cutOff }) => answeredAt === undefined && cutOff === undefined).length,
    stop,
    start: async () => {
      server = await listen(handle, listeningPort);
    },
    close: async () => {
      await stop();
      agent.destroy();
    },
  };
}

async function listen(
  handle: (request: IncomingMessage, response: ServerResponse) => void,
  port: number,
): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

function seenWrite(request: IncomingMessage): SeenWrite {
  const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
  return { path, copy: request.headers['x-amz-copy-source'] !== undefined, arrivedAt: Date.now() };
}
