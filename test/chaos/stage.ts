/**
 * The real parts, each a process that can be killed, frozen and started again by itself: Temporal and SeaweedFS on their data,
 * the API, and workers; each of the latter reaches the store through a fault proxy of its own. The stage stays up across seeds.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Config } from '../../config/config';
import { loadDevConfig } from '../../config/dev';
import { loadConfig } from '../../config/load';
import { defaultStore } from '../../config/select';
import { ensureBuckets } from '../../dev/buckets';
import { apiPart, workerPart } from '../../dev/parts/drover';
import { freePorts } from '../../dev/parts/ports';
import { signalGroup } from '../../dev/parts/process-identity.cjs';
import { PROJECT_ROOT } from '../../dev/parts/project-root';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS, seaweedFsPart } from '../../dev/parts/seaweedfs';
import { temporalPart } from '../../dev/parts/temporal';
import type { Part } from '../../dev/supervisor';
import { provideSeaweedFs } from '../../dev/tools/seaweedfs';
import { provideTemporal } from '../../dev/tools/temporal';
import { eventually } from '../support/eventually';
import { TEST_ACCESS_KEY, TEST_SECRET_KEY } from '../support/servers/stack';
import { type FaultProxy, startFaultProxy } from './fault-proxy';
import { Random } from './random';
import { BUCKETS } from './rows';
import { type PartName, PARTS, STORE_CLIENTS, type StoreClient, WORKERS } from './script';

/** The smallest that Drover takes: so long a worker that is gone is not missed. */
export const HEARTBEAT_TIMEOUT_SECONDS = 5;
const PREFIX = 'chaos';
const REVIVE_AFTER_MS = 500;
/** A worker that finds no Temporal when it starts ends, for whoever supervises it to start it again. */
const TEMPORAL_MISSED_MS = 15_000;
const LOG_TAIL_CHARS = 2_000;

export interface Stage {
  readonly config: Config;
  readonly apiUrl: string;
  /** Past the proxies. */
  readonly s3Url: string;
  readonly temporalAddress: string;
  readonly home: string;
  readonly proxies: Readonly<Record<StoreClient, FaultProxy>>;
  kill(part: PartName): void;
  freeze(part: PartName): void;
  thaw(part: PartName): void;
  /** What was killed is started again; resolves at once. */
  start(part: PartName): void;
  /** Thaws and starts everything else, and resolves when all of it is ready. */
  heal(except?: readonly PartName[]): Promise<void>;
  /** Processes that ended although nobody had killed them, since it was last asked. */
  takeDeaths(): string[];
  close(): Promise<void>;
}

