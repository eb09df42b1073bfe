import { rmSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Config } from '../config/config';
import { type DevConfig, loadDevConfig, userEnvironment } from '../config/dev';
import { NO_CONFIG_FILE } from '../config/environment';
import { DEV_ACCESS_KEY, DEV_SECRET_KEY, loadConfig } from '../config/load';
import { workspaceCredentials, workspaceStore } from '../config/select';
import { defined } from '../contracts/defined';
import { ensureBuckets } from '../dev/buckets';
import { apiPart, workerPart } from '../dev/parts/drover';
import { freePorts } from '../dev/parts/ports';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS, seaweedFsPart } from '../dev/parts/seaweedfs';
import { temporalPart } from '../dev/parts/temporal';
import type { Supervisor } from '../dev/supervisor';
import { provideSeaweedFs } from '../dev/tools/seaweedfs';
import { provideTemporal } from '../dev/tools/temporal';
import type { Context } from './part';
import { clockTicksPerSecond, groupCpuSeconds, usageAvailable } from './process-usage';
import { stubPart, wholeStubPart } from './tools/stubs/stub';

export const BUCKETS = { source: 'bench-source', target: 'bench-target', reports: 'bench-reports' } as const;
/** Answered by the stub, and nowhere else: no such buckets exist. */
export const STUB_BUCKETS = { source: 'stub-source', target: 'stub-target' } as const;
const NAMESPACE = 'default';

export interface BenchStackOptions {
  /**
   * Puts a stub before the store: requests on `stub-…` buckets are answered at once, all others pass. `puts` knows PUT only,
   * and costs next to nothing; `whole` knows every call, and is the function service too.
   */
  readonly stub: 'none' | 'puts' | 'whole';
  /** Worker processes; 1 by default. */
  readonly workers?: number;
}

export interface BenchStack {
  /** What the API and the worker were started with. */
  readonly config: Config;
  readonly apiUrl: string;
  /** The same, past the stub. */
  readonly storeConfig: Config;
  readonly temporal: Client;
  /** "nginx", or what stands in for it. */
  readonly stub?: string;
  readonly home: string;
  /** The process id of the first worker. */
  readonly workerPid: number;
  /** Seconds of CPU used so far by each part: api, s3, stub, temporal, worker (further ones are worker-2 and so on). */
  cpuSeconds(): Record<string, number>;
  /** Text of the server's Prometheus page. */
  temporalMetrics(): Promise<string>;
}

/** Runs `work` on a stack of its own: free ports, a temporary folder. Everything is stopped and removed afterwards. */
export async function withStack<T>(
  context: Context,
  options: BenchStackOptions,
  work: (stack: BenchStack) => Promise<T>,
): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), 'drover-bench-'));
  const remove = (): void => {
    rmSync(home, { recursive: true, force: true });
  };
  process.once('exit', remove);
  const supervisor = context.lifetime.supervise(home);
  let connection: Connection | undefined;
  let scraping: NodeJS.Timeout | undefined;
  try {
    const ports = await choosePorts();
    const settings = await startServers(supervisor, home, ports, options);
    const config = loadConfig({ ...userEnvironment(), ...settings.env });
    const storeConfig = { ...config, stores: [{ ...workspaceStore(config), endpoint: settings.storeUrl }] };
    await ensureBuckets(workspaceStore(storeConfig), workspaceCredentials(config), [
      config.workspace.bucket,
      ...Object.values(BUCKETS),
    ]);
    const watched = context.metrics === true ? [ports.apiMetrics, ports.workerMetrics] : [];
    await startDrover(context, supervisor, config, { ...settings.env, ...metricsEnv(watched) }, options.workers ?? 1);
    scraping = scrapeEverySecond(watched);
    connection = await Connection.connect({ address: config.temporal.address });
    const ticks = await clockTicksPerSecond();
    const groups = partGroups(supervisor, options.workers ?? 1);
    return await work({
      config,
      apiUrl: `http://127.0.0.1:${String(ports.api)}`,
      storeConfig,
      temporal: new Client({ connection, namespace: NAMESPACE }),
      ...defined({ stub: settings.stub }),
      home,
      workerPid: groups['worker'] ?? 0,
      cpuSeconds: () => groupCpuSeconds(groups, ticks),
      temporalMetrics: async () => (await fetch(`http://127.0.0.1:${String(ports.temporalMetrics)}/metrics`)).text(),
    });
  } finally {
    clearInterval(scraping);
    await connection?.close();
    await supervisor.stop();
    process.off('exit', remove);
    remove();
  }
}

/** Seconds of CPU that a part of the stack uses from now on; NaN where that can't be told. */
export function cpuSince(stack: BenchStack): (part: string) => number {
  const before = usageAvailable() ? stack.cpuSeconds() : {};
  return (part) => ((usageAvailable() ? stack.cpuSeconds()[part] : undefined) ?? Number.NaN) - (before[part] ?? 0);
}

interface Ports {
  readonly s3: number;
  readonly api: number;
  readonly temporal: number;
  readonly temporalMetrics: number;
  readonly stub: number;
  readonly apiMetrics: number;
  readonly workerMetrics: number;
}

