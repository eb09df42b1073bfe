/**
 * Goal: what concerns all rows of a source is looked at before the first task: objects that are named twice, buckets that the role
 * may not use. Method: the activities that prepare a job, on the in-memory store.
 */
import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { SealManifestInput } from '../../../../contracts/engine/activities';
import { workspaceKeys } from '../../../../contracts/engine/naming';
import type { JobManifest, JobRequest } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import type { DuplicateRows } from '../../../../contracts/source';
import { decodePart } from '../../../../reports';
import { activityEnvironment } from '../../../support/activity-environment';
import { type JobFixture, jobFixture } from '../../../support/job-fixture';
import { prepareJob, readJob } from '../../../support/prepare-job';

const TAG = { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } };
const CALL = { LambdaInvoke: { FunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:f' } };
const CSV = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] } as const;

type Members = Pick<JobRequest, 'Source' | 'Filter'> & { readonly Manifest?: JobManifest };

/** A job whose request has these members; `files` lie in the bucket `manifests`. */
function jobOf(
  members: Members | ((fixture: JobFixture) => Members),
  options: {
    readonly denied?: readonly string[];
    readonly operation?: JobRequest['Operation'];
    readonly text?: string;
  } = {},
): JobFixture {
  const { denied = [], operation = TAG, text = '' } = options;
  const fixture = jobFixture({ rows: 3, manifest: text, operation, denied, batchRows: 2, jobId: randomUUID() });
  const { Manifest, ...request } = fixture.request;
  const given = typeof members === 'function' ? members(fixture) : members;
  const whole = { ...request, ...given, ...(given.Source === undefined && { Manifest: given.Manifest ?? Manifest }) };
  // The job's request is what its workflow was started with.
  Object.assign(fixture.request, whole);
  if (whole.Manifest === undefined) delete (fixture.request as { Manifest?: JobManifest }).Manifest;
  return fixture;
}

/** The keys of all tasks, as they were carried out. */
async function keysDone(fixture: JobFixture, batches: number): Promise<string[]> {
  const keys: string[] = [];
  for (let batch = 0; batch < batches; batch++) {
    await activityEnvironment().run(fixture.activities.runBatch, { ...fixture.job, batch });
    const { body } = fixture.store.peek('workspace', workspaceKeys.part(fixture.job.workspace.prefix, batch))!;
    const { succeeded, failed } = decodePart(body);
    keys.push(
      ...(succeeded + failed)
        .split('\n')
        .filter(Boolean)
        .map((line) => line.split(',')[1]!),
    );
  }
  return keys;
}

function filterOf(Duplicates: DuplicateRows): Members {
  return { Filter: { Duplicates } };
}

const TWICE = 'source,object-0\nsource,object%2D1\nsource,object-0\nsource,object-1\nsource,object-2\n';

describe('duplicates', () => {
  test('Keep reads a CSV in place, and says nothing', async () => {
    expect(await prepareJob(jobOf(filterOf('Keep'), { text: TWICE }))).toEqual({ totalTasks: 5, batches: 3 });
  });

  test('Count counts them', async () => {
    expect(await prepareJob(jobOf(filterOf('Count'), { text: TWICE }))).toEqual({
      totalTasks: 5,
      batches: 3,
      duplicates: 2,
    });
    const text = 'source,object-0\nsource,object-1\n';
    expect(await prepareJob(jobOf(filterOf('Count'), { text }))).toEqual({ totalTasks: 2, batches: 1, duplicates: 0 });
  });

  test('Drop keeps the first row of each object as it is spelled, also when it is done again', async () => {
    const fixture = jobOf(filterOf('Drop'), { text: TWICE });
    const prepared = { totalTasks: 3, batches: 2, duplicates: 2 };
    const input = (await readJob(fixture)) as SealManifestInput;
    for (let attempt = 1; attempt <= 2; attempt++) {
      expect(await activityEnvironment().run(fixture.activities.sealManifest, input)).toEqual(prepared);
    }
    expect(await keysDone(fixture, 2)).toEqual(['object-0', 'object%2D1', 'object-2']);
  });

  test('Drop, of rows that have passed a filter', async () => {
    const fixture = jobOf({ Filter: { Duplicates: 'Drop', Exclude: ['*-2'] } }, { text: TWICE });
    expect(await prepareJob(fixture)).toEqual({ totalTasks: 2, batches: 1, duplicates: 2 });
    expect(await keysDone(fixture, 1)).toEqual(['object-0', 'object-1']);
  });

  test('Refuse names the first of them by row and key', async () => {
    await expect(prepareJob(jobOf(filterOf('Refuse'), { text: TWICE }))).rejects.toMatchObject({
      type: 'InvalidManifestContent',
      nonRetryable: true,
      message:
        '2 rows name objects a second time (Filter.Duplicates: Refuse). row 3: s3://source/object-0, as row 1; row 4: s3://source/object-1, as row 2',
    });
    const text = 'source,object-0\nsource,object-1\n';
    expect(await prepareJob(jobOf(filterOf('Refuse'), { text }))).toEqual({ totalTasks: 2, batches: 1, duplicates: 0 });
  });

  test('Refuse names the files where there are several', async () => {
    const fixture = jobOf((given) => {
      const files = ['source,a\nsource,b\n', 'source,c\nsource,b\n'].map((text, index) => ({
        ObjectArn: `arn:aws:s3:::manifests/${index}.csv.gz`,
        ETag: given.store.seed('manifests', `${index}.csv.gz`, gzipSync(text)).etag,
      }));
      return { Source: { Manifests: { Spec: CSV, Locations: files } }, Filter: { Duplicates: 'Refuse' } };
    });
    await expect(prepareJob(fixture)).rejects.toThrow(
      'row 2 of arn:aws:s3:::manifests/1.csv.gz: s3://source/b, as row 2 of arn:aws:s3:::manifests/0.csv.gz',
    );
  });

  test('many jobs of a worker look for duplicates one after the other', async () => {
    const jobs = Array.from({ length: 5 }, () => prepareJob(jobOf(filterOf('Drop'), { text: TWICE })));
    expect((await Promise.all(jobs)).map(({ totalTasks }) => totalTasks)).toEqual([3, 3, 3, 3, 3]);
  });
});

