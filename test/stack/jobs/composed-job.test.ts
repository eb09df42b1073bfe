/**
 * Goal: one job does several things to each object, and different things to different ones, and its report tells which step
 * failed; several jobs at a time lose nothing of each other's on the same objects. Method: jobs over REST on real servers; what was done is read with AWS's own client.
 */
import type { Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, plainManifest, reportFolder } from '../../support/stack/jobs';
import { readReport } from '../../support/stack/report';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly source: string; readonly target: string; readonly reports: string };

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['source', 'target', 'reports']));
});

afterAll(async () => {
  await drover?.close();
});

async function runJob(operation: Readonly<Record<string, unknown>>, keys: readonly string[]) {
  const etag = await buckets.put(names.source, 'manifest.csv', plainManifest(names.source, keys));
  const manifest = `${names.source}/manifest.csv`;
  const { jobId } = await drover.api.createJob(jobRequest({ manifest, etag, operation, report: names.reports }));
  const job = await drover.reaches(jobId, 'Complete');
  const { rows } = await readReport(buckets, names.reports, reportFolder(jobId));
  return { job, rows: Object.fromEntries(rows.map((row) => [row.key, row])) };
}

test('copy, tag the copy, delete the source: a row for each object, with the step that failed', async () => {
  await buckets.put(names.source, 'one', 'first', { Metadata: { owner: 'ann' }, Tagging: 'kind=source' });
  await buckets.put(names.source, 'two', 'second', { Tagging: 'kind=source' });
  const Steps = [
    { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${names.target}`, TargetKeyPrefix: 'kept' } },
    { S3PutObjectTagging: { TagSet: [{ Key: 'kind', Value: 'copy' }] } },
    { S3DeleteObject: {}, AppliesTo: 'Source', When: { MatchAllMetadata: { owner: 'ann' } } },
  ];
  const { job, rows } = await runJob({ Pipeline: { Steps } }, ['one', 'two', 'missing']);
  expect(job).toMatchObject({ operation: 'Pipeline', progress: { succeeded: 2, failed: 1 } });
  expect(rows).toMatchObject({
    one: { taskStatus: 'succeeded', message: 'Successful' },
    two: { taskStatus: 'succeeded', message: 'Successful' },
    missing: {
      taskStatus: 'failed',
      httpStatus: '404',
      message: expect.stringMatching(/^Step 1 \(S3PutObjectCopy\): /),
    },
  });
  for (const key of ['one', 'two']) expect(await buckets.tags(names.target, `kept/${key}`)).toEqual({ kind: 'copy' });
  expect(await buckets.tags(names.source, 'two')).toEqual({ kind: 'source' });
  await expect(buckets.head(names.source, 'one')).rejects.toMatchObject({ $metadata: { httpStatusCode: 404 } });
});

test('only the objects that a condition describes, and those that are not as they should be', async () => {
  await buckets.put(names.source, 'large', 'x'.repeat(1_000), { Tagging: 'team=blue' });
  await buckets.put(names.source, 'small', 'x', { Tagging: 'team=blue' });
  await buckets.put(names.source, 'done', 'x'.repeat(1_000), { Tagging: 'team=red' });
  const operation = {
    S3PutObjectTagging: { TagSet: [{ Key: 'team', Value: 'red' }] },
    When: {
      ObjectSizeGreaterThanBytes: 10,
      MatchAnyStorageClass: ['STANDARD'],
      YoungerThanDays: 1,
      Not: { MatchAllTags: [{ Key: 'team', Value: 'green' }] },
    },
    SkipIfInDesiredState: true,
  };
  const { job, rows } = await runJob(operation, ['large', 'small', 'done', 'missing']);
  expect(job).toMatchObject({ operation: 'S3PutObjectTagging', progress: { succeeded: 3, failed: 1, skipped: 2 } });
  expect(rows).toMatchObject({
    large: { taskStatus: 'succeeded', message: 'Successful' },
    small: { taskStatus: 'succeeded', message: 'Skipped: the condition does not hold' },
    done: { taskStatus: 'succeeded', message: 'AlreadyInDesiredState' },
    missing: { taskStatus: 'failed', httpStatus: '404' },
  });
  expect(await buckets.tags(names.source, 'large')).toEqual({ team: 'red' });
  expect(await buckets.tags(names.source, 'small')).toEqual({ team: 'blue' });
});

test('what makes no sense is refused, by its path', async () => {
  const Steps = [{ S3DeleteObject: {} }, { S3DeleteObjectTagging: {} }];
  const request = jobRequest({ manifest: `${names.source}/m`, etag: 'e', operation: { Pipeline: { Steps } } });
  await expect(drover.api.createJob(request)).rejects.toThrow(
    'Operation.Pipeline.Steps.1.S3DeleteObjectTagging: its object is gone after Operation.Pipeline.Steps.0.S3DeleteObject',
  );
});

test('two jobs that tag and two that edit, on the same objects at once: each object has all of it', async () => {
  const keys = Array.from({ length: 120 }, (_, index) => `shared-${String(index)}`);
  await Promise.all(
    keys.map((key) => buckets.put(names.source, key, key, { Metadata: { owner: 'ann' }, Tagging: 'kept=yes' })),
  );
  await buckets.put(names.source, 'shared.csv', plainManifest(names.source, keys));
  const tag = (Key: string) => ({ S3AddObjectTagging: { TagSet: [{ Key, Value: 'yes' }] } });
  const operations = [
    tag('first'),
    tag('second'),
    { S3PutObjectMetadata: { CacheControl: 'max-age=60' } },
    { S3PutObjectMetadata: { ContentLanguage: 'de' } },
  ];
  // At one pace, so that they meet at each object.
  const more = { Limits: { TasksPerSecond: 60 } };
  const jobs = await Promise.all(
    operations.map((operation) =>
      drover.api.createJob(
        jobRequest({ manifest: `${names.source}/shared.csv`, operation, more, report: names.reports }),
      ),
    ),
  );
  const ended = await Promise.all(jobs.map(({ jobId }) => drover.reaches(jobId, 'Complete')));
  expect(ended.map(({ progress }) => progress.failed)).toEqual([0, 0, 0, 0]);
  // They ran side by side.
  const [last = ''] = ended
    .map(({ createdAt }) => createdAt)
    .sort()
    .reverse();
  expect(ended.filter(({ terminatedAt = '' }) => terminatedAt < last)).toEqual([]);
  for (const key of keys) {
    expect(await buckets.tags(names.source, key)).toEqual({ kept: 'yes', first: 'yes', second: 'yes' });
    const { CacheControl, ContentLanguage, Metadata } = await buckets.head(names.source, key);
    expect({ CacheControl, ContentLanguage, Metadata }).toEqual({
      CacheControl: 'max-age=60',
      ContentLanguage: 'de',
      Metadata: { owner: 'ann' },
    });
  }
});
