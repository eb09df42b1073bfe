/**
 * Goal: jobs go on when workers are replaced by those of another build while they run, newer or older, and back. Method: workers of
 * an earlier commit and of the present one, as processes, take turns twice while jobs copy; each report has each row once. A change after
 * which the former build can't go on with new jobs fails here: then docs/run/upgrading.md and the changelog say so, and FORMER moves on.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { ApiClient } from '../../../cli/api-client';
import { childEnvironment } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { eventually } from '../../support/eventually';
import { type SlowProxy, startSlowProxy } from '../../support/servers/slow-proxy';
import { testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { formerBuild } from '../../support/stack/former-build';
import { jobRequest, plainManifest, reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

/** As long as nothing is released: a commit before the last changes of workflows and checkpoints. */
const FORMER = '56e5661';
const KEYS = Array.from({ length: 2_000 }, (_, index) => `cow-${String(index).padStart(4, '0')}`);
/** 64 rows a second in each of a job's batches: one lasts while workers come and go. */
const COPY_MS = 1_000;
const START_TIMEOUT_MS = 90_000;

class Program {
  said = '';
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | NodeJS.Signals | null>;

  constructor(root: string, name: 'api' | 'worker', settings: Readonly<Record<string, string>>) {
    const child = spawn(process.execPath, [join(root, 'dist', name, 'main.js')], { env: childEnvironment(settings) });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.said += text;
      });
    }
    this.#child = child;
    this.#ended = new Promise((resolve) => child.once('close', (code, signal) => resolve(code ?? signal)));
  }

  async says(text: string): Promise<void> {
    const saying = (): Promise<string> => Promise.resolve(this.said);
    await eventually(saying, (said) => said.includes(text), START_TIMEOUT_MS);
  }

  stop(): Promise<number | NodeJS.Signals | null> {
    this.#child.kill('SIGTERM');
    return this.#ended;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

const unique = randomUUID().slice(0, 8);
const [herd, copies] = [`herd-${unique}`, `copies-${unique}`];
const started: Program[] = [];
let settings: Readonly<Record<string, string>>;
let former: string;
let proxy: SlowProxy;
let buckets: Buckets;
let api: ApiClient;

beforeAll(async () => {
  former = formerBuild(FORMER);
  const { s3Endpoint, temporalAddress } = testStack();
  proxy = await startSlowProxy(s3Endpoint, COPY_MS);
  settings = {
    DROVER_S3_ENDPOINT: proxy.url,
    DROVER_TASK_QUEUE: `upgrade-${unique}`,
    DROVER_WORKSPACE_BUCKET: `workspace-${unique}`,
    DROVER_BATCH_SLOTS: '2',
    DROVER_API_PORT: '0',
    TEMPORAL_ADDRESS: temporalAddress,
  };
  buckets = new Buckets(s3Endpoint);
  await buckets.create(herd, copies, `workspace-${unique}`);
  await buckets.putMany(herd, KEYS);
  await buckets.put(herd, 'all.csv', plainManifest(herd, KEYS));
  const program = start(PROJECT_ROOT, 'api');
  await program.says('API is listening');
  const port = /"port":(\d+)/.exec(program.said)?.[1] ?? '';
  api = new ApiClient({ apiUrl: `http://127.0.0.1:${port}` });
}, 180_000);

afterAll(async () => {
  for (const program of started) program.kill();
  buckets?.close();
  await proxy?.close();
});

function start(root: string, name: 'api' | 'worker'): Program {
  const program = new Program(root, name, settings);
  started.push(program);
  return program;
}

/** The old worker goes when the new one is there. */
async function replace(old: Program, root: string): Promise<Program> {
  const next = start(root, 'worker');
  await next.says('"ready"');
  expect(await old.stop()).toBe(0);
  return next;
}

async function startCopying(name: string): Promise<string> {
  const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${copies}`, TargetKeyPrefix: name } };
  const { jobId } = await api.createJob(jobRequest({ manifest: `${herd}/all.csv`, operation, report: herd }));
  await eventually(
    () => api.describeJob(jobId),
    ({ progress }) => progress.succeeded > 0,
    START_TIMEOUT_MS,
  );
  return jobId;
}

test('jobs go from one build to the other and back', async () => {
  const first = start(former, 'worker');
  await first.says('"ready"');
  const begunOnFormer = await startCopying('a');
  const second = await replace(first, PROJECT_ROOT);
  const begunOnPresent = await startCopying('b');
  const third = await replace(second, former);
  const begunAfterwards = await startCopying('c');
  const jobs = [begunOnFormer, begunOnPresent, begunAfterwards];
  for (const jobId of jobs) expect((await api.describeJob(jobId)).status).toMatch(/Active|Paused/);
  // The last one ends on the present build, the others wherever they are.
  const fourth = await replace(third, PROJECT_ROOT);
  proxy.delayMs = 0;
  for (const jobId of jobs) {
    await reaches(api, jobId, 'Complete', 120_000);
    const { rows } = await readReport(buckets, herd, reportFolder(jobId));
    expect(rows.map(({ key, taskStatus }) => `${key} ${taskStatus}`).sort()).toEqual(
      KEYS.map((key) => `${key} succeeded`),
    );
  }
  expect(await fourth.stop()).toBe(0);
  for (const { said } of started) expect(said).not.toMatch(/nondeterminism|TMPRL1100/i);
}, 400_000);
