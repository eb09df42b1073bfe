/**
 * Goal: an object that is named twice is one task, two, or no job, as the request says; a job whose buckets the role may not use
 * fails before its first task, and others say how many rows will. Method: jobs over REST on SeaweedFS.
 */
import { gzipSync } from 'node:zlib';
import type { Job } from '../../../cli/api-client';
import type { JobStatus } from '../../../contracts/job';
import { type Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { reaches } from '../../support/stack/jobs';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly herd: string; readonly lists: string };

const KEYS = ['a b', 'c+c', 'd'];

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['herd', 'lists']));
  for (const key of KEYS) await buckets.put(names.herd, key, Buffer.from('moo'));
});

afterAll(async () => {
  await drover?.close();
});

async function tag(source: object, status: JobStatus = 'Complete'): Promise<Job> {
  const { jobId } = await drover.api.createJob({
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'by', Value: 'job' }] } },
    ...source,
  });
  return reaches(drover.api, jobId, status);
}

/** Three objects in five rows, in two files. */
async function twoLists(): Promise<object> {
  const { herd, lists } = names;
  await buckets.put(lists, 'l/1.csv', Buffer.from(`${herd},a+b\n${herd},c%2Bc\n`));
  await buckets.put(lists, 'l/2.csv', gzipSync(`"${herd}",a%20b\r\n${herd},d\r\n${herd},%64\r\n`));
  const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
  return { Source: { Manifests: { Spec, Locations: [{ Bucket: lists, KeyPattern: 'l/*' }] } } };
}

test('counted', async () => {
  const job = await tag({ ...(await twoLists()), Filter: { Duplicates: 'Count' } });
  expect(job.progress).toMatchObject({ totalTasks: 5, succeeded: 5 });
  expect(job.preparing).toMatchObject({ read: 5, rows: 5, duplicates: 2 });
});

test('dropped', async () => {
  const job = await tag({ ...(await twoLists()), Filter: { Duplicates: 'Drop' } });
  expect(job.progress).toMatchObject({ totalTasks: 3, succeeded: 3 });
  expect(job.preparing).toMatchObject({ read: 5, duplicates: 2 });
});

test('refused, with the files and rows that have them', async () => {
  const job = await tag({ ...(await twoLists()), Filter: { Duplicates: 'Refuse' } }, 'Failed');
  const [reason] = job.failureReasons;
  expect(reason?.FailureCode).toBe('InvalidManifestContent');
  expect(reason?.FailureReason).toContain('2 rows name objects a second time');
  expect(reason?.FailureReason).toContain(
    `row 1 of arn:aws:s3:::${names.lists}/l/2.csv: s3://${names.herd}/a b, as row 1`,
  );
});

test('dropped from what a filter lets pass', async () => {
  const job = await tag({
    ...(await twoLists()),
    Filter: { Duplicates: 'Drop', ObjectSizeLessThanBytes: 100, Exclude: ['c*'] },
  });
  expect(job.progress).toMatchObject({ totalTasks: 2, succeeded: 2 });
  expect(job.preparing).toMatchObject({ read: 5, rows: 4, duplicates: 2 });
});

describe('buckets that the role may not use: the workspace is one for every role', () => {
  const secret = (): string => drover.config.workspace.bucket;
  const listOf = async (...given: string[]): Promise<object> => {
    const body = gzipSync(given.map((bucket) => `${bucket},d\n`).join(''));
    const ETag = await buckets.put(names.lists, 'of-buckets', body);
    const ObjectArn = `arn:aws:s3:::${names.lists}/of-buckets`;
    const Spec = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
    return { Manifest: { Spec, Location: { ObjectArn, ETag } } };
  };

  test('some rows', async () => {
    const job = await tag(await listOf(names.herd, names.herd, names.herd, secret()));
    expect(job.progress).toMatchObject({ totalTasks: 4, succeeded: 3, failed: 1 });
    expect(job.preparing).toMatchObject({ refusedRows: 1 });
  });

  test('all rows', async () => {
    const job = await tag(await listOf(secret(), secret()), 'Failed');
    expect(job.progress).toMatchObject({ succeeded: 0, failed: 0 });
    expect(job.progress.totalTasks).toBeUndefined();
    expect(job.failureReasons).toMatchObject([{ FailureCode: 'BucketNotAllowed' }]);
  });
});
