/**
 * Goal: whatever dies or freezes while the source of a job is being read, every object of it is one task. Method: the processes of a real
 * stack before a store that gives lists slowly; workers are killed with SIGKILL, five times for each kind of source, or stopped until
 * others have taken over; then the completion report is compared with the list, row by row.
 */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ApiClient } from '../../../cli/api-client';
import { eventually } from '../../support/eventually';
import type { FunctionRequest } from '../../support/memory-store/functions';
import { type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { startSlowReads } from '../../support/servers/slow-reads';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { reaches, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

const KEYS = Array.from({ length: 30_000 }, (_, index) => `herd/${index % 40}/cow ${String(index).padStart(5, '0')}`);
const FILES = 10;
const KILLS = 5;
const HEARTBEAT_TIMEOUT_SECONDS = 5;
/** A part takes longer than two flushes, so that an attempt finds a state to go on from. */
const SPEED = { listingDelayMs: 1_500, bytesPerSecond: 800 };

let store: KillableStore;
let slow: Awaited<ReturnType<typeof startSlowReads>>;
let hook: HttpStoreStub;
let stack: DroverStack;
let buckets: Buckets;
let api: ApiClient;

beforeAll(async () => {
  store = await startKillableStore();
  slow = await startSlowReads(store.url, SPEED);
  hook = await startHttpStoreStub((response, { body }) => {
    response.writeHead(200).end(JSON.stringify(allDone(JSON.parse(body.toString()) as FunctionRequest)));
  });
  stack = await startDroverStack({
    workers: 2,
    env: {
      DROVER_S3_ENDPOINT: slow.url,
      DROVER_HEARTBEAT_TIMEOUT_SECONDS: String(HEARTBEAT_TIMEOUT_SECONDS),
      DROVER_HTTP_INVOKE_URL: `${hook.endpoint}/hooks`,
      DROVER_HTTP_INVOKE_SECRET: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    },
  });
  api = new ApiClient({ apiUrl: stack.apiUrl });
  buckets = new Buckets(store.url);
  await buckets.create('herd', 'lists', 'reports');
  await buckets.putMany('herd', KEYS);
  await putLists();
}, 240_000);

afterAll(async () => {
  await stack?.stop();
  buckets?.close();
  await hook?.close();
  await slow?.close();
  await store?.close();
});

function allDone({ invocationSchemaVersion, invocationId, tasks }: FunctionRequest): object {
  const results = tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString: '' }));
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'PermanentFailure', results };
}

let inventory: { readonly ObjectArn: string; readonly ETag: string };

async function putLists(): Promise<void> {
  const files: object[] = [];
  for (let file = 0; file < FILES; file++) {
    const keys = KEYS.slice((file * KEYS.length) / FILES, ((file + 1) * KEYS.length) / FILES);
    const rows = keys.map((key) => `"herd","${encodeURIComponent(key)}"\n`).join('');
    const packed = gzipSync(rows);
    await buckets.put('lists', `csv/slow/${file}.csv.gz`, packed);
    await buckets.put('lists', `inventory/slow/${file}.csv.gz`, packed);
    const MD5checksum = createHash('md5').update(packed).digest('hex');
    files.push({ key: `inventory/slow/${file}.csv.gz`, size: packed.length, MD5checksum });
  }
  const text = JSON.stringify({
    sourceBucket: 'herd',
    destinationBucket: 'arn:aws:s3:::lists',
    version: '2016-11-30',
    creationTimestamp: '1514944800000',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key',
    files,
  });
  const key = 'inventory/manifest.json';
  inventory = { ObjectArn: `arn:aws:s3:::lists/${key}`, ETag: await buckets.put('lists', key, text) };
}

const SOURCES: Readonly<Record<string, () => object>> = {
  'a prefix': () => ({ Source: { Prefixes: [{ Bucket: 'herd', Prefix: 'herd/' }] } }),
  'packed lists': () => ({ Source: { Manifests: csvManifests() } }),
  'packed lists with a filter': () => ({ Source: { Manifests: csvManifests() }, Filter: { Include: ['herd/**'] } }),
  'an inventory': () => ({ Manifest: { Spec: { Format: 'S3InventoryReport_CSV_20161130' }, Location: inventory } }),
};

function csvManifests(): object {
  return {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Locations: [{ Bucket: 'lists', KeyPattern: 'csv/slow/*.csv.gz' }],
  };
}

async function start(source: object): Promise<string> {
  const { jobId } = await api.createJob({
    ...source,
    Operation: {
      HttpInvoke: { Url: `${hook.endpoint}/hooks`, InvocationSchemaVersion: '2.0', TasksPerInvocation: 1_000 },
    },
    Report: {
      Enabled: true,
      Bucket: 'arn:aws:s3:::reports',
      Prefix: 'reports',
      Format: 'Report_CSV_20180820',
      ReportScope: 'AllTasks',
    },
  });
  await isReading(jobId);
  return jobId;
}

async function isReading(jobId: string): Promise<void> {
  const { status } = await eventually(
    () => api.describeJob(jobId),
    ({ status, preparing }) => (status === 'Preparing' && preparing !== undefined) || status !== 'Preparing',
    60_000,
  );
  expect(status).toBe('Preparing');
}

/** Waits for the worker where it is being started again. */
async function signal(name: string, sent: NodeJS.Signals): Promise<void> {
  const pid = await eventually(
    () => Promise.resolve(stack.pidOf(name)),
    (found) => found !== undefined,
  );
  process.kill(pid!, sent);
}

async function expectOneTaskEach(jobId: string): Promise<void> {
  const job = await reaches(api, jobId, 'Complete', 240_000);
  expect(job.progress).toMatchObject({ totalTasks: KEYS.length, succeeded: KEYS.length, failed: 0 });
  const { rows } = await readReport(buckets, 'reports', reportFolder(jobId));
  expect(rows.map(({ key }) => decodeURIComponent(key)).sort()).toEqual([...KEYS].sort());
}

test('sources of all kinds at once, and a worker is killed five times', async () => {
  const jobIds = await Promise.all(Object.values(SOURCES).map((source) => start(source())));
  for (let kill = 0; kill < KILLS; kill++) {
    await delay(2_500 + 1_500 * kill);
    await Promise.all(jobIds.map(isReading));
    await signal(`worker-${1 + (kill % 2)}`, 'SIGKILL');
  }
  await Promise.all(jobIds.map(expectOneTaskEach));
}, 600_000);

test('a prefix, and a worker is frozen until others have taken over its parts', async () => {
  const jobId = await start(SOURCES['a prefix']!());
  for (const name of ['worker-1', 'worker-2']) {
    await signal(name, 'SIGSTOP');
    await delay(HEARTBEAT_TIMEOUT_SECONDS * 1_000 + 2_000);
    await isReading(jobId);
    await signal(name, 'SIGCONT');
    await delay(1_000);
  }
  await expectOneTaskEach(jobId);
}, 360_000);
