import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config, StoreConfig } from '../config/config';
import { DEFAULT_STORE } from '../config/defaults';
import { type DevConfig, userEnvironment } from '../config/dev';
import { NO_CONFIG_FILE } from '../config/environment';
import { loadConfigAndFile } from '../config/load';
import { defaultStore, workspaceCredentials, workspaceStore } from '../config/select';
import { defined } from '../contracts/defined';
import { ensureBuckets } from './buckets';
import { apiPart, workerPart } from './parts/drover';
import { assertPortsFree } from './parts/ports';
import { seaweedFsPart } from './parts/seaweedfs';
import { temporalPart } from './parts/temporal';
import type { Part, Supervisor } from './supervisor';
import { provideSeaweedFs } from './tools/seaweedfs';
import { provideTemporal } from './tools/temporal';

export interface StackOptions {
  readonly dev: DevConfig;
  /** Buckets to make besides the workspace. */
  readonly buckets?: readonly string[];
  /** New, for the same home. The caller keeps it to stop the stack, even one that is still starting. */
  readonly supervisor: Supervisor;
}

export interface Stack {
  /** What the API and the workers were started with. */
  readonly config: Config;
  readonly apiUrl: string;
  readonly s3Url: string;
  readonly temporalAddress: string;
  /** Absent when Temporal was given and nobody said where its UI is. */
  readonly temporalUiUrl?: string;
}

/**
 * Starts what `DevConfig` does not name as running already: Temporal, SeaweedFS, the API and the workers; makes the workspace
 * bucket. Rejects, with everything stopped again, when a part can't be had or does not become ready.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { dev, supervisor } = options;
  const [temporalCli, weed] = [
    dev.temporalAddress === undefined ? await provideTemporal(dev) : undefined,
    dev.s3Endpoint === undefined ? await provideSeaweedFs(dev) : undefined,
  ];
  const user = userEnvironment();
  const addresses = childSettings(dev);
  const { config, variables } = loadConfigAndFile({ ...user, ...addresses });
  const referred = Object.entries(user).filter(([name]) => variables.includes(name));
  const settings = { ...Object.fromEntries(referred), ...addresses };
  const parts = partsOf(dev, config, settings, { temporalCli, weed });
  await supervisor.claim();
  try {
    // All ports are checked before anything is started: what stands in the way is told at once, and nothing has to be taken down again.
    await assertPortsFree([...parts.servers, ...parts.drover].flatMap(({ ports }) => ports));
    await Promise.all(parts.servers.map((part) => supervisor.start(part)));
    const workspace = workspaceStore(config);
    await ensureBuckets(workspace, workspaceCredentials(config), [config.workspace.bucket], endpointSetting(workspace));
    const own = defaultStore(config);
    await ensureBuckets(own, own.credentials, options.buckets ?? [], endpointSetting(own));
    await Promise.all(parts.drover.map((part) => supervisor.start(part)));
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    config,
    apiUrl: `http://${dev.apiHost}:${String(dev.apiPort)}`,
    s3Url: defaultStore(config).endpoint,
    temporalAddress: config.temporal.address,
    ...defined({ temporalUiUrl: config.temporal.uiUrl }),
  };
}

/** The development server speaks no TLS, whatever the environment says of another one. */
const PLAIN_TEMPORAL = {
  TEMPORAL_TLS: 'false',
  TEMPORAL_TLS_CA: '',
  TEMPORAL_TLS_CERT: '',
  TEMPORAL_TLS_KEY: '',
  TEMPORAL_TLS_SERVER_NAME: '',
  TEMPORAL_API_KEY: '',
};

/** Addresses of the parts as the processes read them. */
function childSettings(dev: DevConfig): Record<string, string> {
  return {
    DROVER_CONFIG: dev.configFile ?? NO_CONFIG_FILE,
    DROVER_API_HOST: dev.apiHost,
    DROVER_API_PORT: String(dev.apiPort),
    DROVER_S3_ENDPOINT: dev.s3Endpoint ?? `http://127.0.0.1:${String(dev.s3Port)}`,
    TEMPORAL_ADDRESS: dev.temporalAddress ?? `127.0.0.1:${String(dev.temporalPort)}`,
    ...(dev.temporalAddress === undefined
      ? { TEMPORAL_UI_URL: `http://127.0.0.1:${String(dev.temporalUiPort)}`, ...PLAIN_TEMPORAL }
      : {}),
  };
}

/** `servers` must be ready before `drover` starts. */
interface Parts {
  readonly servers: readonly Part[];
  readonly drover: readonly Part[];
}

interface Binaries {
  readonly temporalCli: string | undefined;
  readonly weed: string | undefined;
}

function partsOf(dev: DevConfig, config: Config, env: Readonly<Record<string, string>>, binaries: Binaries): Parts {
  const { temporalCli, weed } = binaries;
  const workers = Array.from({ length: dev.workers }, (_, index) =>
    workerPart({ number: index + 1, env, temporal: config.temporal }),
  );
  return {
    servers: [
      ...(temporalCli === undefined ? [] : [temporal(dev, temporalCli, config.temporal.namespace)]),
      ...(weed === undefined ? [] : [seaweedFs(dev, weed, config)]),
    ],
    drover: [apiPart({ host: dev.apiHost, port: dev.apiPort, env }), ...workers],
  };
}

function temporal(dev: DevConfig, binary: string, namespace: string): Part {
  const databaseFile = join(dev.home, 'temporal.db');
  return temporalPart({ binary, port: dev.temporalPort, uiPort: dev.temporalUiPort, namespace, databaseFile });
}

function seaweedFs(dev: DevConfig, binary: string, config: Config): Part {
  const { credentials } = defaultStore(config);
  if (credentials.kind !== 'static') {
    throw new Error(
      `The store default has credentials of the kind ${credentials.kind}, which need DROVER_S3_ENDPOINT: the embedded store has a key pair`,
    );
  }
  const dataDir = join(dev.home, 's3');
  mkdirSync(dataDir, { recursive: true });
  return seaweedFsPart({ binary, port: dev.s3Port, dataDir, ...credentials });
}

/** What moves the address of a store: the variable for the default one, which the stack always sets, else the setting. */
function endpointSetting({ name }: StoreConfig): string {
  return name === DEFAULT_STORE ? 'DROVER_S3_ENDPOINT' : `stores.${name}.endpoint`;
}
