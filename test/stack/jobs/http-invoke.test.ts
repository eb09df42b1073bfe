/**
 * Goal: a webhook written with nothing but Node serves a job as a function would: it can check who asks, and its word stands in
 * the report. Method: a real HTTP server that computes each signature itself, from the specification of Standard Webhooks.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { FunctionRequest } from '../../support/memory-store/functions';
import { type HttpStoreStub, type SeenRequest, startHttpStoreStub } from '../../support/servers/http-store-stub';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport, type ReportRow } from '../../support/stack/report';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let server: HttpStoreStub;
let drover: TestDrover;
let buckets: Buckets;
let source: string;
const attempts = new Map<string, number>();

beforeAll(async () => {
  server = await startHttpStoreStub((response, request) => {
    if (!isGenuine(request)) return void response.writeHead(401).end('who are you?');
    const status = /\/status-(\d+)/.exec(request.url)?.[1];
    if (status !== undefined) return void response.writeHead(Number(status), { location: '/hooks/' }).end('no');
    response.writeHead(200).end(JSON.stringify(answerTo(JSON.parse(request.body.toString()) as FunctionRequest)));
  });
  ({
    drover,
    buckets,
    names: { source },
  } = await startDroverOnBuckets(['source'], {
    DROVER_HTTP_INVOKE_URL: `${server.endpoint}/hooks`,
    DROVER_HTTP_INVOKE_SECRET: SECRET,
  }));
});

afterAll(async () => {
  await drover?.close();
  await server?.close();
});

beforeEach(() => {
  server.requests.length = 0;
});

function isGenuine({ headers, body }: SeenRequest): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': given } = headers;
  if (Math.abs(Date.now() / 1_000 - Number(timestamp)) > 300) return false;
  const mac = createHmac('sha256', Buffer.from(SECRET.slice('whsec_'.length), 'base64'));
  const wanted = Buffer.from(
    `v1,${mac
      .update(`${String(id)}.${String(timestamp)}.`)
      .update(body)
      .digest('base64')}`,
  );
  const actual = Buffer.from(String(given));
  return wanted.length === actual.length && timingSafeEqual(wanted, actual);
}

function answerTo({ invocationSchemaVersion, invocationId, job, tasks }: FunctionRequest): object {
  const results = tasks.map(({ taskId, s3Key, s3Bucket, s3BucketArn }) => {
    const seen = (attempts.get(taskId) ?? 0) + 1;
    attempts.set(taskId, seen);
    if (s3Key.startsWith('temporary') && seen === 1) return { taskId, resultCode: 'TemporaryFailure' };
    if (s3Key.startsWith('permanent')) return { taskId, resultCode: 'PermanentFailure', resultString: 'refused' };
    const where = `${s3Bucket ?? s3BucketArn ?? ''}/${s3Key}`;
    return { taskId, resultCode: 'Succeeded', resultString: `${where} ${job.userArguments?.['width'] ?? ''}`.trim() };
  });
  return { invocationSchemaVersion, invocationId, treatMissingKeysAs: 'PermanentFailure', results };
}

async function create(
  path: string,
  keys: readonly string[],
  parameters: Record<string, unknown> = {},
): Promise<string> {
  const manifest = `manifests/${Date.now()}.csv`;
  await buckets.put(source, manifest, plainManifest(source, keys));
  const { jobId } = await drover.api.createJob(
    jobRequest({
      manifest: `${source}/${manifest}`,
      operation: { HttpInvoke: { Url: server.endpoint + path, ...parameters } },
      report: source,
    }),
  );
  return jobId;
}

async function rowsOf(jobId: string): Promise<ReportRow[]> {
  await drover.reaches(jobId, 'Complete');
  const { rows } = await readReport(buckets, source, reportFolder(jobId));
  return [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
}

test('signed requests, one row for each object', async () => {
  const rows = await rowsOf(await create('/hooks/resize', ['a+b%2Fc', 'permanent', 'temporary']));
  expect(
    rows.map(({ taskStatus, httpStatus, errorCode, message }) => [taskStatus, httpStatus, errorCode, message]),
  ).toEqual([
    ['succeeded', '200', '', `arn:aws:s3:::${source}/a+b%2Fc`],
    ['failed', '200', 'PermanentFailure', 'refused'],
    ['succeeded', '200', '', `arn:aws:s3:::${source}/temporary`],
  ]);
  expect(server.requests).toHaveLength(4);
});

test('several tasks in one request, with arguments', async () => {
  const keys = ['a', 'b', 'c', 'd', 'e', 'temporary-f', 'temporary-g'];
  const parameters = { InvocationSchemaVersion: '2.0', UserArguments: { width: '640' }, TasksPerInvocation: 100 };
  const rows = await rowsOf(await create('/hooks', keys, parameters));
  expect(rows.map(({ taskStatus, message }) => `${taskStatus} ${message}`)).toEqual(
    keys.map((key) => `succeeded ${source}/${key} 640`),
  );
  const bodies = server.requests.map(({ body }) => JSON.parse(body.toString()) as FunctionRequest);
  expect(bodies.map(({ tasks }) => tasks.length)).toEqual([7, 2]);
  expect(server.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
    bodies.map(({ invocationId }) => invocationId),
  );
});

test.each([
  [404, 'The webhook answered 404 Not Found: no'],
  [302, 'The webhook answered 302 Found to /hooks/: redirects are not followed'],
])('%i is the row, at once', async (status, message) => {
  const [row] = await rowsOf(await create(`/hooks/status-${status}`, ['a']));
  expect(row).toMatchObject({
    taskStatus: 'failed',
    httpStatus: String(status),
    errorCode: 'PermanentFailure',
    message,
  });
  expect(server.requests).toHaveLength(1);
});

test('an address outside of what the role may call is refused when the job is created', async () => {
  await expect(create('/other', ['a'])).rejects.toThrow(/may not call/);
  expect(server.requests).toEqual([]);
});
