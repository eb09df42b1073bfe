import { randomBytes } from 'node:crypto';
import { childEnvironment } from '../../config/dev';
import type { Part } from '../supervisor';

export interface SeaweedFsPartOptions {
  readonly binary: string;
  /** S3; the next four are taken too, and each of the five again plus 10,000 (gRPC). */
  readonly port: number;
  readonly dataDir: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export const SEAWEEDFS_PORTS = 5;
export const SEAWEEDFS_GRPC_OFFSET = 10_000;
const SIGNING_KEYS = ['SIGNING_KEY', 'SIGNING_READ_KEY', 'FILER_SIGNING_KEY', 'FILER_SIGNING_READ_KEY'].map(
  (name) => `WEED_JWT_${name}`,
);
/** All that it is told by environment: what stands before it, as Docker does, has to hand them on. */
export const SEAWEEDFS_VARIABLES: readonly string[] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', ...SIGNING_KEYS];
/** It refuses keys of fewer than 16. */
const SIGNING_KEY_BYTES = 32;

/**
 * SeaweedFS with all its servers in one process, on the loopback interface. Only the S3 port gives and takes data, and only for
 * requests signed with the key: a web page reaches a loopback port, too, and by itself the filer asks nobody for a key.
 */
export function seaweedFsPart(options: SeaweedFsPartOptions): Part {
  const { port } = options;
  const claimed = Array.from({ length: SEAWEEDFS_PORTS }, (_, index) => port + index);
  return {
    name: 's3',
    command: options.binary,
    args: [
      ...['mini', `-dir=${options.dataDir}`, '-ip=127.0.0.1', '-ip.bind=127.0.0.1', `-s3.port=${String(port)}`],
      // Derived from the S3 port, not left to chance: the data folder remembers its master by port.
      ...[`-master.port=${String(port + 1)}`, `-volume.port=${String(port + 2)}`, `-filer.port=${String(port + 3)}`],
      ...[
        `-admin.port=${String(port + 4)}`,
        '-admin.ui=false',
        '-s3.port.iceberg=0',
        '-s3.port.lance=0',
        '-webdav=false',
      ],
      // Master, volumes and filer speak gRPC among themselves, which no browser can; pages on other sites get no CORS from S3.
      ...['-disableHttp=true', `-s3.allowedOrigins=http://127.0.0.1:${String(port)}`],
      '-master.telemetry=false',
      // Each bucket takes a volume at least. By itself the number follows from the free disk: some sixty on a small one.
      '-volume.max=1000',
    ],
    env: childEnvironment({
      AWS_ACCESS_KEY_ID: options.accessKeyId,
      AWS_SECRET_ACCESS_KEY: options.secretAccessKey,
      ...signingKeys(),
    }),
    ports: claimed.flatMap((one) => [
      { port: one, variable: 'DROVER_S3_PORT' },
      { port: one + SEAWEEDFS_GRPC_OFFSET, variable: 'DROVER_S3_PORT' },
    ]),
    ready: async () => (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok,
    readyTimeoutMs: 60_000,
    // Its servers leave one after another, some 2 s in all.
    stopGraceMs: 15_000,
    leaves: socketFiles(port),
  };
}

/** What its servers sign requests to each other with: nothing outside the process needs it, and a restart may change it. */
function signingKeys(): Record<string, string> {
  return Object.fromEntries(SIGNING_KEYS.map((name) => [name, randomBytes(SIGNING_KEY_BYTES).toString('hex')]));
}

/** It makes them outside the data folder, and removes none. */
function socketFiles(port: number): string[] {
  const grpc = ['s3', 'master', 'volume', 'filer', 'admin'].map(
    (server, index) => `${server}-grpc-${String(port + index + SEAWEEDFS_GRPC_OFFSET)}`,
  );
  return [`s3-${String(port)}`, `filer-${String(port + 3)}`, ...grpc].map((name) => `/tmp/seaweedfs-${name}.sock`);
}
