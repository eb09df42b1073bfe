/**
 * Goal: what a store refuses of manifest, report, target bucket or workspace fails the job with a code and words that a person
 * can act on, and what passes does not fail it. Method: the activities on the in-memory store, whose calls are refused.
 */
import { type FailureCode, FAILURES } from '../../../../contracts/engine/failures';
import { LIMITS } from '../../../../contracts/limits';
import { reportRefusal } from '../../../../reports';
import { StoreError, type StoreErrorDetails } from '../../../../storage/store-error';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture, reportRows } from '../../../support/job-fixture';

const run = <I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> =>
  activityEnvironment().run(activity as (input: unknown) => Promise<O>, input);

const failureOf = (promise: Promise<unknown>): Promise<unknown> => promise.catch((error: unknown) => error);

const prepare = ({ activities, job, createdAt, request, plan }: JobFixture) =>
  run(activities.prepareManifest, { ...job, createdAt, request, plan });

const CALL = { operation: 'GetObject', resource: 'herd', place: 'default (https://s3.example.com, us-east-1)' };
const ELSEWHERE: StoreErrorDetails = { call: CALL, bucketRegion: 'eu-west-1' };
const SSE_C =
  'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.';

test.each<[string, StoreError, FailureCode, RegExp]>([
  [
    'in another region',
    new StoreError('PermanentRedirect', 301, 'x', ELSEWHERE),
    'BucketInOtherRegion',
    /manifest bucket herd is in region eu-west-1.*store of its region/,
  ],
  [
    'encrypted by the client',
    new StoreError('InvalidRequest', 400, SSE_C),
    'ManifestNotReadable',
    /Server Side Encryption/,
  ],
  ['archived', new StoreError('InvalidObjectState', 403, 'no'), 'ManifestNotReadable', /is archived/],
  ['forbidden', new StoreError('AccessDenied', 403, 'no'), 'ManifestAccessDenied', /403 AccessDenied/],
  [
    'asked for with a wrong key',
    new StoreError('SignatureDoesNotMatch', 403, 'no'),
    'StoreCredentialsRefused',
    /SignatureDoesNotMatch/,
  ],
  ['deleted', new StoreError('MethodNotAllowed', 405, 'The version is a delete marker'), 'ManifestNotFound', /deleted/],
])('a manifest that is %s', async (_, error, type, message) => {
  const fixture = jobFixture({ rows: 1 });
  fixture.store.faults.fail(error, { method: 'readStream', times: Infinity });
  const failure = (await failureOf(prepare(fixture))) as Error;
  expect(failure).toMatchObject({ type, nonRetryable: true, message: expect.stringMatching(message) as string });
  expect(FAILURES[type].advice).not.toMatch(/defect/);
});

test('a version id that is none', async () => {
  const fixture = jobFixture({ rows: 1, location: { ObjectVersionId: 'nonsense' } });
  fixture.store.faults.fail(new StoreError('InvalidArgument', 400, 'Invalid version id specified'), {
    method: 'readStream',
  });
  expect(await failureOf(prepare(fixture))).toMatchObject({
    type: 'ManifestNotFound',
    message: expect.stringMatching(/version nonsense: 400 InvalidArgument/) as string,
  });
});

test.each([
  [409, 'OperationAborted'],
  [400, 'RequestTimeout'],
  [403, 'RequestTimeTooSkewed'],
  [503, 'SlowDown'],
])('a manifest, report bucket or workspace that answers %i %s is asked again', async (httpStatus, code) => {
  for (const target of [
    { method: 'readStream' },
    { method: 'bucketExists', bucket: 'reports' },
    { method: 'put', bucket: 'workspace' },
  ]) {
    const fixture = jobFixture({ rows: 1 });
    fixture.store.faults.fail(new StoreError(code, httpStatus, 'later', { call: CALL }), target);
    const failure = await failureOf(prepare(fixture));
    expect(failure).toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
    expect((failure as Error).message).toContain(`${httpStatus} ${code}: later`);
    await prepare(fixture);
  }
});

