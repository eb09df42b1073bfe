/**
 * Goal: those who run Drover see from outside what it does: pages for Prometheus, a log that gives reasons, an audit log, traces. Method:
 * API and worker, and the receiver of the OpenTelemetry Collector, as processes of their own, one job that goes well and one that fails, and everything that the processes have said.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiClient } from '../../../cli/api-client';
import { childEnvironment } from '../../../config/dev';
import { PROJECT_ROOT } from '../../../dev/parts/project-root';
import { eventually } from '../../support/eventually';
import { OtlpReceiver, type ReceivedSpan } from '../../support/otlp-receiver';
import { testStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { jobRequest, plainManifest, reaches } from '../../support/stack/jobs';

type Line = Record<string, unknown>;

const ACCOUNT = '210987654321';
const KEY = { accessKeyId: 'WATCHER', secretAccessKey: 'a-secret-that-nobody-writes-down' };
const TAG = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };

/** A process and its lines. */
class Program {
  output = '';
  readonly child: ChildProcess;
  private readonly ended: Promise<number | NodeJS.Signals | null>;

  constructor(name: 'api' | 'worker', settings: Readonly<Record<string, string>>) {
    this.child = spawn(process.execPath, [join(PROJECT_ROOT, 'dist', name, 'main.js')], {
      env: childEnvironment(settings),
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    }
    this.ended = new Promise((resolve) => this.child.once('close', (code, signal) => resolve(code ?? signal)));
  }

  /** Every line must be JSON. */
  get lines(): Line[] {
    return this.output
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line);
  }

  says(holds: (line: Line) => boolean): Promise<Line> {
    return eventually(
      () => Promise.resolve(this.lines.find(holds)),
      (line) => line !== undefined,
      60_000,
    ).then((line) => line!);
  }

  /** What it ends with. */
  stop(): Promise<number | NodeJS.Signals | null> {
    this.child.kill('SIGTERM');
    return this.ended;
  }
}

test('a worker that says it is ready is', async () => {
  const { host, port } = ready['metrics'] as { host: string; port: number };
  expect((await fetch(`http://${host}:${port}/healthz`)).status).toBe(200);
});

async function page({ metrics }: Line): Promise<string> {
  const { host, port } = metrics as { host: string; port: number };
  const answer = await fetch(`http://${host}:${port}/metrics`);
  expect(answer.status).toBe(200);
  return answer.text();
}

/** The value of the series, whatever the order of its labels. */
function value(text: string, name: string, labels: Readonly<Record<string, string>>): number | undefined {
  const wanted = Object.entries(labels).map(([label, of]) => `${label}="${of}"`);
  const line = text
    .split('\n')
    .find((each) => each.startsWith(`${name}{`) && wanted.every((pair) => each.includes(pair)));
  return line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ')));
}

let folder: string;
let auditFile: string;
let api: Program;
let worker: Program;
let buckets: Buckets;
let client: ApiClient;
let apiUrl: string;
let listening: Line;
let ready: Line;
let good: string;
let bad: string;
let data: string;
let receiver: OtlpReceiver;

beforeAll(async () => {
  const { temporalAddress, s3Endpoint } = testStack();
  const unique = randomUUID().slice(0, 8);
  folder = mkdtempSync(join(tmpdir(), 'drover-watched-'));
  auditFile = join(folder, 'audit.log');
  receiver = await OtlpReceiver.start();
  const settings = {
    DROVER_CONFIG: 'none',
    DROVER_S3_ENDPOINT: s3Endpoint,
    DROVER_ACCOUNT_ID: ACCOUNT,
    DROVER_ACCESS_KEY: KEY.accessKeyId,
    DROVER_SECRET_KEY: KEY.secretAccessKey,
    DROVER_TASK_QUEUE: `watched-${unique}`,
    DROVER_WORKSPACE_BUCKET: `workspace-${unique}`,
    DROVER_API_PORT: '0',
    TEMPORAL_ADDRESS: temporalAddress,
    // A word about the version of Node, on which the tests happen to run.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    DROVER_TRACES_ENDPOINT: await receiver.url(),
    DROVER_TRACES_REQUEST_SHARE: '1',
  };
  data = `data-${unique}`;
  buckets = new Buckets(s3Endpoint);
  await buckets.create(`workspace-${unique}`, data);
  await buckets.putMany(data, ['a', 'b', 'c']);
  await buckets.put(data, 'good.csv', plainManifest(data, ['a', 'b', 'c', 'missing']));
  await buckets.put(data, 'bad.csv', 'one,"quote that never ends\n');
  api = new Program('api', { ...settings, DROVER_AUDIT_LOG: auditFile, DROVER_API_METRICS_ADDRESS: '127.0.0.1:0' });
  worker = new Program('worker', { ...settings, DROVER_WORKER_METRICS_ADDRESS: '127.0.0.1:0' });
  listening = await api.says(({ msg }) => msg === 'API is listening');
  ready = await worker.says(({ msg }) => msg === 'ready');
  apiUrl = `http://127.0.0.1:${String(listening['port'])}`;
  client = new ApiClient({ apiUrl, credentials: KEY });
  const role = `arn:aws:iam::${ACCOUNT}:role/drover`;
  const create = async (manifest: string): Promise<string> => {
    const more = { RoleArn: role, ConfirmationRequired: false, Priority: 5 };
    const { jobId } = await client.createJob(jobRequest({ manifest: `${data}/${manifest}`, operation: TAG, more }));
    return jobId;
  };
  good = await create('good.csv');
  bad = await create('bad.csv');
  await Promise.all([reaches(client, good, 'Complete'), reaches(client, bad, 'Failed')]);
});

