/**
 * Goal: those who have scripts for S3 Batch Operations run them unchanged. Method: the AWS CLI, boto3, the SDKs for
 * JavaScript and Go (where Go is installed), as they come from their registries, against the API with a worker and a store behind it.
 */
import { join } from 'node:path';
import {
  BadRequestException,
  CreateJobCommand,
  type CreateJobCommandInput,
  DeleteJobTaggingCommand,
  DescribeJobCommand,
  GetJobTaggingCommand,
  IdempotencyException,
  InvalidNextTokenException,
  JobStatusException,
  ListJobsCommand,
  NotFoundException,
  PutJobTaggingCommand,
  S3ControlClient,
  TooManyTagsException,
  UpdateJobPriorityCommand,
  UpdateJobStatusCommand,
} from '@aws-sdk/client-s3-control';
import { eventually } from '../../support/eventually';
import { runGoClient } from '../../support/go-client';
import {
  awsCli,
  awsClientEnvironment,
  boto3Python,
  TEST_ACCESS_KEY,
  TEST_SECRET_KEY,
} from '../../support/servers/stack';
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';
import { type CommandResult, runProgram } from '../../support/stack/run-command';

const KEYS = Array.from({ length: 25 }, (_, index) => `docs/page-${index}.html`);
const UNKNOWN_JOB = '00000000-0000-0000-0000-000000000000';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly source: string; readonly target: string; readonly reports: string };
let etag: string;

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['source', 'target', 'reports']));
  await buckets.putMany(names.source, KEYS);
  etag = await buckets.put(names.source, 'manifest.csv', plainManifest(names.source, KEYS));
});

afterAll(async () => {
  await drover?.close();
});

