/**
 * Goal: nothing that the stack starts is lost, left behind or fought over.
 * Method: real processes, small Node programs, under a supervisor on a temporary folder.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { assertPortsFree, freePorts, isFree } from '../../../dev/parts/ports';
import { isAlive } from '../../../dev/parts/process-identity.cjs';
import { RunFolder } from '../../../dev/parts/run-folder';
import { type Part, Supervisor } from '../../../dev/supervisor';

jest.setTimeout(30_000);

const IDLE = 'setInterval(() => {}, 1000)';
const STUBBORN = `process.on('SIGTERM', () => {}); ${IDLE}`;

let home: string;
let said: string[];
let supervisor: Supervisor;
const strays: ChildProcess[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'drover-supervisor-'));
  said = [];
  supervisor = new Supervisor({ home, say: (line) => said.push(line) });
});

afterEach(async () => {
  await supervisor.stop();
  for (const stray of strays.splice(0)) stray.kill('SIGKILL');
  rmSync(home, { recursive: true, force: true });
});

function part(name: string, script: string, overrides: Partial<Part> = {}): Part {
  return {
    name,
    command: process.execPath,
    args: ['-e', script],
    env: {},
    ports: [],
    ready: () => Promise.resolve(true),
    readyTimeoutMs: 5_000,
    stopGraceMs: 5_000,
    ...overrides,
  };
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not within 10 s; said: ${said.join(' | ')}`);
    await delay(20);
  }
}

function pidIn(name: string): number {
  return Number(readFileSync(join(home, 'run', `${name}.pid`), 'utf8'));
}

function stray(script = IDLE): number {
  const child = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
  strays.push(child);
  return child.pid!;
}

test('a part has its pid file and its log while it runs, and neither process nor pid file afterwards', async () => {
  const marker = join(home, 'ready');
  const script = `console.log('hello'); setTimeout(() => require('fs').writeFileSync(${JSON.stringify(marker)}, ''), 200); ${IDLE}`;
  await supervisor.start(part('api', script, { ready: () => Promise.resolve(existsSync(marker)) }));
  const pid = pidIn('api');
  expect(existsSync(marker)).toBe(true);
  expect(pid).toBe(supervisor.pid('api'));
  expect(isAlive(pid)).toBe(true);
  expect(readFileSync(supervisor.logFile('api'), 'utf8')).toBe('hello\n');

  await supervisor.stop();
  expect(isAlive(pid)).toBe(false);
  expect(existsSync(join(home, 'run', 'api.pid'))).toBe(false);
});

test('what a part leaves outside the home is removed when it is stopped, and when it is killed', async () => {
  for (const end of ['stop', 'kill'] as const) {
    const left = join(mkdtempSync(join(tmpdir(), 'drover-left-')), 'socket');
    const script = `require('fs').writeFileSync(${JSON.stringify(left)}, ''); ${IDLE}`;
    supervisor = new Supervisor({ home, say: (line) => said.push(line) });
    await supervisor.start(part('s3', script, { leaves: [left], ready: () => Promise.resolve(existsSync(left)) }));
    await supervisor[end]();
    expect(existsSync(left)).toBe(false);
    rmSync(dirname(left), { recursive: true });
  }
});

test('a killed part comes back, and the person is told', async () => {
  await supervisor.start(part('worker-1', IDLE));
  const first = pidIn('worker-1');
  process.kill(first, 'SIGKILL');
  await until(() => said.includes('worker-1 is ready again'));
  expect(said[0]).toMatch(/^worker-1 ended \(SIGKILL\); starting it again in 0\.5 s\. Log: .*worker-1\.log$/);
  expect(pidIn('worker-1')).not.toBe(first);
  expect(isAlive(pidIn('worker-1'))).toBe(true);
});

test('what ignores SIGTERM is killed after its grace', async () => {
  const marker = join(home, 'listening');
  const script = `${STUBBORN}; require('fs').writeFileSync(${JSON.stringify(marker)}, '')`;
  await supervisor.start(part('s3', script, { stopGraceMs: 300, ready: () => Promise.resolve(existsSync(marker)) }));
  const pid = pidIn('s3');
  await supervisor.stop();
  expect(isAlive(pid)).toBe(false);
  expect(said).toEqual(['s3 did not stop in 0.3 s and is killed']);
});

test('parts stop in the reverse order of their start', async () => {
  const log = join(home, 'order');
  const script = (name: string): string =>
    `process.on('SIGTERM', () => { require('fs').appendFileSync(${JSON.stringify(log)}, '${name} '); process.exit(0); });` +
    `require('fs').writeFileSync(${JSON.stringify(join(home, name))}, ''); ${IDLE}`;
  for (const name of ['temporal', 's3', 'worker-1']) {
    await supervisor.start(part(name, script(name), { ready: () => Promise.resolve(existsSync(join(home, name))) }));
  }
  await supervisor.stop();
  expect(readFileSync(log, 'utf8')).toBe('worker-1 s3 temporal ');
});

test('a part that ends before it is ready is reported with the end of its log', async () => {
  const failing = part('api', `console.error('no such key'); process.exit(3)`, { ready: () => Promise.resolve(false) });
  await expect(supervisor.start(failing)).rejects.toThrow(
    /^api ended \(exit code 3\) before it was ready\n--- end of .*api\.log\nno such key$/,
  );
});

test('a port in use is named with its owner and the variable that moves it', async () => {
  const port = await freePorts(1);
  const server = await listen(port);
  try {
    await expect(
      supervisor.start(part('api', IDLE, { ports: [{ port, variable: 'DROVER_API_PORT' }] })),
    ).rejects.toThrow(
      new RegExp(
        `^port ${port} \\(DROVER_API_PORT\\) is in use by .*; set DROVER_API_PORT to another port or stop it$`,
      ),
    );
    expect(supervisor.pid('api')).toBeUndefined();
    if (process.platform === 'linux') {
      await expect(assertPortsFree([{ port, variable: 'X' }])).rejects.toThrow(`in use by process ${process.pid} (`);
    }
  } finally {
    await new Promise((closed) => server.close(closed));
  }
  expect(await isFree(port)).toBe(true);
});

test('a port that two variables give, and one that there is none of, are told as what they are', async () => {
  const port = await freePorts(1);
  const claims = [
    { port, variable: 'DROVER_S3_PORT' },
    { port, variable: 'DROVER_API_PORT' },
    { port: 65_540, variable: 'DROVER_S3_PORT' },
  ];
  await expect(assertPortsFree(claims)).rejects.toThrow(
    `port ${port} is taken by both DROVER_S3_PORT and DROVER_API_PORT: set one of them to another port\n` +
      'port 65540 (DROVER_S3_PORT) is above 65535; set DROVER_S3_PORT to a lower one',
  );
});

test('a second supervisor on the same folder is refused, and leaves the first one alone', async () => {
  await supervisor.claim();
  const other = stray();
  new RunFolder(home).record('supervisor', other);
  const second = new Supervisor({ home, say: () => undefined });
  await expect(second.claim()).rejects.toThrow(`a stack already runs on ${home} (process ${other})`);
  await second.stop();
  expect(pidIn('supervisor')).toBe(other);
});

test('what a killed supervisor left is stopped; a pid that now belongs to another program is not', async () => {
  const folder = new RunFolder(home);
  const left = stray();
  folder.record('temporal', left);
  const bystander = stray();
  folder.record('s3', bystander);
  writeFileSync(join(home, 'run', 's3.id'), 'started at another time');

  await supervisor.claim();
  await until(() => !isAlive(left));
  expect(said).toEqual([`stopping temporal (process ${left}), left over from a run that was killed`]);
  expect(isAlive(bystander)).toBe(true);
  expect(existsSync(join(home, 'run', 's3.pid'))).toBe(false);
});

test('the reaper stops what still runs when its supervisor vanishes, and only that', async () => {
  const [kept, ended] = [stray(), stray()];
  const reaper = spawn(process.execPath, [resolve('dev/parts/reaper.cjs')], { stdio: ['pipe', 'ignore', 'inherit'] });
  strays.push(reaper);
  reaper.stdin.write(`+${kept}\n+${ended}\n-${ended}\n`);
  await delay(300);
  expect(isAlive(kept)).toBe(true);
  reaper.stdin.destroy();
  await until(() => !isAlive(kept));
  expect(isAlive(ended)).toBe(true);
  await until(() => reaper.exitCode === 0);
});

function listen(port: number): Promise<Server> {
  return new Promise((listening) => {
    const server = createServer().listen(port, '127.0.0.1', () => {
      listening(server);
    });
  });
}
