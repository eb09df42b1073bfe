import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, loadDevConfig, userEnvironment } from '../../../config/dev';
import { defined } from '../../../contracts/defined';
import { freePorts } from '../../../dev/parts/ports';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { SEAWEEDFS_GRPC_OFFSET, SEAWEEDFS_PORTS } from '../../../dev/parts/seaweedfs';
import { type Part, Supervisor } from '../../../dev/supervisor';
import {
  provideAwsCli,
  provideBoto3,
  provideMoto,
  providePowertools,
  provideSchemathesis,
} from '../../../dev/tools/python-tools';
import { provideServerless } from '../../../dev/tools/serverless';
import { provideTimeSkippingServer } from '../../../dev/tools/time-skipping-server';
import { provideVersityGw } from '../../../dev/tools/versitygw';

export const TEST_ACCESS_KEY = 'drover';
export const TEST_SECRET_KEY = 'drover-secret';

export interface TestStack {
  /** `host:port` */
  readonly temporalAddress: string;
  readonly s3Endpoint: string;
  /** Path of the workflows, bundled once for the run. */
  readonly workflowBundle: string;
}

/** The servers that the global setup started for this run. */
export function testStack(): TestStack {
  return {
    temporalAddress: required('DROVER_TEST_TEMPORAL_ADDRESS'),
    s3Endpoint: required('DROVER_TEST_S3_ENDPOINT'),
    workflowBundle: required('DROVER_TEST_WORKFLOW_BUNDLE'),
  };
}

/** Path of the official AWS CLI. Run it in `awsClientEnvironment()`. */
export function awsCli(): Promise<string> {
  return provideAwsCli(loadDevConfig());
}

/** Path of a Python 3 that can import boto3. */
export function boto3Python(): Promise<string> {
  return provideBoto3(loadDevConfig());
}

/** Path of a Python 3 that can import Powertools for AWS Lambda. */
export function powertoolsPython(): Promise<string> {
  return providePowertools(loadDevConfig());
}

export function schemathesis(): Promise<string> {
  return provideSchemathesis(loadDevConfig());
}

export function timeSkippingServer(): Promise<string> {
  return provideTimeSkippingServer(loadDevConfig());
}

/** Environment of an official client that must not meet the user's own profile, pager or instance metadata. */
export function awsClientEnvironment(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    ...Object.fromEntries(Object.entries(userEnvironment()).filter(([name]) => !name.startsWith('AWS_'))),
    AWS_ACCESS_KEY_ID: TEST_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: TEST_SECRET_KEY,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_PAGER: '',
    AWS_MAX_ATTEMPTS: '1',
    ...settings,
  };
}

export interface StartedServer {
  readonly url: string;
  /** Folder with all that it keeps; gone after `stop`. */
  readonly home: string;
  stop(): Promise<void>;
}

/** moto: S3 with archives that must be restored, Glacier vaults. State is its own; stop it in afterAll. */
export async function startMoto(): Promise<StartedServer> {
  const binary = await provideMoto(loadDevConfig());
  const port = await freePorts(1);
  const url = `http://127.0.0.1:${String(port)}`;
  return startServer(url, {
    name: 'moto',
    command: binary,
    args: ['-H', '127.0.0.1', '-p', String(port)],
    env: childEnvironment({}),
    ports: [{ port, variable: 'of moto' }],
    ready: () => answers(`${url}/moto-api/`),
    readyTimeoutMs: 60_000,
    stopGraceMs: 5_000,
  });
}

/** The Lambda Invoke API with the functions of test/support/lambda. */
export async function startServerlessOffline(): Promise<StartedServer> {
  const binary = await provideServerless(loadDevConfig());
  const port = await freePorts(2);
  const url = `http://127.0.0.1:${String(port)}`;
  const ports = ['--lambdaPort', String(port), '--httpPort', String(port + 1), '--host', '127.0.0.1'];
  return startServer(url, {
    name: 'lambda',
    command: binary,
    args: ['offline', ...ports, '--useInProcess', '--noPrependStageInUrl'],
    cwd: join(PROJECT_ROOT, 'test', 'support', 'lambda'),
    env: childEnvironment({
      SLS_TELEMETRY_DISABLED: '1',
      SLS_NOTIFICATIONS_MODE: 'off',
      AWS_ACCESS_KEY_ID: 'x',
      AWS_SECRET_ACCESS_KEY: 'x',
    }),
    ports: [port, port + 1].map((one) => ({ port: one, variable: 'of serverless-offline' })),
    ready: () => answers(url),
    readyTimeoutMs: 120_000,
    stopGraceMs: 5_000,
  });
}

/**
 * The Versity S3 Gateway over a folder: versions, object lock and checksums to the letter; no ACLs, no storage classes. A bucket
 * is a folder of `home/objects`.
 */
export async function startVersityGw(): Promise<StartedServer> {
  const binary = await provideVersityGw(loadDevConfig());
  const port = await freePorts(1);
  const url = `http://127.0.0.1:${String(port)}`;
  return startServer(url, (home) => {
    // Neither path may begin with the other.
    const [objects, versions] = ['objects', 'versions'].map((name) => join(home, name)) as [string, string];
    for (const folder of [objects, versions]) mkdirSync(folder);
    return {
      name: 'versitygw',
      command: binary,
      args: ['--port', `127.0.0.1:${String(port)}`, '--quiet', 'posix', '--versioning-dir', versions, objects],
      env: childEnvironment({ ROOT_ACCESS_KEY: TEST_ACCESS_KEY, ROOT_SECRET_KEY: TEST_SECRET_KEY }),
      ports: [{ port, variable: 'of versitygw' }],
      ready: () => answers(url),
      readyTimeoutMs: 30_000,
      stopGraceMs: 5_000,
    };
  });
}

