/** Goal: the bootstrap refuses what it does not know and every script goes through it. Method: run it; read package.json. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

interface PackageJson {
  readonly scripts: Readonly<Record<string, string>>;
}

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as PackageJson;

function run(...args: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, ['dev/run.cjs', ...args], { encoding: 'utf8' });
  return { status, stderr };
}

test.each([['nonsense'], ['toString'], []])('an unknown name is refused with the known ones: %s', (...args) => {
  const { status, stderr } = run(...args);
  expect(status).toBe(1);
  expect(stderr).toMatch(/^error: usage: node dev\/run\.cjs <api \| worker \| .*verify> \[arguments\]\n$/);
});

// `exec`: else a SIGTERM to npm ends the shell in between, and the program goes on unattended.
test('the promised scripts exist, and the bootstrap knows each of them', () => {
  const bootstrap = readFileSync('dev/run.cjs', 'utf8');
  for (const name of ['demo', 'test', 'dev', 'verify', 'bench', 'chaos', 'worker', 'api', 'drover']) {
    const flags = name === 'worker' ? '--max-semi-space-size=32 ' : '';
    expect(scripts[name]).toBe(`exec node ${flags}dev/run.cjs ${name}`);
    expect(bootstrap).toMatch(new RegExp(`^ {2}${name}: `, 'm'));
  }
});

test('the lockfile names no registry', () => {
  expect(readFileSync('package-lock.json', 'utf8')).not.toMatch(
    /"resolved":|https?:\/\/[^"]*(registry|artifactory|nexus)/,
  );
});

interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly optionalDependencies?: Readonly<Record<string, string>> }>>;
}

test('the lockfile has the binaries of every platform, without which npm ci refuses it', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as Lockfile;
  const locked = Object.keys(packages);
  const missing = Object.values(packages)
    .flatMap(({ optionalDependencies }) => Object.keys(optionalDependencies ?? {}))
    .filter((name) => !locked.some((path) => path.endsWith(`node_modules/${name}`)));
  expect(missing).toEqual([]);
});
