/**
 * The way into every npm script: `node dev/run.cjs <name> [arguments]`.
 * Plain JavaScript without dependencies, because it runs before there are any: it installs them when they are missing or
 * outdated, compiles when a source is newer than the last build, and then becomes the program asked for.
 */
'use strict';

const { spawn } = require('node:child_process');
const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');

const ROOT = path.resolve(__dirname, '..');
const DIST = path.join(ROOT, 'dist');
const LOCK = path.join(DIST, '.bootstrap.lock');
const INSTALL_STAMP = path.join(ROOT, 'node_modules', '.drover-install');
const MAIN_BUILD = { config: 'tsconfig.build.json', stamp: path.join(DIST, '.drover-build') };
/** Test code that is a program of its own: apart, so that nothing else has tests in its output. */
const CHAOS_BUILD = { config: 'tsconfig.chaos.json', stamp: path.join(DIST, '.drover-build-chaos') };
const NODE_MINIMUM = [20, 19];
const LOCK_POLL_MS = 300;

const bin = (packageName, file) => path.join(ROOT, 'node_modules', packageName, file);
const jest = bin('jest', 'bin/jest.js');

/** What each name runs. `build: false` where the compiled output is not needed, `also` where more is. */
const PROGRAMS = {
  api: { entry: path.join(DIST, 'api', 'main.js') },
  worker: { entry: path.join(DIST, 'worker', 'main.js') },
  drover: { entry: path.join(DIST, 'cli', 'main.js') },
  dev: { entry: path.join(DIST, 'dev', 'dev.js') },
  demo: { entry: path.join(DIST, 'dev', 'demo.js') },
  docs: { entry: path.join(DIST, 'dev', 'docs', 'main.js') },
  bench: { entry: path.join(DIST, 'bench', 'main.js') },
  chaos: { entry: path.join(DIST, 'test', 'chaos', 'main.js'), also: CHAOS_BUILD },
  test: { entry: jest },
  unit: { entry: jest, args: ['--selectProjects', 'unit', '--'], build: false },
  format: { entry: bin('prettier', 'bin/prettier.cjs'), args: ['--write', '--log-level', 'warn', '.'], build: false },
  build: {},
};

/** Sources only: no server, no build. */
const STATIC_STEPS = [
  ['format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level', 'warn', '.']],
  ['lint', bin('eslint', 'bin/eslint.js'), ['.']],
  ['types', bin('typescript', 'bin/tsc'), ['--noEmit', '--tsBuildInfoFile', 'dist/.tsbuildinfo-check']],
];

/** Each runs all of its steps, so that one call shows everything that is wrong. `static` is for CI, where `test` has the unit tests. */
const CHECKS = {
  static: STATIC_STEPS,
  verify: [...STATIC_STEPS, ['unit tests', jest, ['--selectProjects', 'unit']]],
};