async function choosePorts(): Promise<Ports> {
  const s3 = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  const api = await freePorts(6);
  const [temporal, temporalMetrics, stub, apiMetrics, workerMetrics] = [api + 1, api + 2, api + 3, api + 4, api + 5];
  return { s3, api, temporal, temporalMetrics, stub, apiMetrics, workerMetrics };
}

interface ServerSettings {
  /** For the API and the worker. */
  readonly env: Readonly<Record<string, string>>;
  readonly storeUrl: string;
  readonly stub?: string;
}

async function startServers(
  supervisor: Supervisor,
  home: string,
  ports: Ports,
  { stub }: BenchStackOptions,
): Promise<ServerSettings> {
  const dev = loadDevConfig();
  const storeUrl = `http://127.0.0.1:${String(ports.s3)}`;
  const stubUrl = `http://127.0.0.1:${String(ports.stub)}`;
  await supervisor.claim();
  await Promise.all([startTemporal(supervisor, dev, home, ports), startSeaweedFs(supervisor, dev, home, ports)]);
  const stubOptions = { dev, home, port: ports.stub, upstreamPort: ports.s3 };
  const before =
    stub === 'none' ? undefined : stub === 'puts' ? await stubPart(stubOptions) : wholeStubPart(stubOptions);
  if (before !== undefined) await supervisor.start(before.part);
  return {
    storeUrl,
    ...(before === undefined ? {} : { stub: before.kind }),
    // Named in full: what the user's environment says of another installation must not leak in.
    env: {
      DROVER_CONFIG: NO_CONFIG_FILE,
      DROVER_API_HOST: '127.0.0.1',
      DROVER_API_PORT: String(ports.api),
      DROVER_S3_ENDPOINT: before === undefined ? storeUrl : stubUrl,
      ...(stub === 'whole' ? { DROVER_LAMBDA_ENDPOINT: stubUrl } : {}),
      DROVER_S3_CREDENTIALS: 'static',
      DROVER_S3_ACCESS_KEY: DEV_ACCESS_KEY,
      DROVER_S3_SECRET_KEY: DEV_SECRET_KEY,
      DROVER_S3_PATH_STYLE: 'true',
      TEMPORAL_ADDRESS: `127.0.0.1:${String(ports.temporal)}`,
      TEMPORAL_NAMESPACE: NAMESPACE,
    },
  };
}

async function startTemporal(supervisor: Supervisor, dev: DevConfig, home: string, ports: Ports): Promise<void> {
  const part = temporalPart({
    binary: await provideTemporal(dev),
    port: ports.temporal,
    namespace: NAMESPACE,
    databaseFile: join(home, 'temporal.db'),
  });
  await supervisor.start({ ...part, args: [...part.args, '--metrics-port', String(ports.temporalMetrics)] });
}

async function startSeaweedFs(supervisor: Supervisor, dev: DevConfig, home: string, ports: Ports): Promise<void> {
  const dataDir = join(home, 's3');
  await mkdir(dataDir, { recursive: true });
  const binary = await provideSeaweedFs(dev);
  const keys = { accessKeyId: DEV_ACCESS_KEY, secretAccessKey: DEV_SECRET_KEY };
  await supervisor.start(seaweedFsPart({ binary, port: ports.s3, dataDir, ...keys }));
}

async function startDrover(
  context: Context,
  supervisor: Supervisor,
  config: Config,
  env: Readonly<Record<string, string>>,
  workers: number,
): Promise<void> {
  const { profileFolder } = context;
  const profiling =
    profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`, '--cpu-prof-interval=500'];
  const parts = [
    apiPart({ host: config.api.host, port: config.api.port, env }),
    ...Array.from({ length: workers }, (_, index) =>
      workerPart({ number: index + 1, env: index === 0 ? env : withoutPort(env), temporal: config.temporal }),
    ),
  ];
  await Promise.all(parts.map((part) => supervisor.start({ ...part, args: [...profiling, ...part.args] })));
}

function metricsEnv([api, worker]: readonly number[]): Record<string, string> {
  if (api === undefined || worker === undefined) return {};
  return {
    DROVER_API_METRICS_ADDRESS: `127.0.0.1:${String(api)}`,
    DROVER_WORKER_METRICS_ADDRESS: `127.0.0.1:${String(worker)}`,
  };
}

/** One port is for one worker. */
function withoutPort({ DROVER_WORKER_METRICS_ADDRESS: _port, ...env }: Readonly<Record<string, string>>) {
  return env;
}

/** Far more often than Prometheus does. */
function scrapeEverySecond(ports: readonly number[]): NodeJS.Timeout {
  return setInterval(() => {
    for (const port of ports) {
      void fetch(`http://127.0.0.1:${String(port)}/metrics`)
        .then((answer) => answer.text())
        .catch(() => undefined);
    }
  }, 1_000);
}

/** Every part leads a process group of its own. */
function partGroups(supervisor: Supervisor, workers: number): Record<string, number> {
  const groups: Record<string, number> = {};
  const names = { api: 'api', s3: 's3', stub: 'stub', temporal: 'temporal', worker: 'worker-1' };
  const further = Array.from({ length: workers - 1 }, (_, index) => `worker-${String(index + 2)}`);
  for (const [name, part] of [...Object.entries(names), ...further.map((one) => [one, one] as const)]) {
    const pid = supervisor.pid(part);
    if (pid !== undefined) groups[name] = pid;
  }
  return groups;
}
