/**
 * Goal: what the local stack keeps is readable by its user alone, also where a former version left it open; what is not the stack's
 * stays as it is. Method: folders with modes of before.
 */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makePrivateHome } from '../../../dev/parts/private-folder';
import { Supervisor } from '../../../dev/supervisor';

let folder: string;
let home: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drover-private-'));
  home = join(folder, 'home');
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Sets the mode apart, for the umask may take bits away. */
function openFolder(path: string): void {
  mkdirSync(path);
  chmodSync(path, 0o755);
}

function openFile(path: string): void {
  writeFileSync(path, '');
  chmodSync(path, 0o644);
}

function mode(...path: string[]): string {
  return (statSync(join(home, ...path)).mode & 0o777).toString(8);
}

test('a new home is closed, with its logs', async () => {
  const supervisor = new Supervisor({ home, say: () => undefined });
  await supervisor.start({
    name: 'api',
    command: process.execPath,
    args: ['-e', ''],
    env: {},
    ports: [],
    ready: () => Promise.resolve(true),
    readyTimeoutMs: 5_000,
    stopGraceMs: 5_000,
  });
  await supervisor.stop();
  expect([mode(), mode('log'), mode('run'), mode('log', 'api.log')]).toEqual(['700', '700', '700', '600']);
});

test('the home that a former version left open is closed', () => {
  openFolder(home);
  for (const name of ['s3', 'run', 'log']) openFolder(join(home, name));
  for (const name of ['temporal.db', 'temporal.db-wal', 'log/worker-1.log']) openFile(join(home, name));
  makePrivateHome(home);
  for (const name of ['.', 's3', 'run', 'log']) expect(`${name} ${mode(name)}`).toBe(`${name} 700`);
  for (const name of ['temporal.db', 'temporal.db-wal', 'log/worker-1.log']) {
    expect(`${name} ${mode(name)}`).toBe(`${name} 600`);
  }
});

test('of a folder with other things in it, only what is ours is closed', () => {
  openFolder(home);
  openFile(join(home, 'thesis.txt'));
  openFile(join(home, 'temporal.db'));
  openFile(join(folder, 'elsewhere'));
  symlinkSync(join(folder, 'elsewhere'), join(home, 'temporal.db-shm'));
  makePrivateHome(home);
  expect([mode(), mode('thesis.txt'), mode('temporal.db'), mode('temporal.db-shm')]).toEqual([
    '755',
    '644',
    '600',
    '644',
  ]);
});
