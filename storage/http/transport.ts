import { Pool } from 'undici';
import { type AnswerLimits, type HttpAnswer, type HttpStreamAnswer, StreamExchange, WholeExchange } from './exchange';
import { networkFault } from './network-fault';

export interface HttpRequest {
  readonly method: string;
  /** With query, encoded. */
  readonly path: string;
  /** Values are octets, one character for each. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** User metadata and the like may be longer than Node's 16 KiB. */
const HEADER_BYTES_MAX = 64 * 1024;
const CONNECT_TIMEOUT_MS = 10_000;

export interface HttpTransportOptions {
  /** PEM of the authorities that a certificate may be signed by; the system's when absent. */
  readonly ca?: string;
}

/** Pooled, kept-alive connections, one pool for each origin. Nothing is retried here. */
export class HttpTransport {
  private readonly pools = new Map<string, Pool>();

  constructor(private readonly options: HttpTransportOptions = {}) {}

  /**
   * Sends, and reads the whole answer. `timeoutMs` limits the wait for the answer's head, and then for each further piece of
   * it: a store keeps a long copy's connection alive with blanks (API_CopyObject).
   * Rejects with NetworkFault, or with the signal's reason as soon as it aborts.
   */
  exchange(
    origin: string,
    request: HttpRequest,
    timeoutMs: number,
    signal: AbortSignal | undefined,
    limits?: AnswerLimits,
  ): Promise<HttpAnswer> {
    return new Promise((resolve, reject) => {
      this.dispatch(origin, request, new WholeExchange(resolve, reject, timeoutMs, signal, limits));
    });
  }

  /** Like `exchange`, but the body comes as it arrives. */
  stream(
    origin: string,
    request: HttpRequest,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<HttpStreamAnswer> {
    return new Promise((resolve, reject) => {
      this.dispatch(origin, request, new StreamExchange(resolve, reject, timeoutMs, signal));
    });
  }

  /** Ends all connections, those in use abruptly. */
  async close(): Promise<void> {
    const pools = [...this.pools.values()];
    this.pools.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  private dispatch(origin: string, request: HttpRequest, exchange: WholeExchange | StreamExchange): void {
    const { path, method, headers, body } = request;
    try {
      // Without `reset: false` undici ends the connection after each HEAD.
      this.poolOf(origin).dispatch({ path, method, headers, body: body ?? null, reset: false }, exchange);
    } catch (error) {
      exchange.fail(networkFault(error, false));
    }
  }

  private poolOf(origin: string): Pool {
    let pool = this.pools.get(origin);
    if (!pool) {
      // Time limits are the exchange's own; the number of connections is bounded by the adaptive limits.
      pool = new Pool(origin, {
        pipelining: 1,
        headersTimeout: 0,
        bodyTimeout: 0,
        maxHeaderSize: HEADER_BYTES_MAX,
        connect: { timeout: CONNECT_TIMEOUT_MS, ...this.options },
      });
      this.pools.set(origin, pool);
    }
    return pool;
  }
}