afterAll(async () => {
  await Promise.all([api?.stop(), worker?.stop()]);
  await receiver?.stop();
  buckets?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the worker says when a job starts and ends, and why', async () => {
  const ofJob = (id: string, msg: string) => worker.says((line) => line['jobId'] === id && line['msg'] === msg);
  const operation = 'S3PutObjectTagging';
  expect(await ofJob(good, 'job started')).toMatchObject({ level: 'info', account: ACCOUNT, operation, priority: 5 });
  expect(await ofJob(good, 'job ended')).toMatchObject({
    level: 'info',
    service: 'drover-worker',
    status: 'Complete',
    tasks: 4,
    succeeded: 3,
    failed: 1,
    skipped: 0,
    seconds: expect.any(Number),
  });
  expect(await ofJob(bad, 'job ended')).toMatchObject({
    level: 'warn',
    status: 'Failed',
    error: { code: 'InvalidManifestContent', message: expect.stringContaining('never closed') },
  });
  const failedActivity = await worker.says(({ msg }) => msg === 'Activity failed');
  expect(failedActivity['error']).toMatchObject({ code: 'InvalidManifestContent', message: expect.any(String) });
});

test('every line of both has the same form, and nothing is said at start that is normal', () => {
  for (const [program, service] of [
    [api, 'drover-api'],
    [worker, 'drover-worker'],
  ] as const) {
    expect(program.lines.length).toBeGreaterThan(0);
    for (const line of program.lines) {
      expect(line).toMatchObject({
        level: expect.stringMatching(/^(info|warn|error)$/),
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        service,
        version: expect.any(String),
        msg: expect.any(String),
      });
      expect(line['error']).not.toEqual({});
    }
    expect(program.output).not.toContain('No workflows registered');
    expect(program.output).not.toContain('\u001b[');
  }
});

test('the page of the worker has tasks, requests, and Temporal’s own', async () => {
  const text = await page(ready);
  const tasks = (outcome: string) =>
    value(text, 'drover_tasks_total', { operation: 'S3PutObjectTagging', outcome, store: 'default' });
  expect([tasks('succeeded'), tasks('failed')]).toEqual([3, 1]);
  const requests = { store: 'default', operation: 'PutObjectTagging' };
  expect(value(text, 'drover_store_requests_total', { ...requests, status: '2xx' })).toBe(3);
  expect(value(text, 'drover_store_request_duration_seconds_count', requests)).toBeGreaterThanOrEqual(4);
  expect(value(text, 'drover_store_requests_total', { store: '(workspace)', operation: 'PutObject' })).toBeGreaterThan(
    0,
  );
  expect(value(text, 'drover_bucket_requests_limit', { store: 'default', bucket: data })).toBeGreaterThan(0);
  expect(text).toMatch(/^drover_rows_prepared_total 4$/m);
  expect(text).toMatch(/^process_cpu_seconds_total \d/m);
  const board = readFileSync(join(PROJECT_ROOT, 'deploy/monitoring/grafana/dashboards/drover.json'), 'utf8');
  for (const [name] of board.matchAll(/\btemporal_\w+/g)) expect(text).toMatch(new RegExp(`^${name}\\{`, 'm'));
  expect(board).toContain('temporal_');
});

