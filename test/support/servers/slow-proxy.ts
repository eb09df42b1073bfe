import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenOn, Onward, stopListening } from './forward';

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

/** An HTTP proxy in front of a store that passes everything on as it came; copies take their time. */
export async function startSlowProxy(target: string, delayMs: number): Promise<SlowProxy> {
  const onward = new Onward(target);
  const copies: SeenWrite[] = [];
  const proxy = { delayMs };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    const seen = seenWrite(request);
    if (seen.copy) copies.push(seen);
    const forward = (): void => {
      if (response.destroyed) return;
      seen.forwarded = true;
      onward.send(request, response);
    };
    response.once('close', () => {
      if (response.writableFinished) seen.answeredAt = Date.now();
      else seen.cutOff = true;
    });
    if (seen.copy && proxy.delayMs > 0) setTimeout(forward, proxy.delayMs);
    else forward();
  };
  let server = await listenOn(0, handle);
  const listeningPort = (server.address() as AddressInfo).port;
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
    stop: () => stopListening(server),
    start: async () => {
      server = await listenOn(listeningPort, handle);
    },
    close: async () => {
      await stopListening(server);
      onward.close();
    },
  };
}

function seenWrite(request: IncomingMessage): SeenWrite {
  const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
  return { path, copy: request.headers['x-amz-copy-source'] !== undefined, arrivedAt: Date.now() };
}
