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

/** SeaweedFS with all its servers in one process, on the loopback interface. */
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
    ],
    env: childEnvironment({ AWS_ACCESS_KEY_ID: options.accessKeyId, AWS_SECRET_ACCESS_KEY: options.secretAccessKey }),
    ports: claimed.flatMap((one) => [
      { port: one, variable: 'DROVER_S3_PORT' },
      { port: one + SEAWEEDFS_GRPC_OFFSET, variable: 'DROVER_S3_PORT' },
    ]),
    ready: async () => (await fetch(`http://127.0.0.1:${String(port)}/healthz`)).ok,
    readyTimeoutMs: 60_000,
    // Its servers leave one after another, some 2 s in all.
    stopGraceMs: 15_000,
  };
}
