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
const { withLock } = require('./tools/lock.cjs');
const { runCommand } = require('./tools/progress.cjs');

const ROOT = path.resolve(__dirname, '..');
const DIST = path.join(ROOT, 'dist');
const LOCK = path.join(DIST, '.bootstrap.lock');
const INSTALL_STAMP = path.join(ROOT, 'node_modules', '.drover-install');
const NODE_MINIMUM = [20, 19];

const bin = (packageName, file) => path.join(ROOT, 'node_modules', packageName, file);
const compile = (config) => ['compiling', bin('typescript', 'bin/tsc'), '-p', config];
const MAIN_BUILD = {
  folders: () => includedBy('tsconfig.build.json'),
  files: ['tsconfig.json', 'tsconfig.build.json'],
  stamp: path.join(DIST, '.drover-build'),
  steps: [compile('tsconfig.build.json'), ['bundling workflows', path.join(DIST, 'worker', 'build-bundle.js')]],
};
/** Test code that is a program of its own: apart, so that nothing else has tests in its output. */
const CHAOS_BUILD = {
  folders: () => includedBy('tsconfig.chaos.json'),
  files: ['tsconfig.json', 'tsconfig.chaos.json'],
  stamp: path.join(DIST, '.drover-build-chaos'),
  steps: [compile('tsconfig.chaos.json')],
};
/** What runs in the browser: bundled, not compiled file by file. */
const CONSOLE_BUILD = {
  folders: () => ['console'],
  files: [],
  stamp: path.join(DIST, '.drover-build-console'),
  steps: [['building the console', bin('vite', 'bin/vite.js'), 'build', '--config', 'console/vite.config.mjs']],
};
const CONSOLE_OUT = path.join(DIST, 'console');

const jest = bin('jest', 'bin/jest.js');
/** Tests without servers can have all cores. */
const UNIT_TESTS = ['--selectProjects', 'unit', '--maxWorkers', '100%'];

/** What each name runs. `build: false` where the compiled output is not needed, `also` where more is. */
const PROGRAMS = {
  api: { entry: path.join(DIST, 'api', 'main.js') },
  worker: { entry: path.join(DIST, 'worker', 'main.js') },
  drover: { entry: path.join(DIST, 'cli', 'main.js'), whereAsked: true },
  dev: { entry: path.join(DIST, 'dev', 'dev.js') },
  demo: { entry: path.join(DIST, 'dev', 'demo.js') },
  docs: { entry: path.join(DIST, 'dev', 'docs', 'main.js') },
  'docs:site': { entry: path.join(DIST, 'dev', 'docs', 'site.js') },
  bench: { entry: path.join(DIST, 'bench', 'main.js') },
  chaos: { entry: path.join(DIST, 'test', 'chaos', 'main.js'), also: CHAOS_BUILD },
  test: { entry: jest },
  unit: { entry: jest, args: [...UNIT_TESTS, '--'], build: false },
  format: { entry: bin('prettier', 'bin/prettier.cjs'), args: ['--write', '--log-level', 'warn', '.'], build: false },
  build: {},
};

/** Sources only: no server, no build. What is said of a file stays said while its content is the same. */
const STATIC_STEPS = [
  ['types', bin('typescript', 'bin/tsc'), ['--noEmit', '--tsBuildInfoFile', 'dist/.tsbuildinfo-check']],
  ['types of the console', bin('typescript', 'bin/tsc'), ['-p', 'console']],
  ['format', bin('prettier', 'bin/prettier.cjs'), ['--check', '--log-level', 'warn', ...cached('prettier'), '.']],
  ['lint', bin('eslint', 'bin/eslint.js'), ['--concurrency', 'auto', ...cached('eslint'), '.']],
];

/** All steps of a check run at once, and each to its end, so that one call shows everything that is wrong. */
const CHECKS = {
  /** For CI, where `test` has the unit tests. */
  static: STATIC_STEPS,
  verify: [...STATIC_STEPS, ['unit tests', jest, UNIT_TESTS]],
};

/**
 * A rule that reads types may find something new in a file that has not changed, when another one has: a fresh checkout, as in
 * CI, finds it.
 */