async function main() {
  const [name, ...rest] = process.argv.slice(2);
  checkNode();
  process.chdir(ROOT);
  // The SDK's reminder that it will want a newer Node would stand in every program's output.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  if (Object.hasOwn(CHECKS, name ?? '')) {
    await locked(install);
    return check(name);
  }
  const program = Object.hasOwn(PROGRAMS, name ?? '') ? PROGRAMS[name] : undefined;
  if (program === undefined) {
    throw new Error(
      `usage: node dev/run.cjs <${[...Object.keys(PROGRAMS), ...Object.keys(CHECKS)].join(' | ')}> [arguments]`,
    );
  }
  const builds = [...(program.build === false ? [] : [MAIN_BUILD]), ...(program.also ? [program.also] : [])];
  if (!isInstalled() || builds.some((each) => !isBuilt(each))) {
    await locked(async () => {
      await install();
      for (const each of builds) await build(each);
    });
  }
  if (program.entry === undefined) return;
  become(program.entry, [...(program.args ?? []), ...rest]);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  throw new Error(`Node ${NODE_MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** Runs the entry in this very process, as its main module: signals and exit codes need no forwarding. */
function become(entry, args) {
  if (!fs.existsSync(entry))
    throw new Error(`${path.relative(ROOT, entry)} is missing: was it removed from the sources?`);
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], entry, ...args];
  require('node:module').runMain();
}

async function check(name) {
  const failed = [];
  for (const [label, script, args] of CHECKS[name]) {
    const start = Date.now();
    const { code } = await run(process.execPath, [script, ...args], { stdio: 'inherit' });
    say(`${code === 0 ? 'ok    ' : 'FAILED'} ${label} (${seconds(start)} s)`);
    if (code !== 0) failed.push(label);
  }
  if (failed.length > 0) throw new Error(`${name} failed: ${failed.join(', ')}`);
}

// --- dependencies ------------------------------------------------------------------------------------------------------

/** node_modules fits when it was installed from this very lockfile, for this platform and this major of Node. */
function installKey() {
  const lockfile = fs.readFileSync(path.join(ROOT, 'package-lock.json'));
  const hash = crypto.createHash('sha256').update(lockfile).digest('hex');
  return `${hash} ${process.platform} ${process.arch} node${process.versions.node.split('.')[0]}`;
}

function isInstalled() {
  if (read(INSTALL_STAMP) === installKey()) return true;
  // Installed by hand with npm: its own record is newer than the lockfile.
  const record = modified(path.join(ROOT, 'node_modules', '.package-lock.json'));
  if (read(INSTALL_STAMP) !== undefined && record <= modified(INSTALL_STAMP)) return false;
  if (record < modified(path.join(ROOT, 'package-lock.json'))) return false;
  fs.writeFileSync(INSTALL_STAMP, installKey());
  return true;
}

async function install() {
  if (isInstalled()) return;
  // npm names itself to the scripts it runs; the same one must install. NODE_ENV=production would leave the compiler out.
  const npm = process.env.npm_execpath?.endsWith('.js') ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const args = [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=http'];
  await step('installing dependencies (npm ci)', npm[0], args);
  fs.writeFileSync(INSTALL_STAMP, installKey());
}

// --- compiling ---------------------------------------------------------------------------------------------------------

function foldersOf({ config }) {
  const { include } = JSON.parse(fs.readFileSync(path.join(ROOT, config), 'utf8'));
  return include;
}

/** Newest change below the compiled folders. Folders count too: a removed file changes only its folder. */
function newestSource(program) {
  let newest = Math.max(
    modified(path.join(ROOT, program.config)),
    modified(path.join(ROOT, 'tsconfig.json')),
    modified(INSTALL_STAMP),
  );
  const visit = (folder) => {
    newest = Math.max(newest, modified(folder));
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (entry.name.endsWith('.ts')) newest = Math.max(newest, modified(file));
    }
  };
  for (const folder of foldersOf(program)) if (fs.existsSync(path.join(ROOT, folder))) visit(path.join(ROOT, folder));
  return newest;
}

function isBuilt(program) {
  return modified(program.stamp) > newestSource(program);
}

async function build(program) {
  if (isBuilt(program)) return;
  const start = new Date();
  removeOrphans();
  await step('compiling', process.execPath, [bin('typescript', 'bin/tsc'), '-p', program.config]);
  if (program === MAIN_BUILD) {
    await step('bundling workflows', process.execPath, [path.join(DIST, 'worker', 'build-bundle.js')]);
  }
  fs.writeFileSync(program.stamp, '');
  // A source saved while the compiler ran must count as newer than this build.
  fs.utimesSync(program.stamp, start, start);
}

/** tsc leaves the output of removed sources behind, and a registry that reads its folder would find it. */
function removeOrphans() {
  const visit = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (folder !== DIST && /\.js(\.map)?$/.test(entry.name)) {
        const source = path.join(ROOT, path.relative(DIST, file)).replace(/\.js(\.map)?$/, '.ts');
        if (!fs.existsSync(source)) fs.rmSync(file);
      }
    }
  };
  if (fs.existsSync(DIST)) visit(DIST);
}

// --- one at a time -----------------------------------------------------------------------------------------------------

async function locked(work) {
  fs.mkdirSync(DIST, { recursive: true });
  let told = false;
  while (!tryLock()) {
    const holder = Number(read(LOCK));
    if (holder > 0 && !isAlive(holder)) {
      fs.rmSync(LOCK, { force: true });
      continue;
    }
    if (!told) say(`waiting for process ${holder}, which is installing or compiling`);
    told = true;
    await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
  }
  const release = () => fs.rmSync(LOCK, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function tryLock() {
  try {
    // Written aside and linked, so that nobody ever reads an empty lock.
    const draft = `${LOCK}.${process.pid}`;
    fs.writeFileSync(draft, String(process.pid));
    try {
      fs.linkSync(draft, LOCK);
    } finally {
      fs.rmSync(draft);
    }
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

// --- running and showing -----------------------------------------------------------------------------------------------

/** Runs a command with a line that shows elapsed time and the last output; all of the output only if it fails. */
async function step(label, command, args) {
  const start = Date.now();
  const terminal = process.stderr.isTTY === true;
  const output = [];
  let last = '';
  const show = () => {
    if (terminal)
      process.stderr.write(
        `\r\x1b[K${label} … ${seconds(start)} s  ${last.slice(0, Math.max(0, (process.stderr.columns ?? 80) - label.length - 16))}`,
      );
    else say(`${label} … ${seconds(start)} s  ${last.slice(0, 100)}`);
  };
  if (!terminal) say(`${label} …`);
  const timer = setInterval(show, terminal ? 500 : 15_000);
  const { code } = await run(command, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    onText: (text) => {
      output.push(text);
      last = text.trimEnd().split('\n').at(-1) ?? '';
    },
  });
  clearInterval(timer);
  if (terminal) process.stderr.write('\r\x1b[K');
  if (code !== 0) {
    process.stderr.write(output.join(''));
    throw new Error(`${label} failed (exit code ${code})`);
  }
  say(`${label} … done in ${seconds(start)} s`);
}

function run(command, args, { stdio, onText }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio });
    for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', onText);
    child.on('error', (error) => reject(new Error(`${command} can't be run: ${error.message}`)));
    child.on('close', (code, signal) => resolve({ code: code ?? `signal ${signal}` }));
  });
}

function seconds(start) {
  return ((Date.now() - start) / 1000).toFixed(1);
}

/** On stderr: the standard output belongs to the program (`drover … --json | jq`). */
function say(text) {
  process.stderr.write(`${text}\n`);
}

function read(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

function modified(file) {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

main().catch((error) => {
  say(`error: ${error.message}`);
  process.exitCode = 1;
});
