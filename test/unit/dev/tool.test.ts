/**
 * Goal: a tool is found where the ladder says, fetched once, and never half.
 * Method: `provide` with made-up tools on a temporary cache folder.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withLock } from '../../../dev/tools/lock.cjs';
import { runCommand } from '../../../dev/tools/progress.cjs';
import { type Fetcher, provide, type Tool } from '../../../dev/tools/tool';

let cacheDir: string;

beforeEach(() => {
  cacheDir = mkdtempSync(join(tmpdir(), 'drover-tools-'));
});

afterEach(() => {
  rmSync(cacheDir, { recursive: true, force: true });
});

function executable(path: string): string {
  writeFileSync(path, '#!/bin/sh\necho hi\n');
  chmodSync(path, 0o755);
  return path;
}

function fetcher(by: string, fetch: Fetcher['fetch'], available = true): Fetcher {
  return { by, available: () => Promise.resolve(available), fetch };
}

function tool(fetchers: readonly Fetcher[], overrides: Partial<Tool> = {}): Tool {
  return {
    name: 'cow',
    version: '1',
    variable: 'WEED',
    executable: 'bin/cow',
    fetchers,
    advice: 'Install a cow.',
    ...overrides,
  };
}

const bringsCow: Fetcher['fetch'] = (into) => {
  mkdirSync(join(into, 'bin'));
  executable(join(into, 'bin', 'cow'));
  return Promise.resolve();
};
const mustNotRun: Fetcher['fetch'] = () => Promise.reject(new Error('was asked'));

test('the variable comes first, then the PATH, then the cache, then fetching', async () => {
  const given = executable(join(cacheDir, 'given'));
  const fromPath = tool([fetcher('f', bringsCow)], { onPath: { binary: 'sh', works: () => Promise.resolve(true) } });
  expect(await provide(fromPath, { cacheDir, tools: { WEED: given } })).toBe(given);
  expect(await provide(fromPath, { cacheDir, tools: {} })).toMatch(/\/sh$/);

  const unfit = tool([fetcher('f', bringsCow)], { onPath: { binary: 'sh', works: () => Promise.resolve(false) } });
  const cached = join(cacheDir, 'cow-1', 'bin', 'cow');
  expect(await provide(unfit, { cacheDir, tools: {} })).toBe(cached);
  expect(await provide(tool([fetcher('f', mustNotRun)]), { cacheDir, tools: {} })).toBe(cached);
});

test('a variable that names no program is an error, not a reason to look elsewhere', async () => {
  const wanted = tool([fetcher('f', bringsCow)]);
  await expect(provide(wanted, { cacheDir, tools: { WEED: '/nowhere/weed' } })).rejects.toThrow(
    'WEED=/nowhere/weed is not an executable file',
  );
});

test('the next way is tried when one fails or brings nothing, and nothing half stays', async () => {
  const breaks = fetcher('breaks', (into) => {
    mkdirSync(join(into, 'bin'));
    writeFileSync(join(into, 'bin', 'half'), '');
    return Promise.reject(new Error('connection lost'));
  });
  const bringsNothing = fetcher('nothing', () => Promise.resolve());
  await provide(tool([breaks, bringsNothing, fetcher('works', bringsCow)]), { cacheDir, tools: {} });
  expect(readdirSync(cacheDir)).toEqual(['cow-1']);
  expect(readdirSync(join(cacheDir, 'cow-1', 'bin'))).toEqual(['cow']);
});

test('when nothing works the message says what to install and what was tried', async () => {
  const fetchers = [fetcher('go', bringsCow, false), fetcher('pip', () => Promise.reject(new Error('no route')))];
  await expect(provide(tool(fetchers), { cacheDir, tools: {} })).rejects.toThrow(
    'cow is needed and could not be fetched.\nInstall a cow.\n\nTried:\n- go: not available here\n- pip: no route',
  );
});

test('two at once fetch once, and the other says so', async () => {
  const said = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  let fetched = 0;
  const slow = fetcher('slow', async (into, label) => {
    fetched += 1;
    await delay(400);
    await bringsCow(into, label);
  });
  const both = await Promise.all([1, 2].map(() => provide(tool([slow]), { cacheDir, tools: {} })));
  expect(said.mock.calls).toEqual([[`waiting for process ${process.pid}, which is fetching cow\n`]]);
  said.mockRestore();
  expect(fetched).toBe(1);
  expect(new Set(both).size).toBe(1);
});

test.each([
  ['of a process that is gone', `${hostname()} 4194300`, 0],
  ['nobody touches any more', 'elsewhere 1', 120],
])('a lock %s is taken over', async (_case, holder, ageSeconds) => {
  const file = join(cacheDir, 'x.lock');
  writeFileSync(file, holder);
  const then = Date.now() / 1_000 - ageSeconds;
  utimesSync(file, then, then);
  const waited: string[] = [];
  expect(
    await withLock(
      file,
      (name) => waited.push(name),
      () => Promise.resolve('done'),
    ),
  ).toBe('done');
  expect(waited).toEqual([]);
  expect(existsSync(file)).toBe(false);
});

test('a command that fails is told with the end of what it said; one that hangs is ended', async () => {
  await expect(runCommand('sh', ['-c', 'echo out; echo why >&2; exit 4'])).rejects.toThrow(
    'sh -c ended with code 4\nout\nwhy',
  );
  await expect(runCommand('sleep', ['30'], { timeoutMs: 100 })).rejects.toThrow('sleep 30 gave no result in 0.1 s');
  await expect(runCommand('no-such-program', [])).rejects.toThrow('no-such-program: spawn no-such-program ENOENT');
  expect(await runCommand('sh', ['-c', 'echo out; echo aside >&2'])).toBe('out\n');
});