export async function startStage(say: (line: string) => void): Promise<Stage> {
  const home = mkdtempSync(join(tmpdir(), 'drover-chaos-'));
  const dev = loadDevConfig();
  const [temporalCli, weed] = [await provideTemporal(dev), await provideSeaweedFs(dev)];
  const first = await freePorts(2);
  const s3Port = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  const s3Url = `http://127.0.0.1:${s3Port}`;
  const temporalAddress = `127.0.0.1:${first + 1}`;
  const opened = await Promise.all(
    STORE_CLIENTS.map(async (name, index) => [name, await startFaultProxy(s3Url, new Random(index))] as const),
  );
  const proxies = Object.fromEntries(opened) as Record<StoreClient, FaultProxy>;
  const settings = (client: StoreClient): Record<string, string> => ({
    DROVER_CONFIG: 'none',
    DROVER_S3_ENDPOINT: proxies[client].url,
    DROVER_TASK_QUEUE: PREFIX,
    DROVER_WORKSPACE_BUCKET: 'chaos-workspace',
    DROVER_HEARTBEAT_TIMEOUT_SECONDS: String(HEARTBEAT_TIMEOUT_SECONDS),
    DROVER_LOG_LEVEL: 'warn',
    TEMPORAL_ADDRESS: temporalAddress,
    NODE_OPTIONS: `--require=${join(PROJECT_ROOT, 'test', 'chaos', 'small-limits.cjs')}`,
  });
  const config = loadConfig({ ...settings('api'), DROVER_S3_ENDPOINT: s3Url, NODE_OPTIONS: '' });
  const dataDir = join(home, 's3');
  mkdirSync(dataDir);
  mkdirSync(join(home, 'log'));
  const credentials = { accessKeyId: TEST_ACCESS_KEY, secretAccessKey: TEST_SECRET_KEY };
  const parts: Record<PartName, Part> = {
    store: seaweedFsPart({ binary: weed, port: s3Port, dataDir, ...credentials }),
    temporal: temporalPart({
      binary: temporalCli,
      port: first + 1,
      namespace: 'default',
      databaseFile: join(home, 'temporal.db'),
    }),
    api: apiPart({ host: '127.0.0.1', port: first, env: settings('api') }),
    ...(Object.fromEntries(
      WORKERS.map((name, index) => [
        name,
        workerPart({ number: index + 1, env: settings(name), temporal: config.temporal }),
      ]),
    ) as Record<(typeof WORKERS)[number], Part>),
  };
  const processes = new Processes(home, parts, say);
  // Also when the run is interrupted: after the processes, which end on exit too.
  process.once('exit', () => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  try {
    await Promise.all([processes.startReady('store'), processes.startReady('temporal')]);
    const store = defaultStore(config);
    await ensureBuckets(store, store.credentials, ['chaos-workspace', ...BUCKETS]);
    await Promise.all((['api', ...WORKERS] as const).map((name) => processes.startReady(name)));
  } catch (error) {
    processes.end();
    throw error;
  }
  return {
    config,
    apiUrl: `http://127.0.0.1:${first}`,
    s3Url,
    temporalAddress,
    home,
    proxies,
    kill: (part) => processes.kill(part),
    freeze: (part) => processes.signal(part, 'SIGSTOP'),
    thaw: (part) => processes.signal(part, 'SIGCONT'),
    start: (part) => processes.start(part),
    heal: (except) => processes.heal(except),
    takeDeaths: () => processes.takeDeaths(),
    close: async () => {
      processes.end();
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Held {
  child: ChildProcess;
  wanted: boolean;
}

/** Process groups of their own, and a reaper for them, as under the supervisor of `npm run dev`, but nobody revives what was killed. */
class Processes {
  private readonly held = new Map<PartName, Held>();
  private readonly reaper = spawn(process.execPath, [join(PROJECT_ROOT, 'dev', 'parts', 'reaper.cjs')], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  private deaths: string[] = [];
  private temporalMissedAt = 0;
  private ended = false;

  constructor(
    private readonly home: string,
    private readonly parts: Readonly<Record<PartName, Part>>,
    private readonly say: (line: string) => void,
  ) {
    this.reaper.unref();
    process.once('exit', () => this.end());
  }

  start(name: PartName): void {
    if (this.ended || this.held.get(name)?.wanted === true) return;
    const part = this.parts[name];
    const log = openSync(this.logFile(name), 'a');
    const child = spawn(part.command, part.args, { detached: true, env: part.env, stdio: ['ignore', log, log] });
    closeSync(log);
    const held = { child, wanted: true };
    this.held.set(name, held);
    this.reaper.stdin?.write(`+${child.pid}\n`);
    child.once('exit', (code, signal) => {
      this.reaper.stdin?.write(`-${child.pid}\n`);
      if (held.wanted) this.died(name, held, signal ?? `exit code ${code}`);
    });
  }

  private died(name: PartName, held: Held, how: string): void {
    if (this.ended) return;
    held.wanted = false;
    const temporal = this.held.get('temporal');
    const excused = temporal?.wanted !== true || Date.now() - this.temporalMissedAt < TEMPORAL_MISSED_MS;
    const text = `${name} ended by itself (${how}): ${this.logTail(name)}`;
    if (excused && WORKERS.some((worker) => worker === name)) this.say(text);
    else this.deaths.push(text);
    setTimeout(() => this.start(name), REVIVE_AFTER_MS).unref();
  }

  kill(name: PartName): void {
    const held = this.held.get(name);
    if (!held?.wanted) return;
    held.wanted = false;
    if (name === 'temporal') this.temporalMissedAt = Date.now();
    signalGroup(held.child.pid ?? 0, 'SIGKILL');
  }

  signal(name: PartName, signal: 'SIGSTOP' | 'SIGCONT'): void {
    const held = this.held.get(name);
    if (name === 'temporal') this.temporalMissedAt = Date.now();
    if (held?.wanted) signalGroup(held.child.pid ?? 0, signal);
  }

  async startReady(name: PartName): Promise<void> {
    this.start(name);
    await this.ready(name);
  }

  private async ready(name: PartName): Promise<void> {
    const part = this.parts[name];
    await eventually(
      () => part.ready(this.held.get(name)?.child.pid ?? 0).catch(() => false),
      (yes) => yes,
      part.readyTimeoutMs,
    ).catch(() => {
      throw new Error(`${name} does not get ready: ${this.logTail(name)}`);
    });
  }

  async heal(except: readonly PartName[] = []): Promise<void> {
    const well = PARTS.filter((name) => !except.includes(name));
    for (const name of well) {
      this.signal(name, 'SIGCONT');
      this.start(name);
    }
    for (const name of well) {
      await this.ready(name).catch((error: unknown) => {
        if (name !== 'temporal') throw error;
        // The development server does not always recover from a freeze: its database stays "interrupted".
        this.say(`temporal is started again: ${error instanceof Error ? error.message.slice(0, 200) : ''}`);
        this.kill(name);
        return this.startReady(name);
      });
    }
  }

  takeDeaths(): string[] {
    const taken = this.deaths;
    this.deaths = [];
    return taken;
  }

  end(): void {
    if (this.ended) return;
    this.ended = true;
    for (const { child } of this.held.values()) {
      if (child.exitCode === null && child.signalCode === null) signalGroup(child.pid ?? 0, 'SIGKILL');
    }
    this.reaper.stdin?.end();
  }

  private logFile(name: string): string {
    return join(this.home, 'log', `${name}.log`);
  }

  private logTail(name: string): string {
    return readFileSync(this.logFile(name), 'utf8').slice(-LOG_TAIL_CHARS);
  }
}
