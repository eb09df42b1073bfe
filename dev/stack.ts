import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config/config';
import { userEnvironment, type DevConfig } from '../config/dev';
import { NO_CONFIG_FILE } from '../config/environment';
import { loadConfigAndFile } from '../config/load';
import { defaultStore, workspaceCredentials, workspaceStore } from '../config/select';
import { ensureBuckets } from './buckets';
import { apiPart, workerPart } from './parts/drover';
import { seaweedFsPart } from './parts/seaweedfs';
import { temporalPart } from './parts/temporal';
import type { Supervisor } from './supervisor';
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
  await supervisor.claim();
  try {
    await Promise.all([
      temporalCli === undefined ? undefined : startTemporal(supervisor, dev, temporalCli, config.temporal.namespace),
      weed === undefined ? undefined : startSeaweedFs(supervisor, dev, weed, config),
    ]);
    await ensureBuckets(workspaceStore(config), workspaceCredentials(config), [config.workspace.bucket]);
    const own = defaultStore(config);
    await ensureBuckets(own, own.credentials, options.buckets ?? []);
    await startDrover(supervisor, dev, config, settings);
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
  return {
    config,
    apiUrl: `http://${dev.apiHost}:${String(dev.apiPort)}`,
    s3Url: defaultStore(config).endpoint,
    temporalAddress: config.temporal.address,
    ...(config.temporal.uiUrl === undefined ? {} : { temporalUiUrl: config.temporal.uiUrl }),
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

async function startTemporal(supervisor: Supervisor, dev: DevConfig, binary: string, namespace: string): Promise<void> {
  const databaseFile = join(dev.home, 'temporal.db');
  await supervisor.start(
    temporalPart({ binary, port: dev.temporalPort, uiPort: dev.temporalUiPort, namespace, databaseFile }),
  );
}

async function startSeaweedFs(supervisor: Supervisor, dev: DevConfig, binary: string, config: Config): Promise<void> {
  const { credentials } = defaultStore(config);
  if (credentials.kind !== 'static') {
    throw new Error(
      `The store default has credentials of the kind ${credentials.kind}, which need DROVER_S3_ENDPOINT: the embedded store has a key pair`,
    );
  }
  const dataDir = join(dev.home, 's3');
  mkdirSync(dataDir, { recursive: true });
  await supervisor.start(seaweedFsPart({ binary, port: dev.s3Port, dataDir, ...credentials }));
}

async function startDrover(
  supervisor: Supervisor,
  dev: DevConfig,
  config: Config,
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const workers = Array.from({ length: dev.workers }, (_, index) =>
    supervisor.start(workerPart({ number: index + 1, env, temporal: config.temporal })),
  );
  await Promise.all([supervisor.start(apiPart({ host: dev.apiHost, port: dev.apiPort, env })), ...workers]);
}