test('the page of the API has jobs by status, slots and its own requests', async () => {
  const text = await eventually(
    () => page(listening),
    (found) => value(found, 'drover_jobs', { status: 'Failed' }) === 1,
    60_000,
  );
  expect(value(text, 'drover_jobs', { status: 'Complete' })).toBe(1);
  expect(value(text, 'drover_jobs', { status: 'Active' })).toBe(0);
  expect(text).toMatch(/^drover_temporal_up 1$/m);
  expect(text).toMatch(/^drover_batch_slots 8$/m);
  expect(value(text, 'drover_queue_backlog', { queue: 'batches' })).toBe(0);
  expect(value(text, 'drover_queue_oldest_seconds', { queue: 'batches' })).toBeGreaterThanOrEqual(0);
  expect(value(text, 'drover_api_requests_total', { operation: 'createJob', status: '2xx' })).toBe(2);
});

test('a job is one trace: job, chunk, batch and its requests', async () => {
  const ofJob = async (): Promise<readonly ReceivedSpan[]> => {
    const root = receiver.spans.find(({ attributes }) => attributes['drover.job_id'] === good);
    return receiver.spans.filter(({ traceId }) => traceId === root?.traceId);
  };
  // The job's own span is the last to end.
  const spans = await eventually(
    ofJob,
    (found) => found.some(({ name }) => name === 'RunWorkflow:jobWorkflow'),
    60_000,
  );
  const parents = (from: ReceivedSpan | undefined): string[] =>
    from === undefined ? [] : [from.name, ...parents(spans.find(({ spanId }) => spanId === from.parentId))];
  const tagged = spans.filter(
    ({ name, attributes }) => name === 'PutObjectTagging' && attributes['http.response.status_code'] === 200,
  );
  expect(tagged).toHaveLength(3);
  for (const request of tagged) {
    expect(parents(request)).toEqual([
      'PutObjectTagging',
      'RunActivity:runBatch',
      'StartActivity:runBatch',
      'RunWorkflow:chunkWorkflow',
      'StartChildWorkflow:chunkWorkflow',
      'RunWorkflow:jobWorkflow',
      'StartWorkflow:jobWorkflow',
    ]);
    expect(request).toMatchObject({ service: 'drover-worker', attributes: { 'aws.s3.bucket': data } });
  }
  expect(spans.find(({ name }) => name.startsWith('StartWorkflow'))).toMatchObject({ service: 'drover-api' });
  expect(JSON.stringify(receiver.spans)).not.toContain('missing');
});

test('the audit log has who did what, is opened anew on SIGHUP, and no secret is anywhere', async () => {
  const entries = (file: string): Line[] =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Line);
  expect(entries(auditFile).filter(({ operation }) => operation === 'createJob')).toEqual([
    expect.objectContaining({ account: ACCOUNT, accessKeyId: KEY.accessKeyId, jobId: good, status: 201 }),
    expect.objectContaining({ account: ACCOUNT, accessKeyId: KEY.accessKeyId, jobId: bad, status: 201 }),
  ]);
  renameSync(auditFile, `${auditFile}.1`);
  api.child.kill('SIGHUP');
  await eventually(() => Promise.resolve(existsSync(auditFile)), Boolean, 10_000);
  const authorization = `Basic ${Buffer.from(`${KEY.accessKeyId}:wrong`).toString('base64')}`;
  expect((await fetch(`${apiUrl}/api/jobs`, { headers: { authorization } })).status).toBe(401);
  const [refused] = await eventually(
    () => Promise.resolve(entries(auditFile)),
    ({ length }) => length > 0,
    10_000,
  );
  expect(refused).toMatchObject({ log: 'audit', claimedAccessKeyId: KEY.accessKeyId, code: 'InvalidCredentials' });
  const everything = [
    api.output,
    worker.output,
    readFileSync(auditFile, 'utf8'),
    readFileSync(`${auditFile}.1`, 'utf8'),
  ];
  expect(everything.join('')).not.toContain(KEY.secretAccessKey);
  expect(everything.join('')).not.toContain('Basic ');
});

test('told to stop, each ends in order', async () => {
  expect(await Promise.all([api.stop(), worker.stop()])).toEqual([0, 0]);
  await expect(client.describeJob(good)).rejects.toThrow('Cannot reach');
});
