/**
 * Goal: functions written for S3 Batch Operations run unchanged, and every way a function can answer, or fail to, ends as one
 * report row. Method: serverless-offline serves real handlers (test/support/lambda) on Lambda's Invoke API.
 */
import { type StartedServer, startServerlessOffline } from '../../support/servers/stack';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport, type ReportRow } from '../../support/stack/report';

let functions: StartedServer;
let drover: TestDrover;
let buckets: Buckets;
let source: string;

beforeAll(async () => {
  functions = await startServerlessOffline();
  ({
    drover,
    buckets,
    names: { source },
  } = await startDroverOnBuckets(['source'], { DROVER_LAMBDA_ENDPOINT: functions.url }));
}, 180_000);

afterAll(async () => {
  await drover?.close();
  await functions?.stop();
});

async function invoke(
  name: string,
  keys: readonly string[],
  parameters: Readonly<Record<string, unknown>> = {},
): Promise<ReportRow[]> {
  const manifest = `manifests/${name}-${Date.now()}.csv`;
  await buckets.put(source, manifest, plainManifest(source, keys));
  const FunctionArn = `arn:aws:lambda:us-east-1:${drover.account}:function:${name}`;
  const { jobId } = await drover.api.createJob(
    jobRequest({
      manifest: `${source}/${manifest}`,
      operation: { LambdaInvoke: { FunctionArn, ...parameters } },
      report: source,
    }),
  );
  await drover.reaches(jobId, 'Complete');
  const { rows } = await readReport(buckets, source, reportFolder(jobId));
  expect(rows.map(({ key }) => key).sort()).toEqual([...keys].sort());
  return [...rows].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function told(row: ReportRow | undefined): unknown {
  return JSON.parse(row?.message ?? '');
}

test('schema 1.0: bucket as ARN, the key as the manifest spells it, the answer in the report', async () => {
  const rows = await invoke('tagger', ['a+b%2Fc', 'permanent-1', 'plain']);
  expect(
    rows.map(({ taskStatus, httpStatus, errorCode }) => `${taskStatus} ${httpStatus} ${errorCode}`.trim()),
  ).toEqual(['succeeded 200', 'failed 200 PermanentFailure', 'succeeded 200']);
  const bucket = `arn:aws:s3:::${source}`;
  expect(told(rows[0])).toEqual({ bucket, key: 'a+b%2Fc', versionId: null, arguments: null });
  expect(rows[1]?.message).toBe('refused permanent-1');
  expect(told(rows[2])).toEqual({ bucket, key: 'plain', versionId: null, arguments: null });
});

test('schema 2.0: bucket by name, and the arguments of the user', async () => {
  const rows = await invoke('tagger', ['k'], { InvocationSchemaVersion: '2.0', UserArguments: { width: '640' } });
  expect(told(rows[0])).toEqual({ bucket: source, key: 'k', versionId: null, arguments: { width: '640' } });
});

test('a temporary failure is invoked again until it succeeds, or long enough', async () => {
  const rows = await invoke('tagger', ['temporary-2-passes', 'temporary-99-stays']);
  expect(rows[0]).toMatchObject({ taskStatus: 'succeeded' });
  expect(told(rows[0])).toMatchObject({ key: 'temporary-2-passes' });
  expect(rows[1]).toMatchObject({ taskStatus: 'failed', errorCode: 'TemporaryFailure' });
  expect(rows[1]?.message).toMatch(/^attempt \d+$/);
  expect(Number(rows[1]?.message.slice('attempt '.length))).toBeGreaterThan(2);
});

test('a function that throws, answers prose, or forgets its task fails its task only', async () => {
  const [thrown] = await invoke('broken', ['one']);
  expect(thrown).toMatchObject({ taskStatus: 'failed', httpStatus: '200', errorCode: 'PermanentFailure' });
  expect(thrown?.message).toContain('the handler threw');
  const [prose] = await invoke('prose', ['one']);
  expect(prose).toMatchObject({ taskStatus: 'failed', errorCode: 'PermanentFailure' });
  expect(prose?.message).toMatch(/^Invalid (JSON|response) returned in Lambda payload/);
  const [forgotten] = await invoke('forgetful', ['one']);
  expect(forgotten).toMatchObject({ taskStatus: 'failed', errorCode: 'TemporaryFailure' });
  expect(forgotten?.message).toBe('Lambda returned no result for this task');
});

test('a function that does not wait for its own work has no results', async () => {
  const [hasty] = await invoke('hasty', ['one']);
  expect(hasty).toMatchObject({ taskStatus: 'failed', httpStatus: '200', errorCode: 'PermanentFailure' });
  expect(hasty?.message).toMatch(/^Invalid (JSON|response) returned in Lambda payload/);
});

describe('several tasks in one invocation', () => {
  const TasksPerInvocation = 4;
  const missing = (code: string): Record<string, unknown> => ({
    TasksPerInvocation,
    InvocationSchemaVersion: '2.0',
    UserArguments: { missing: code },
  });

  function told(rows: readonly ReportRow[]): string[] {
    return rows.map(({ taskStatus, errorCode, message }) => `${taskStatus} ${errorCode} ${message}`.replace('  ', ' '));
  }

  test('each has its own row; what failed for now is invoked again by itself', async () => {
    const keys = ['a', 'permanent-1', 'temporary-1-b', 'temporary-1-c', 'd'];
    expect(told(await invoke('counter', keys, { TasksPerInvocation }))).toEqual([
      'succeeded one of 4',
      'succeeded one of 1',
      'failed PermanentFailure one of 4',
      'succeeded one of 2',
      'succeeded one of 2',
    ]);
  });

  test.each([
    ['Succeeded', { TrustMissingResults: true }, 'succeeded Lambda returned no result for this task'],
    [
      'Succeeded',
      {},
      'failed PermanentFailure Lambda returned no result for this task, one of 2 in the request: treatMissingKeysAs Succeeded counts with TrustMissingResults only',
    ],
    ['PermanentFailure', {}, 'failed PermanentFailure Lambda returned no result for this task'],
  ])('what is missing is treated as %s, with %j', async (code, more, row) => {
    const rows = await invoke('counter', ['a', 'forgotten'], { ...missing(code), ...more });
    expect(told(rows)).toEqual(['succeeded one of 2', row]);
  });

  test('a time-out is that of all tasks of the invocation, and of no other', async () => {
    const rows = await invoke('counter', ['a', 'b', 'c', 'slow', 'x', 'y'], { TasksPerInvocation });
    expect(told(rows).map((row) => row.replace(/function error: .*time.*/i, 'function error: …'))).toEqual([
      ...Array.from({ length: 4 }, () => 'failed PermanentFailure Lambda returned function error: …'),
      'succeeded one of 2',
      'succeeded one of 2',
    ]);
  });
});

test('a function that takes too long or does not exist says so', async () => {
  const [slow] = await invoke('tagger', ['slow']);
  expect(slow).toMatchObject({ taskStatus: 'failed', errorCode: 'PermanentFailure' });
  expect(slow?.message).toMatch(/time/i);
  const [unknown] = await invoke('nobody', ['one']);
  expect(unknown).toMatchObject({ taskStatus: 'failed', httpStatus: '404' });
  expect(unknown?.errorCode).toMatch(/NotFound/);
});