describe('the AWS CLI', () => {
  let aws: string;

  beforeAll(async () => {
    aws = await awsCli();
  });

  /** Every command of `aws s3control` as users type it; the region snow has no account before the host name. */
  function s3control(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<CommandResult> {
    const common = ['--account-id', drover.account, '--region', 'snow', '--endpoint-url', drover.apiUrl];
    return runProgram(aws, ['s3control', ...args, ...common, '--output', 'json'], awsClientEnvironment(env));
  }

  async function answer(...args: string[]): Promise<Record<string, unknown>> {
    const { exitCode, stdout, stderr } = await s3control(args);
    if (exitCode !== 0) throw new Error(`aws s3control ${args.join(' ')}: ${stderr}`);
    return JSON.parse(stdout) as Record<string, unknown>;
  }

  async function described(jobId: string): Promise<Record<string, unknown>> {
    return (await answer('describe-job', '--job-id', jobId))['Job'] as Record<string, unknown>;
  }

  async function create(token: string, ...more: string[]): Promise<string> {
    const manifest = {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
      Location: { ObjectArn: `arn:aws:s3:::${names.source}/manifest.csv`, ETag: etag },
    };
    const created = await answer(
      'create-job',
      ...['--operation', JSON.stringify({ S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${names.target}` } })],
      ...['--manifest', JSON.stringify(manifest)],
      '--report',
      `Bucket=arn:aws:s3:::${names.reports},Prefix=reports,Format=Report_CSV_20180820,Enabled=true,ReportScope=AllTasks`,
      ...['--priority', '42', '--role-arn', drover.role, '--client-request-token', token, ...more],
    );
    return created['JobId'] as string;
  }

  test('copies a bucket and shows how', async () => {
    const jobId = await create('cli', '--no-confirmation-required', '--description', 'pages, all of them');
    // Awaited over REST: a second of the processor goes into each command.
    await drover.reaches(jobId, 'Complete');
    expect(await described(jobId)).toMatchObject({
      JobId: jobId,
      Status: 'Complete',
      Priority: 42,
      Description: 'pages, all of them',
      RoleArn: drover.role,
      ProgressSummary: { TotalNumberOfTasks: 25, NumberOfTasksSucceeded: 25, NumberOfTasksFailed: 0 },
      Manifest: { Location: { ETag: etag } },
    });
    const copies = await buckets.list(names.target);
    const originals = await buckets.list(names.source, 'docs/');
    expect(copies.map(({ key, etag: copy }) => `${key} ${copy}`)).toEqual(
      originals.map(({ key, etag: original }) => `${key} ${original}`),
    );
    expect((await readReport(buckets, names.reports, reportFolder(jobId))).rows).toHaveLength(25);
    expect(await answer('list-jobs', '--job-statuses', 'Complete')).toMatchObject({
      Jobs: [{ JobId: jobId, Status: 'Complete', Operation: 'S3PutObjectCopy' }],
    });
  });

  test('holds a job until it is confirmed or cancelled', async () => {
    const [confirmed, cancelled] = await Promise.all([create('cli-confirm'), create('cli-cancel')]);
    for (const jobId of [confirmed, cancelled]) {
      await drover.reaches(jobId, 'Suspended');
      const job = await described(jobId);
      expect(job).toMatchObject({
        Status: 'Suspended',
        ConfirmationRequired: true,
        ProgressSummary: { TotalNumberOfTasks: 25 },
      });
      expect(job['SuspendedDate']).toBeDefined();
    }
    expect(await answer('update-job-priority', '--job-id', cancelled, '--priority', '1000')).toEqual({
      JobId: cancelled,
      Priority: 1_000,
    });
    const reason = ['--status-update-reason', 'wrong bucket'];
    await answer('update-job-status', '--job-id', cancelled, '--requested-job-status', 'Cancelled', ...reason);
    await answer('update-job-status', '--job-id', confirmed, '--requested-job-status', 'Ready');
    await Promise.all([drover.reaches(cancelled, 'Cancelled'), drover.reaches(confirmed, 'Complete')]);
    expect(await described(cancelled)).toMatchObject({
      Status: 'Cancelled',
      Priority: 1_000,
      StatusUpdateReason: 'wrong bucket',
      ProgressSummary: { NumberOfTasksSucceeded: 0 },
    });
    expect(await described(confirmed)).toMatchObject({
      Status: 'Complete',
      ProgressSummary: { NumberOfTasksSucceeded: 25 },
    });
  });

  test('reads, replaces and removes the tags of a job', async () => {
    const jobId = await create('cli-tags', '--tags', 'Key=team,Value=a b');
    const tagging = async (call: string, ...more: string[]): Promise<string> => {
      const { exitCode, stdout, stderr } = await s3control([`${call}-job-tagging`, '--job-id', jobId, ...more]);
      return exitCode === 0 ? stdout.replace(/\s+/g, ' ').trim() : stderr;
    };
    expect(await tagging('get')).toBe('{ "Tags": [ { "Key": "team", "Value": "a b" } ] }');
    const many = Array.from({ length: 51 }, (_, index) => `Key=k${index},Value=`);
    expect(await tagging('put', '--tags', ...many)).toContain('(TooManyTagsException)');
    expect(await tagging('put', '--tags', 'Key=b,Value=', 'Key=é,Value=/')).toBe('');
    expect(JSON.parse(await tagging('get'))).toEqual({
      Tags: [
        { Key: 'b', Value: '' },
        { Key: 'é', Value: '/' },
      ],
    });
    expect(await tagging('delete')).toBe('');
    expect(await tagging('get')).toBe('{ "Tags": [] }');
    await answer('update-job-status', '--job-id', jobId, '--requested-job-status', 'Cancelled');
  });

  test('is told what is wrong', async () => {
    const unknown = await s3control(['describe-job', '--job-id', UNKNOWN_JOB]);
    expect(unknown.exitCode).not.toBe(0);
    expect(unknown.stderr).toContain('(NotFoundException)');
    const wrongSecret = await s3control(['list-jobs'], { AWS_SECRET_ACCESS_KEY: 'wrong' });
    expect(wrongSecret.exitCode).not.toBe(0);
    expect(wrongSecret.stderr).toContain('(SignatureDoesNotMatch)');
    const wrongRole = create('cli-role', '--role-arn', 'arn:aws:iam::123456789012:role/nobody');
    await expect(wrongRole).rejects.toThrow(/RoleNotConfigured.*role\/nobody is not configured/s);
  });
});

test('boto3 does the same', async () => {
  const python = await boto3Python();
  const args = [
    ...[drover.apiUrl, drover.account, drover.role],
    ...[`arn:aws:s3:::${names.source}/manifest.csv`, etag, `arn:aws:s3:::${names.target}`],
  ];
  const { exitCode, stdout, stderr } = await runProgram(
    python,
    [join(__dirname, 'official-clients.py'), ...args],
    awsClientEnvironment(),
  );
  if (exitCode !== 0) throw new Error(stderr);
  const { created, ...found } = JSON.parse(stdout) as Record<string, unknown>;
  expect(found).toEqual({
    status: 'Complete',
    succeeded: 25,
    sameJob: true,
    priority: 99,
    cancelled: 'Cancelled',
    reason: 'changed my mind',
    tags: [{ Key: 'team', Value: 'a' }],
    newTags: [{ Key: 'b', Value: '' }],
    noTags: [],
    manyTags: 'TooManyTagsException',
    badToken: 'InvalidNextTokenException',
    hooked: true,
    listed: true,
    unknownJob: 'NotFoundException',
    otherRequest: 'IdempotencyException',
    badStatus: 'JobStatusException',
    wrongSecret: 'ClientError',
  });
  expect(Math.abs(Date.parse(created as string) - Date.now())).toBeLessThan(120_000);
  expect(await buckets.list(names.target, 'boto3/')).toHaveLength(25);
});

describe('the JavaScript SDK', () => {
  let client: S3ControlClient;

  function clientWith(secretAccessKey: string): S3ControlClient {
    return new S3ControlClient({
      region: 'snow',
      endpoint: drover.apiUrl,
      credentials: { accessKeyId: TEST_ACCESS_KEY, secretAccessKey },
      disableHostPrefix: true,
      maxAttempts: 1,
    });
  }

  beforeAll(() => {
    client = clientWith(TEST_SECRET_KEY);
  });

  afterAll(() => {
    client?.destroy();
  });

  function request(changes: Partial<CreateJobCommandInput> = {}): CreateJobCommandInput {
    return {
      AccountId: drover.account,
      ClientRequestToken: 'js',
      ConfirmationRequired: false,
      Priority: 1,
      RoleArn: drover.role,
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'seen', Value: 'by é/js' }] } },
      Manifest: {
        Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
        Location: { ObjectArn: `arn:aws:s3:::${names.source}/manifest.csv`, ETag: etag },
      },
      Report: { Enabled: false },
      ...changes,
    };
  }

  test('tags the objects of a bucket', async () => {
    const { JobId } = await client.send(new CreateJobCommand(request()));
    const { Job } = await eventually(
      () => client.send(new DescribeJobCommand({ AccountId: drover.account, JobId })),
      ({ Job: job }) => job?.Status === 'Complete' || job?.Status === 'Failed',
      60_000,
    );
    expect(Job).toMatchObject({
      Status: 'Complete',
      Operation: request().Operation,
      ProgressSummary: { TotalNumberOfTasks: 25, NumberOfTasksSucceeded: 25 },
    });
    expect(Job?.CreationTime).toBeInstanceOf(Date);
    expect(await buckets.tags(names.source, KEYS[7]!)).toEqual({ seen: 'by é/js' });
    const { Jobs = [] } = await client.send(new ListJobsCommand({ AccountId: drover.account, MaxResults: 1_000 }));
    expect(Jobs.find((job) => job.JobId === JobId)).toMatchObject({ Operation: 'S3PutObjectTagging', Priority: 1 });
  });

  test('makes the calls for a job that waits', async () => {
    const Tags = [{ Key: 'team', Value: 'é' }];
    const waiting = request({ ClientRequestToken: 'js-waits', ConfirmationRequired: true, Tags });
    const { JobId } = await client.send(new CreateJobCommand(waiting));
    const id = { AccountId: drover.account, JobId };
    expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual(Tags);
    await client.send(new PutJobTaggingCommand({ ...id, Tags: [{ Key: 'b', Value: '' }] }));
    expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual([{ Key: 'b', Value: '' }]);
    await client.send(new DeleteJobTaggingCommand(id));
    expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual([]);
    const changed = await client.send(new UpdateJobPriorityCommand({ ...id, Priority: 2_147_483_647 }));
    expect(changed).toMatchObject({ JobId, Priority: 2_147_483_647 });
    await eventually(
      () => client.send(new DescribeJobCommand(id)),
      ({ Job: job }) => job?.Status === 'Suspended',
      30_000,
    );
    const StatusUpdateReason = 'é & <more>';
    await client.send(new UpdateJobStatusCommand({ ...id, RequestedJobStatus: 'Cancelled', StatusUpdateReason }));
    const { Job } = await eventually(
      () => client.send(new DescribeJobCommand(id)),
      ({ Job: job }) => job?.Status === 'Cancelled',
      30_000,
    );
    expect(Job).toMatchObject({ StatusUpdateReason, Priority: 2_147_483_647 });
    // Also of a job that has ended.
    await client.send(new PutJobTaggingCommand({ ...id, Tags }));
    expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual(Tags);
    await client.send(new DeleteJobTaggingCommand(id));
    expect((await client.send(new GetJobTaggingCommand(id))).Tags).toEqual([]);
  });

  test('raises its typed errors', async () => {
    const AccountId = drover.account;
    const { JobId } = await client.send(new CreateJobCommand(request()));
    const refused = async (call: Promise<unknown>): Promise<unknown> =>
      call.then(() => undefined).catch((error) => error);
    expect(await refused(client.send(new DescribeJobCommand({ AccountId, JobId: UNKNOWN_JOB })))).toBeInstanceOf(
      NotFoundException,
    );
    expect(await refused(client.send(new CreateJobCommand(request({ Priority: 2 }))))).toBeInstanceOf(
      IdempotencyException,
    );
    const ready = new UpdateJobStatusCommand({ AccountId, JobId, RequestedJobStatus: 'Ready' });
    expect(await refused(client.send(ready))).toBeInstanceOf(JobStatusException);
    const invented = new ListJobsCommand({ AccountId, NextToken: 'invented' });
    expect(await refused(client.send(invented))).toBeInstanceOf(InvalidNextTokenException);
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: '' }));
    expect(await refused(client.send(new PutJobTaggingCommand({ AccountId, JobId, Tags: many })))).toBeInstanceOf(
      TooManyTagsException,
    );
    const nothing = request({
      ClientRequestToken: 'none',
      Operation: { S3PutObjectTagging: { TagSet: [{ Key: '', Value: '' }] } },
    });
    expect(await refused(client.send(new CreateJobCommand(nothing)))).toBeInstanceOf(BadRequestException);
    const stranger = clientWith('wrong');
    expect(await refused(stranger.send(new ListJobsCommand({ AccountId })))).toMatchObject({
      name: 'SignatureDoesNotMatch',
      $metadata: { httpStatusCode: 403 },
    });
    stranger.destroy();
  });
});

test('the Go SDK does the same', async () => {
  const { exitCode, stdout, stderr } = await runGoClient(
    [
      ...[drover.apiUrl, TEST_ACCESS_KEY, TEST_SECRET_KEY, drover.account, drover.role],
      ...[`arn:aws:s3:::${names.source}/manifest.csv`, etag],
    ],
    awsClientEnvironment(),
  );
  if (exitCode !== 0) throw new Error(stderr);
  expect(JSON.parse(stdout)).toEqual({
    sameJob: true,
    otherRequest: 'IdempotencyException',
    status: 'Suspended',
    tasks: 25,
    operation: 'go/é',
    tags: ['team=a'],
    newTags: ['b='],
    noTags: [],
    manyTags: 'TooManyTagsException',
    priority: 99,
    reason: 'é & more',
    badStatus: 'JobStatusException',
    listed: true,
    badToken: 'InvalidNextTokenException',
    unknownJob: 'NotFoundException',
    wrongSecret: 'SignatureDoesNotMatch',
  });
}, 400_000);
