import { defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { TemporalConfig } from '../config/config';
import { defined } from '../contracts/defined';
import { LIMITS } from '../contracts/limits';

/** What both connections of Temporal's SDK take, the client's and the worker's. */
export interface TemporalConnectionOptions {
  readonly address: string;
  /** `false` is said, because an API key alone would turn TLS on. */
  readonly tls:
    | false
    | {
        readonly serverRootCACertificate?: Uint8Array;
        readonly clientCertPair?: { readonly crt: Uint8Array; readonly key: Uint8Array };
        readonly serverNameOverride?: string;
      };
  readonly apiKey?: string;
  readonly metadata?: Record<string, string>;
}

export function temporalConnectionOptions(config: TemporalConfig): TemporalConnectionOptions {
  const { address, namespace, tls, apiKey } = config;
  return {
    address,
    tls: tls === undefined ? false : tlsOptions(tls),
    // Temporal Cloud's regional endpoints serve many namespaces and tell them apart by this header.
    ...(apiKey === undefined ? {} : { apiKey, metadata: { 'temporal-namespace': namespace } }),
  };
}

/** gRPC's UNAVAILABLE with these words: nobody listens. A second attempt is for a server that is being replaced; more would only delay the answer. */
const UNAVAILABLE = 14;
const NOBODY_LISTENS = /ECONNREFUSED|No connection established/;
const REFUSED_ATTEMPTS_MAX = 2;
/** grpc-js waits up to two minutes between two attempts to connect: a Temporal that is back would not be noticed. */
const RECONNECT_INITIAL_MS = 250;
const RECONNECT_MAX_MS = 1_000;

/** gRPC's RESOURCE_EXHAUSTED. The SDK goes on until the call's deadline, and what was exhausted then looks like silence. */
const RESOURCE_EXHAUSTED = 8;
const EXHAUSTED_ATTEMPTS_MAX = 2;

/** What the client's connection takes besides. */
export function temporalClientOptions(config: TemporalConfig) {
  const retry = defaultGrpcRetryOptions();
  const interceptor = makeGrpcRetryInterceptor({
    ...retry,
    retryableDecider: (attempt, status) => {
      const code: number = status.code;
      const lasting = isTooLarge(status.details) || attempt >= EXHAUSTED_ATTEMPTS_MAX;
      if (code === RESOURCE_EXHAUSTED && lasting) return false;
      const isRefused = code === UNAVAILABLE && NOBODY_LISTENS.test(status.details);
      return !(isRefused && attempt >= REFUSED_ATTEMPTS_MAX) && retry.retryableDecider(attempt, status);
    },
  });
  return {
    ...temporalConnectionOptions(config),
    channelArgs: {
      'grpc.max_receive_message_length': LIMITS.api.temporalAnswerBytesMax,
      'grpc.initial_reconnect_backoff_ms': RECONNECT_INITIAL_MS,
      'grpc.max_reconnect_backoff_ms': RECONNECT_MAX_MS,
    },
    interceptors: [interceptor],
  };
}

/** In the words of grpc-js, grpc-go and Temporal: a message in either direction that is larger than one of them takes. */
export function isTooLarge(details: string): boolean {
  if (/larger than max|too large/i.test(details)) return true;
  const exceeds = details.search(/exceeds? /i);
  return exceeds >= 0 && /limit|size/i.test(details.slice(exceeds));
}

function tlsOptions({ ca, cert, key, serverName }: NonNullable<TemporalConfig['tls']>) {
  return {
    ...(ca === undefined ? {} : { serverRootCACertificate: Buffer.from(ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) } }),
    ...defined({ serverNameOverride: serverName }),
  };
}