async function startServer(url: string, partIn: Part | ((home: string) => Part)): Promise<StartedServer> {
  const home = mkdtempSync(join(tmpdir(), 'drover-server-'));
  const part = typeof partIn === 'function' ? partIn(home) : partIn;
  const supervisor = new Supervisor({ home, say: (line) => void process.stderr.write(`${line}\n`) });
  const stop = async (): Promise<void> => {
    await supervisor.stop();
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await supervisor.start(part);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, home, stop };
}

/** Any answer will do: an unknown path is refused only by a server that is up. */
async function answers(url: string): Promise<boolean> {
  await fetch(url);
  return true;
}

export interface DroverStackOptions {
  /** A folder that outlives the stack, to start another on it. Default: a new one, removed by `stop`. */
  readonly home?: string;
  readonly workers?: number;
  /** Use the run's shared servers instead of own ones. Own ones are needed where a test kills them. */
  readonly shared?: { readonly temporal?: boolean; readonly s3?: boolean };
  /** Further variables for the stack and its processes. */
  readonly env?: Readonly<Record<string, string>>;
  /** Ports of a former stack on the same home, to start again as it was. */
  readonly ports?: StackPorts;
}

export interface StackPorts {
  readonly api: number;
  readonly s3: number;
  readonly temporal: number;
  readonly temporalUi: number;
}

export interface DroverStack {
  readonly home: string;
  readonly ports: StackPorts;
  readonly apiUrl: string;
  readonly s3Endpoint: string;
  readonly temporalAddress: string;
  /** Process id of the supervisor, `npm run dev` itself. */
  readonly pid: number;
  /** Present process id of `api`, `worker-1`, `temporal`, `s3`; undefined when it does not run. */
  pidOf(name: string): number | undefined;
  /** What it has printed so far. */
  output(): string;
  /** SIGTERM, and the wait until it has ended. Gives the exit code. */
  stop(): Promise<number | null>;
}

const READY_TIMEOUT_MS = 120_000;

/** A full `npm run dev` of its own, as separate processes, for tests that kill them. Needs the compiled dist/, which `npm test` makes. */
export async function startDroverStack(options: DroverStackOptions = {}): Promise<DroverStack> {
  const home = options.home ?? mkdtempSync(join(tmpdir(), 'drover-stack-'));
  const ports = options.ports ?? (await choosePorts());
  const s3Endpoint = options.shared?.s3 === true ? testStack().s3Endpoint : undefined;
  const temporalAddress = options.shared?.temporal === true ? testStack().temporalAddress : undefined;
  const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist', 'dev', 'dev.js')], {
    cwd: PROJECT_ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...userEnvironment(),
      DROVER_HOME: home,
      DROVER_API_PORT: String(ports.api),
      DROVER_S3_PORT: String(ports.s3),
      DROVER_TEMPORAL_PORT: String(ports.temporal),
      DROVER_TEMPORAL_UI_PORT: String(ports.temporalUi),
      DROVER_DEV_WORKERS: String(options.workers ?? 1),
      ...defined({ DROVER_S3_ENDPOINT: s3Endpoint, TEMPORAL_ADDRESS: temporalAddress }),
      ...options.env,
    },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  await untilReady(child, () => printed);
  return {
    home,
    ports,
    apiUrl: `http://127.0.0.1:${String(ports.api)}`,
    s3Endpoint: s3Endpoint ?? `http://127.0.0.1:${String(ports.s3)}`,
    temporalAddress: temporalAddress ?? `127.0.0.1:${String(ports.temporal)}`,
    pid: child.pid ?? 0,
    pidOf: (name) => readPid(home, name),
    output: () => printed,
    stop: async () => {
      const code = await stopChild(child);
      if (options.home === undefined) rmSync(home, { recursive: true, force: true });
      return code;
    },
  };
}

async function choosePorts(): Promise<StackPorts> {
  const first = await freePorts(3);
  const s3 = await freePorts(SEAWEEDFS_PORTS, [SEAWEEDFS_GRPC_OFFSET]);
  return { api: first, temporal: first + 1, temporalUi: first + 2, s3 };
}

function untilReady(child: ChildProcess, printed: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (error?: Error): void => {
      clearTimeout(timer);
      child.stdout?.off('data', look);
      child.off('exit', died);
      if (error === undefined) resolve();
      else reject(error);
    };
    const look = (): void => {
      if (/^ready$/m.test(printed())) end();
    };
    const died = (): void => {
      end(new Error(`the stack ended before it was ready:\n${printed()}`));
    };
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      end(new Error(`the stack was not ready after ${String(READY_TIMEOUT_MS / 1_000)} s:\n${printed()}`));
    }, READY_TIMEOUT_MS);
    child.stdout?.on('data', look);
    child.on('exit', died);
  });
}

function readPid(home: string, name: string): number | undefined {
  try {
    return Number(readFileSync(join(home, 'run', `${name}.pid`), 'utf8'));
  } catch {
    return undefined;
  }
}

async function stopChild(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const ended = new Promise<number | null>((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGTERM');
  return ended;
}

function required(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run the tests with npm test`);
  return value;
}
