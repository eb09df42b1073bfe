import type { TemporalConfig } from './config';

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

function tlsOptions({ ca, cert, key, serverName }: NonNullable<TemporalConfig['tls']>) {
  return {
    ...(ca === undefined ? {} : { serverRootCACertificate: Buffer.from(ca) }),
    ...(cert === undefined || key === undefined
      ? {}
      : { clientCertPair: { crt: Buffer.from(cert), key: Buffer.from(key) } }),
    ...(serverName === undefined ? {} : { serverNameOverride: serverName }),
  };
}