describe('buckets that the role may not use', () => {
  const keysIn = (...buckets: string[]): Members => ({
    Source: { Keys: buckets.map((Bucket, index) => ({ Bucket, Key: `object-${index}` })) },
  });

  test('some of them: the job says how many rows will fail', async () => {
    const denied = ['secret', 'hidden'];
    const fixture = jobOf(keysIn('secret', 'source', 'secret', 'hidden'), { denied });
    expect(await prepareJob(fixture)).toEqual({ totalTasks: 4, batches: 2, refusedRows: 3 });
  });

  test('all of them: the job fails before its first task', async () => {
    const fixture = jobOf(keysIn('secret', 'secret', 'hidden'), { denied: ['secret', 'hidden'] });
    await expect(prepareJob(fixture)).rejects.toMatchObject({
      type: 'BucketNotAllowed',
      nonRetryable: true,
      message: expect.stringMatching(
        /^All 3 rows of keys: secret\/object-0 and 2 more name buckets that the job may not use, 2 of them the bucket secret: .*bucket secret/,
      ),
    });
    await expect(prepareJob(jobOf(keysIn('secret'), { denied: ['secret'] }))).rejects.toThrow(
      /^The only row of keys: secret\/object-0 names a bucket/,
    );
  });

  test('rows that are taken over as text are counted, too', async () => {
    const text = '"secret",a\nsource,b\nsecret,c\n';
    const packed = (given: JobFixture): Members => ({
      Manifest: {
        Spec: CSV,
        Location: {
          ObjectArn: 'arn:aws:s3:::manifests/list',
          ETag: given.store.seed('manifests', 'list', gzipSync(text)).etag,
        },
      },
    });
    expect(await prepareJob(jobOf(packed, { denied: ['secret'] }))).toMatchObject({ totalTasks: 3, refusedRows: 2 });
  });

  test('rows of a list that is read in place are counted, too, and refuse the job where all are', async () => {
    const members: Members = {};
    const text = '"secret",a\nsource,b\nsecret,c\n';
    expect(await prepareJob(jobOf(members, { text, denied: ['secret'] }))).toMatchObject({
      totalTasks: 3,
      refusedRows: 2,
    });
    const refused = prepareJob(jobOf(members, { text: 'secret,a\nsecret,b\n', denied: ['secret'] }));
    await expect(refused).rejects.toMatchObject({
      type: 'BucketNotAllowed',
      message: expect.stringMatching(/^All 2 rows of manifests\/manifest.csv name buckets that the job may not use/),
    });
  });

  test('rows that were dropped are not among those that will fail', async () => {
    const text = 'secret,a\nsource,b\nsecret,a\n';
    const fixture = jobOf(filterOf('Drop'), { text, denied: ['secret'] });
    expect(await prepareJob(fixture)).toMatchObject({ totalTasks: 2, duplicates: 1, refusedRows: 1 });
  });

  test('an operation that only calls a function needs nothing of the bucket', async () => {
    const fixture = jobOf(keysIn('secret', 'secret'), { denied: ['secret'], operation: CALL });
    expect(await prepareJob(fixture)).toEqual({ totalTasks: 2, batches: 1 });
  });

  test('more buckets than are counted refuse no job', async () => {
    const buckets = Array.from({ length: LIMITS.source.bucketsCounted + 1 }, (_, index) => `b${index}`);
    const text = buckets.map((bucket) => `${bucket},a\n`).join('');
    const prepared = await prepareJob(jobOf(filterOf('Count'), { text, denied: buckets }));
    expect(prepared).toMatchObject({ totalTasks: buckets.length, refusedRows: LIMITS.source.bucketsCounted });
  });
});
