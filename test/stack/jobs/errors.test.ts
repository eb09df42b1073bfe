/**
 * Goal: who made a mistake, or met someone else's, reads what is wrong and what to do, and never our insides. Method: each
 * mistake is made on real servers, as a role that may use some buckets only, and read over REST and by `drover`.
 */
import { ApiError, type Job } from '../../../cli/api-client';
import { eventually } from '../../support/eventually';
import { type KillableStore, startKillableStore } from '../../support/servers/killable-store';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, type TestDrover } from '../../support/stack/drover';
import { type JobOptions, jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { runDroverCli } from '../../support/stack/run-command';

const OPEN = ['workspace', 'open'];
const LIMITED = {
  accessKey: 'limited',
  secretKey: 'limited-secret',
  actions: ['Read', 'Write', 'List', 'Tagging'].flatMap((action) => OPEN.map((bucket) => `${action}:${bucket}`)),
};
const COPY = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::open', TargetKeyPrefix: 'copies' } };
const INSIDES = /\n\s+at |\.[tj]s:\d+|node_modules|\bundefined\b|\[object /;

let store: KillableStore;
let drover: TestDrover;
let buckets: Buckets;
let etag: string;

beforeAll(async () => {
  store = await startKillableStore([LIMITED]);
  drover = await startDrover(settings());
  buckets = new Buckets(store.url);
  await buckets.create(...OPEN, 'closed');
  await buckets.putMany('open', ['a', 'b']);
  await buckets.putMany('closed', ['a', 'manifest.csv']);
  etag = await buckets.put('open', 'manifest.csv', plainManifest('open', ['a', 'b']));
});

afterAll(async () => {
  await drover?.close();
  buckets?.close();
  await store?.close();
});

function settings(): Record<string, string> {
  return {
    DROVER_S3_ENDPOINT: store.url,
    DROVER_S3_ACCESS_KEY: LIMITED.accessKey,
    DROVER_S3_SECRET_KEY: LIMITED.secretKey,
    DROVER_WORKSPACE_BUCKET: 'workspace',
  };
}

function create(options: Partial<JobOptions>, more: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const request = jobRequest({ manifest: 'open/manifest.csv', operation: COPY, ...options, more });
  return drover.api.createJob(request).then(({ jobId }) => jobId);
}

/** What REST answers to a request that is refused at once. */
async function refusal(creating: Promise<string>): Promise<string> {
  const error = await creating.then(
    (jobId) => new Error(`job ${jobId} was created`),
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw error;
  expect(error.message).not.toMatch(INSIDES);
  expect(error.advice).not.toBe('');
  return `${error.httpStatus} ${error.code}: ${error.message}`;
}

/** The reason of a job that fails, checked to be the same for those who look with `drover`. */
async function failure(creating: Promise<string>): Promise<string> {
  const jobId = await creating;
  const job: Job = await drover.reaches(jobId, 'Failed');
  expect(JSON.stringify(job)).not.toMatch(INSIDES);
  const [reason, ...others] = job.failureReasons.map((one) => `${one.FailureCode}: ${one.FailureReason}`);
  expect(others).toEqual([]);
  const { exitCode, stdout, stderr } = await runDroverCli(drover.apiUrl, ['describe', jobId]);
  expect(`${exitCode} ${stderr}`.trim()).toBe('0');
  expect(stdout).toContain('Failed');
  expect(stdout.replace(/\s+/g, ' ')).toContain(reason?.split(': ')[0]);
  expect(stdout).not.toMatch(INSIDES);
  return reason ?? '';
}

describe('a manifest', () => {
  test('that is not there is refused at once, or fails the job when its ETag was given', async () => {
    expect(await refusal(create({ manifest: 'open/none.csv' }))).toMatch(
      /^404 ManifestNotFound: .*arn:aws:s3:::open\/none\.csv/,
    );
    expect(await failure(create({ manifest: 'open/none.csv', etag }))).toMatch(
      /^ManifestNotFound: There is no manifest arn:aws:s3:::open\/none\.csv: GetObject \(open\) at .*: 404 NoSuchKey/,
    );
  });

  test('that has changed since', async () => {
    expect(await failure(create({ etag: 'd41d8cd98f00b204e9800998ecf8427e' }))).toBe(
      "ManifestETagMismatch: The manifest's ETag is not the one given: arn:aws:s3:::open/manifest.csv",
    );
  });

  test('with another number of columns', async () => {
    await buckets.put('open', 'columns.csv', 'open,a\nopen,b,1,2\n');
    expect(await failure(create({ manifest: 'open/columns.csv' }))).toBe(
      'InvalidManifestContent: Row 2 of arn:aws:s3:::open/columns.csv has 4 columns, expected 2 (Bucket, Key)',
    );
  });

  test('that the role may not read', async () => {
    expect(await refusal(create({ manifest: 'closed/manifest.csv' }))).toMatch(/^403 ManifestAccessDenied: /);
    expect(await failure(create({ manifest: 'closed/manifest.csv', etag }))).toMatch(
      /^ManifestAccessDenied: The role may not read the manifest arn:aws:s3:::closed\/manifest\.csv: .*: 403 AccessDenied/,
    );
  });
});

test('a role that nobody has configured', async () => {
  const RoleArn = 'arn:aws:iam::123456789012:role/nobody';
  expect(await refusal(create({}, { RoleArn }))).toMatch(
    /^400 RoleNotConfigured: RoleArn: the role \S+:role\/nobody is not configured; account \d{12} may use \S+:role\/\S+$/,
  );
});

test('a report bucket that is not there, or not the role’s', async () => {
  for (const report of ['nowhere', 'closed']) {
    expect(await failure(create({ report }))).toBe(
      `ReportNotWritable: The report bucket arn:aws:s3:::${report} does not exist, or the job role may not see it.`,
    );
  }
});

test('objects that the role may not read fail one by one, in the words of the store', async () => {
  await buckets.put('open', 'mixed.csv', plainManifest('open', ['a']) + plainManifest('closed', ['a']));
  const jobId = await create({ manifest: 'open/mixed.csv', report: 'open' });
  const job = await drover.reaches(jobId, 'Complete');
  expect(job.progress).toMatchObject({ succeeded: 1, failed: 1 });
  const { rows } = await readReport(buckets, 'open', reportFolder(jobId));
  expect(rows.find(({ bucket }) => bucket === 'closed')).toMatchObject({
    ...{ taskStatus: 'failed', httpStatus: '403', errorCode: 'AccessDenied' },
  });
  const { exitCode, stdout } = await runDroverCli(drover.apiUrl, ['report', jobId, '--rows', 'failed']);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^closed,a,,failed,403,AccessDenied,/);
});

test('a workspace that nobody has made', async () => {
  const homeless = await startDrover({ ...settings(), DROVER_WORKSPACE_BUCKET: 'not-made' });
  try {
    const { jobId } = await homeless.api.createJob(jobRequest({ manifest: 'open/manifest.csv', operation: COPY }));
    const job = await homeless.reaches(jobId, 'Failed');
    expect(job.failureReasons).toMatchObject([
      {
        FailureCode: 'WorkspaceNotWritable',
        FailureReason: expect.stringContaining('bucket not-made'),
        Advice: expect.stringContaining('workspace bucket'),
      },
    ]);
  } finally {
    await homeless.close();
  }
});

test('a store that is down from the start is waited for, with its address', async () => {
  await store.stop();
  expect(await refusal(create({}))).toMatch(new RegExp(`^503 StoreUnreachable: .*${store.url}`));
  const jobId = await create({ etag, report: 'open' });
  const job = await eventually(
    () => drover.api.describeJob(jobId),
    ({ waitingFor }) => waitingFor !== undefined,
    20_000,
  );
  expect(job).toMatchObject({ status: 'Preparing', failureReasons: [] });
  expect(job.waitingFor).toContain(store.url);
  expect(job.waitingFor).not.toMatch(INSIDES);
  const { stdout } = await runDroverCli(drover.apiUrl, ['describe', jobId]);
  expect(stdout).toContain(store.url);
  await store.start();
  expect((await drover.reaches(jobId, 'Complete')).progress).toMatchObject({ succeeded: 2, failed: 0 });
});
