/**
 * Goal: what users install works. Method: the package is made with `npm pack` and installed with production dependencies alone in
 * an empty folder; there its programs are started by their names, and one job goes through them to its report.
 */
import { randomInt, randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';
import { loadConfig } from '../../../config/load';
import { jobsQueue } from '../../../contracts/engine/naming';
import { freePorts } from '../../../dev/parts/ports';
import { polls } from '../../../dev/parts/temporal-probe';
import { Supervisor } from '../../../dev/supervisor';
import { testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { type InstalledPackage, installPackage } from '../../support/stack/installed-package';
import { plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { type CommandResult, runProgram } from '../../support/stack/run-command';

const INSTALL_TIMEOUT_MS = 850_000;
const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as { readonly version: string };

let installed: InstalledPackage;

beforeAll(async () => {
  installed = await installPackage();
}, INSTALL_TIMEOUT_MS);

afterAll(() => installed?.remove());

/** A program of the package, called by its name. */
function call(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<CommandResult> {
  return runProgram(program, args, { ...installed.env, ...env }, { cwd: installed.folder });
}

test('it has compiled code and docs, and nothing that only a checkout needs', () => {
  const topmost = new Set(installed.files.map((file) => file.split('/')[0]));
  expect([...topmost].sort()).toEqual([
    'ARCHITECTURE.md',
    'CHANGELOG.md',
    'CONTRIBUTING.md',
    'LICENSE',
    'README.md',
    'deploy',
    'dist',
    'docs',
    'drover.config.example.yaml',
    'package.json',
  ]);
  expect(installed.files.filter((file) => /^dist\/(test|dev|bench)\/|\.(ts|tsbuildinfo)$/.test(file))).toEqual([]);
  expect(existsSync(join(installed.folder, 'node_modules', 'typescript'))).toBe(false);
});

test('links between its pages lead to pages that it has', () => {
  const dead = installed.files
    .filter((file) => file.endsWith('.md'))
    .flatMap((page) => linksOf(page).map((link) => normalize(join(dirname(page), link))))
    .filter((target) => !existsSync(join(installed.root, target)));
  expect(dead).toEqual([]);
});

function linksOf(page: string): string[] {
  const text = readFileSync(join(installed.root, page), 'utf8').replace(/^ *```[\s\S]*?^ *```$/gm, '');
  return [...text.matchAll(/\]\((?![a-z]+:|#)([^()\s#]+)/g)].map(([, target = '']) => target);
}

test('its console is no more than 200 kB to fetch', () => {
  const files = installed.files.filter((file) => file.startsWith('dist/console/'));
  const bytes = files.map((file) => gzipSync(readFileSync(join(installed.root, file))).length);
  expect(files).toContain('dist/console/index.html');
  expect(bytes.reduce((sum, size) => sum + size)).toBeLessThan(200_000);
});

test('image and compose file start programs that it has', () => {
  const named = ['Dockerfile', 'docker-compose.yml'].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/'dist\/[^']+'|"dist\/[^"]+"/g)].map(([path]) => path.slice(1, -1)),
  );
  expect(named).toHaveLength(3);
  for (const program of named) expect(installed.files).toContain(program);
});

test('drover says its version', async () => {
  expect(await call('drover', ['--version'])).toEqual({ exitCode: 0, stdout: `${manifest.version}\n`, stderr: '' });
});

test.each(['drover-api', 'drover-worker'])('%s refuses arguments, which it would ignore', async (program) => {
  const { exitCode, stderr } = await call(program, ['--help']);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`${program} takes no arguments`);
});

test('API, worker and command line do a job', async () => {
  const { temporalAddress, s3Endpoint } = testStack();
  const unique = randomUUID().slice(0, 8);
  const port = await freePorts(1);
  const workspace = `workspace-${unique}`;
  const settings = {
    DROVER_S3_ENDPOINT: s3Endpoint,
    DROVER_ACCOUNT_ID: String(randomInt(1e11, 1e12)),
    DROVER_TASK_QUEUE: `package-${unique}`,
    DROVER_WORKSPACE_BUCKET: workspace,
    DROVER_API_PORT: String(port),
    TEMPORAL_ADDRESS: temporalAddress,
  };
  const apiUrl = `http://127.0.0.1:${port}`;
  const common = { args: [], cwd: installed.folder, env: { ...installed.env, ...settings }, stopGraceMs: 40_000 };
  const bin = (program: string): string => join(installed.folder, 'node_modules', '.bin', program);
  const buckets = new Buckets(s3Endpoint);
  const supervisor = new Supervisor({ home: join(installed.folder, 'run'), say: () => undefined });
  try {
    const [source, target] = [`herd-${unique}`, `herd-copy-${unique}`];
    await buckets.create(workspace, source, target);
    await buckets.putMany(source, ['cow', 'sheep']);
    await buckets.put(source, 'all.csv', plainManifest(source, ['cow', 'sheep', 'unicorn']));
    await supervisor.start({
      ...common,
      name: 'api',
      command: bin('drover-api'),
      ports: [{ port, variable: 'DROVER_API_PORT' }],
      ready: async () => (await fetch(`${apiUrl}/healthz`)).ok,
      readyTimeoutMs: 60_000,
    });
    const { temporal } = loadConfig(settings);
    await supervisor.start({
      ...common,
      name: 'worker',
      command: bin('drover-worker'),
      ports: [],
      ready: (pid) => polls(pid, temporal, jobsQueue(temporal.taskQueue)),
      readyTimeoutMs: 90_000,
    });
    const job = [
      ...['--operation', 'S3PutObjectCopy', '--set', `TargetResource=s3://${target}`],
      ...['--manifest', `s3://${source}/all.csv`, '--report', `s3://${target}/reports`],
    ];
    const created = await call('drover', ['create', ...job], { DROVER_API_URL: apiUrl });
    expect(created).toMatchObject({ exitCode: 0, stderr: '' });
    const jobId = created.stdout.trim();
    // One task failed: the exit code says so.
    const watched = await call('drover', ['watch', jobId], { DROVER_API_URL: apiUrl });
    expect(watched).toMatchObject({ exitCode: 1, stdout: expect.stringContaining('Complete') });
    const { rows } = await readReport(buckets, target, reportFolder(jobId));
    expect(rows.map(({ key, taskStatus, httpStatus }) => `${key} ${taskStatus} ${httpStatus}`).sort()).toEqual([
      'cow succeeded 200',
      'sheep succeeded 200',
      'unicorn failed 404',
    ]);
    expect((await buckets.list(target)).map(({ key }) => key)).toEqual(expect.arrayContaining(['cow', 'sheep']));
  } finally {
    await supervisor.stop();
    buckets.close();
  }
}, 240_000);