function cached(name) {
  return ['--cache', '--cache-strategy', 'content', '--cache-location', path.join('dist', `.${name}-cache`)];
}

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
  const builds = [
    ...(program.build === false ? [] : [MAIN_BUILD, CONSOLE_BUILD]),
    ...(program.also ? [program.also] : []),
  ];
  if (!isInstalled() || builds.some((each) => !isBuilt(each))) {
    await locked(async () => {
      await install();
      for (const each of builds) await build(each);
    });
  }
  if (program.entry === undefined) return;
  if (program.whereAsked) goWhereAsked(name);
  become(program.entry, [...(program.args ?? []), ...rest]);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1])) return;
  throw new Error(`Node ${NODE_MINIMUM.join('.')} or newer is needed, this is ${process.versions.node}`);
}

/** npm runs scripts in the checkout: files that a command line names are meant from where it was written. */
function goWhereAsked(name) {
  const { INIT_CWD, npm_lifecycle_event: script } = process.env;
  // Another script's, when this one was not started by npm itself.
  if (script !== name || !INIT_CWD) return;
  const config = path.join(ROOT, 'drover.config.yaml');
  if (fs.existsSync(config)) process.env.DROVER_CONFIG ??= config;
  process.chdir(INIT_CWD);
}

/** Runs the entry in this very process, as its main module: signals and exit codes need no forwarding. */
function become(entry, args) {
  if (!fs.existsSync(entry)) {
    throw new Error(`${path.relative(ROOT, entry)} is missing: was it removed from the sources?`);
  }
  process.setSourceMapsEnabled(true);
  process.argv = [process.argv[0], entry, ...args];
  require('node:module').runMain();
}

async function check(name) {
  say(`${CHECKS[name].map(([label]) => label).join(', ')} …`);
  const results = await Promise.all(
    CHECKS[name].map(async ([label, script, args]) => {
      const start = Date.now();
      const { code, output } = await run(process.execPath, [script, ...args]);
      const seconds = ((Date.now() - start) / 1_000).toFixed(1);
      say(`${output}${code === 0 ? 'ok    ' : 'FAILED'} ${label} (${seconds} s)`);
      return code === 0 ? [] : [label];
    }),
  );
  const failed = results.flat();
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

function includedBy(config) {
  const { include } = JSON.parse(fs.readFileSync(path.join(ROOT, config), 'utf8'));
  return include;
}

/** Newest change below the compiled folders. Folders count too: a removed file changes only its folder. */
function newestSource({ files, folders }) {
  let newest = Math.max(...files.map((file) => modified(path.join(ROOT, file))), modified(INSTALL_STAMP));
  const visit = (folder) => {
    newest = Math.max(newest, modified(folder));
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory()) visit(file);
      else if (/\.(tsx?|cjs|mjs|css|html|svg)$/.test(entry.name)) newest = Math.max(newest, modified(file));
    }
  };
  for (const folder of folders()) if (fs.existsSync(path.join(ROOT, folder))) visit(path.join(ROOT, folder));
  return newest;
}

function isBuilt(program) {
  return modified(program.stamp) > newestSource(program);
}

async function build(program) {
  if (isBuilt(program)) return;
  const start = new Date();
  removeOrphans();
  for (const [label, ...args] of program.steps) await step(label, process.execPath, args);
  fs.writeFileSync(program.stamp, '');
  // A source saved while the compiler ran must count as newer than this build.
  fs.utimesSync(program.stamp, start, start);
}

/** tsc leaves the output of removed sources behind, and a registry that reads its folder would find it. */
function removeOrphans() {
  const visit = (folder) => {
    for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
      const file = path.join(folder, entry.name);
      if (file === CONSOLE_OUT) continue;
      if (entry.isDirectory()) visit(file);
      else if (folder !== DIST && /\.c?js(\.map)?$/.test(entry.name)) {
        const source = path
          .join(ROOT, path.relative(DIST, file))
          .replace(/\.map$/, '')
          .replace(/\.js$/, '.ts');
        if (!fs.existsSync(source)) fs.rmSync(file);
      }
    }
  };
  if (fs.existsSync(DIST)) visit(DIST);
}

// --- running -----------------------------------------------------------------------------------------------------------

function locked(work) {
  const waiting = (holder) => say(`waiting for ${holder}, which is installing or compiling`);
  return withLock(LOCK, waiting, work);
}

/** Runs a command behind a progress line. All of its output is shown if it fails. */
async function step(label, command, args) {
  await runCommand(command, args, { label, cwd: ROOT, tailMax: Infinity });
}

/** Runs a command to its end, whatever that is; its output comes in one piece, for others run beside it. */
function run(command, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', (error) => reject(new Error(`${command} can't be run: ${error.message}`)));
    child.on('close', (code) => resolve({ code, output }));
  });
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
