/**
 * Goal: API and worker that are told to stop end at once and in order, also while Temporal is away, however often they are told.
 * Method: the processes themselves, before a Temporal that does not listen, that accepts and says nothing, that is frozen, that is killed.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { childEnvironment, loadDevConfig } from '../../../config/dev';
import { freePorts } from '../../../dev/parts/ports';
import { signalGroup } from '../../../dev/parts/process-identity.cjs';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { temporalPart } from '../../../dev/parts/temporal';
import { Supervisor } from '../../../dev/supervisor';
import { provideTemporal } from '../../../dev/tools/temporal';
import { eventually } from '../../support/eventually';

/** As long as `npm run dev` and Docker Compose wait before they kill. */
const GRACE_MS = { api: 15_000, worker: 40_000 };
const START_TIMEOUT_MS = 60_000;

class Program {
  #said = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals | null>;

  constructor(
    private readonly name: 'api' | 'worker',
    settings: Readonly<Record<string, string>>,
  ) {
    const env = childEnvironment({ DROVER_S3_ENDPOINT: 'http://127.0.0.1:1', ...settings });
    const child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist', name, 'main.js')], { env });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#said += text;
      });
    }
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(code ?? signal));
    });
  }

  async says(text: string): Promise<void> {
    await eventually(
      () => Promise.resolve(this.#said),
      (said) => said.includes(text),
      START_TIMEOUT_MS,
    );
  }

  /** Its exit code, or what ended it, with everything that is no line of the log. */
  async stop(...signals: readonly NodeJS.Signals[]): Promise<unknown> {
    for (const signal of signals) this.#child.kill(signal);
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS[this.name]);
    const ended = await this.#ended;
    clearTimeout(timer);
    const stacks = this.#said.split('\n').filter((line) => /^\s+at |^\S*Error: |shut down/.test(line));
    return { ended, stacks };
  }
}

const CLEAN = { ended: 0, stacks: [] };

/** Takes connections, and leaves them without an answer. */
async function silentServer(): Promise<{ address: string; connected: Promise<void>; close: () => void }> {
  const sockets: Socket[] = [];
  const server: Server = createServer();
  const connected = new Promise<void>((resolve) => {
    server.on('connection', (socket) => {
      socket.on('error', () => undefined);
      sockets.push(socket);
      resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const close = (): void => {
    for (const socket of sockets) socket.destroy();
    server.close();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, connected, close };
}

test('the API ends while nothing listens at the address of Temporal', async () => {
  const settings = { TEMPORAL_ADDRESS: `127.0.0.1:${await freePorts(1)}`, DROVER_API_PORT: '0' };
  const api = new Program('api', settings);
  await api.says('API is listening');
  expect(await api.stop('SIGTERM')).toEqual(CLEAN);
});

test('API and worker end while Temporal takes connections and does not answer, told twice', async () => {
  const stopped = async (name: 'api' | 'worker'): Promise<unknown> => {
    const temporal = await silentServer();
    const program = new Program(name, { TEMPORAL_ADDRESS: temporal.address, DROVER_API_PORT: '0' });
    await temporal.connected;
    const end = await program.stop('SIGTERM', 'SIGINT');
    temporal.close();
    return end;
  };
  const [api, worker] = await Promise.all([stopped('api'), stopped('worker')]);
  expect({ api, worker }).toEqual({ api: CLEAN, worker: CLEAN });
});

test.each(['SIGSTOP', 'SIGKILL'] as const)('a ready worker ends after a %s of Temporal, told twice', async (blow) => {
  const home = mkdtempSync(join(tmpdir(), 'drover-away-'));
  const supervisor = new Supervisor({ home, say: () => undefined });
  try {
    const port = await freePorts(1);
    const binary = await provideTemporal(loadDevConfig());
    await supervisor.start(temporalPart({ binary, port, namespace: 'default' }));
    const worker = new Program('worker', { TEMPORAL_ADDRESS: `127.0.0.1:${port}` });
    await worker.says('"ready"');
    const temporal = supervisor.pid('temporal') ?? 0;
    if (blow === 'SIGKILL') supervisor.kill();
    else signalGroup(temporal, blow);
    expect(await worker.stop('SIGTERM', 'SIGTERM')).toEqual(CLEAN);
  } finally {
    supervisor.kill();
    await supervisor.stop();
    rmSync(home, { recursive: true, force: true });
  }
});