describe('the report', () => {
  async function ran(): Promise<JobFixture> {
    const fixture = jobFixture({ rows: 3 });
    await prepare(fixture);
    await run(fixture.activities.runBatch, { ...fixture.job, batch: 0 });
    return fixture;
  }
  const chunk = ({ activities, job }: JobFixture) =>
    run(activities.writeChunkReport, { ...job, range: { chunk: 0, firstBatch: 0, batches: 1 } });
  const whole = ({ activities, job }: JobFixture) => run(activities.writeReport, { ...job, chunks: 1 });

  test.each(['OperationAborted', 'ConditionalRequestConflict'])(
    'one 409 %s on each file fails nothing',
    async (code) => {
      const fixture = await ran();
      const conflict = (): StoreError => new StoreError(code, 409, 'Please try again.');
      for (const write of [chunk, whole]) {
        fixture.store.faults.fail(conflict, { method: 'put', bucket: 'reports' });
        expect(await failureOf(write(fixture))).toMatchObject({ type: 'StoreUnreachable', nonRetryable: false });
        await write(fixture);
      }
      const { manifestKey } = await whole(fixture);
      expect(reportRows(fixture.store, 'reports', manifestKey ?? '')).toHaveLength(3);
    },
  );

  test.each([
    ['in another region', new StoreError('PermanentRedirect', 301, 'x', ELSEWHERE), 'BucketInOtherRegion'],
    ['forbidden', new StoreError('AccessDenied', 403, 'no'), 'ReportNotWritable'],
  ])('%s', async (_, error, type) => {
    const fixture = await ran();
    fixture.store.faults.fail(error, { method: 'put', bucket: 'reports', times: 2 });
    expect(await failureOf(chunk(fixture))).toMatchObject({ type, nonRetryable: true });
    expect(await failureOf(whole(fixture))).toMatchObject({ type, nonRetryable: true });
  });

  test('a bucket in another region is found before the first task', async () => {
    const fixture = jobFixture({ rows: 1 });
    fixture.store.faults.fail(new StoreError('PermanentRedirect', 301, 'x', ELSEWHERE), { method: 'bucketExists' });
    expect(await failureOf(prepare(fixture))).toMatchObject({
      type: 'BucketInOtherRegion',
      message: expect.stringMatching(/^The report bucket herd is in region eu-west-1/) as string,
    });
  });

  test('region and way out are not cut off a failure reason', () => {
    const bucket = 'b'.repeat(63);
    const store = 'backup-store (https://s3.eu-central-003.backblazeb2.com, eu-central-003)';
    const call = { operation: 'CompleteMultipartUpload', resource: bucket, place: store };
    const { message } = reportRefusal(
      new StoreError('PermanentRedirect', 301, 'x', { call, bucketRegion: 'us-west-004' }),
      bucket,
    ) as Error;
    expect(message.slice(0, LIMITS.job.describeReasonCharsMax)).toMatch(
      /region us-west-004.*under a store of its region/,
    );
  });
});

describe('the target bucket', () => {
  const operation = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::no-such-target' } };

  test('that is missing fails the job before its first task', async () => {
    const fixture = jobFixture({ rows: 1, operation });
    expect(await failureOf(prepare(fixture))).toMatchObject({
      type: 'TargetBucketNotFound',
      nonRetryable: true,
      message: expect.stringMatching(/no bucket no-such-target, which S3PutObjectCopy names/) as string,
    });
  });

  test('that may be written but not looked at is left to the tasks', async () => {
    const fixture = jobFixture({ rows: 1 });
    const denied = new StoreError('AccessDenied', 403, 'no');
    fixture.store.faults.fail(denied, { method: 'bucketExists', bucket: 'target' });
    fixture.store.faults.fail(denied, { method: 'listObjects', bucket: 'target' });
    expect(await prepare(fixture)).toMatchObject({ totalTasks: 1 });
  });
});

test('what no activity has a word for names call, bucket and answer', async () => {
  const fixture = jobFixture({ rows: 1 });
  await prepare(fixture);
  const call = { ...CALL, resource: 'workspace' };
  fixture.store.faults.fail(new StoreError('AccessDenied', 403, 'no', { call }), {
    method: 'read',
    bucket: 'workspace',
  });
  expect(await failureOf(run(fixture.activities.runBatch, { ...fixture.job, batch: 0 }))).toMatchObject({
    type: 'StoreRefused',
    nonRetryable: true,
    message: 'GetObject (workspace) at default (https://s3.example.com, us-east-1): 403 AccessDenied: no',
  });
});
