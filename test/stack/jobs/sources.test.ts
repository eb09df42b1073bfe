/**
 * Goal: a job does its operation on exactly the objects that its source and filter name.
 * Method: tagging jobs over REST on SeaweedFS; afterwards AWS's own client tells which objects have the tag.
 */
import { gzipSync } from 'node:zlib';
import type { Job } from '../../../cli/api-client';
import { type Buckets } from '../../support/stack/buckets';
import { startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { reaches } from '../../support/stack/jobs';

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly herd: string; readonly lists: string };
let tagCount = 0;

const KEYS = [
  'logs/2024/a.gz',
  'logs/2024/b b.gz',
  'logs/2025/c+c.gz',
  'logs/2025/d%20d.txt',
  'logs/é/"quoted", \u{1f404}.gz',
  'logs/large.bin',
  'other/e.gz',
];

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['herd', 'lists']));
  for (const key of KEYS) await buckets.put(names.herd, key, Buffer.alloc(key.endsWith('.bin') ? 5_000 : 10));
});

afterAll(async () => {
  await drover?.close();
});

/** Tags what the source names. Resolves with the job and the keys that have the tag. */
async function tag(source: object, status: 'Complete' | 'Failed' = 'Complete') {
  const value = `job-${tagCount++}`;
  const { jobId } = await drover.api.createJob({
    Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'by', Value: value }] } },
    ...source,
  });
  const job = await reaches(drover.api, jobId, status);
  return { job, tagged: await tagged(value) };
}

async function tagged(value: string): Promise<string[]> {
  const found: string[] = [];
  for (const key of KEYS) {
    const tags = await buckets.tags(names.herd, key);
    if (tags['by'] === value) found.push(key);
  }
  return found;
}

function tasks({ progress }: Job): number | undefined {
  return progress.totalTasks;
}

test('a prefix', async () => {
  const { job, tagged } = await tag({ Source: { Prefixes: [{ Bucket: names.herd, Prefix: 'logs/' }] } });
  expect(tagged).toEqual(KEYS.filter((key) => key.startsWith('logs/')));
  expect(tasks(job)).toBe(tagged.length);
});

test('a prefix with filters, of which some are not told by a listing', async () => {
  const Filter = {
    Include: ['**.gz'],
    Exclude: ['logs/2024/b*'],
    ObjectSizeLessThanBytes: 100,
    MatchAnyObjectEncryption: [{ NOTSSE: {} }],
  };
  const { tagged } = await tag({ Source: { Prefixes: [{ Bucket: names.herd }] }, Filter });
  expect(tagged).toEqual(['logs/2024/a.gz', 'logs/2025/c+c.gz', 'logs/é/"quoted", \u{1f404}.gz', 'other/e.gz']);
});

test('tags, which no listing tells', async () => {
  await buckets.put(names.herd, 'other/new.gz', 'x', { Tagging: 'state=new' });
  await buckets.put(names.herd, 'other/old.gz', 'x', { Tagging: 'state=old' });
  const Filter = { When: { MatchAllTags: [{ Key: 'state', Value: 'new' }] } };
  const { job } = await tag({ Source: { Prefixes: [{ Bucket: names.herd, Prefix: 'other/' }] }, Filter });
  expect(job.progress).toMatchObject({ totalTasks: 1, succeeded: 1 });
  expect(await buckets.tags(names.herd, 'other/new.gz')).not.toHaveProperty('state');
  expect(await buckets.tags(names.herd, 'other/old.gz')).toEqual({ state: 'old' });
});

test('keys in the request', async () => {
  const Keys = [KEYS[2]!, KEYS[4]!].map((Key) => ({ Bucket: names.herd, Key }));
  const { tagged } = await tag({ Source: { Keys } });
  expect(tagged).toEqual([KEYS[2], KEYS[4]]);
});

test('manifests that are packed, named by a wildcard, with raw keys', async () => {
  await buckets.put(names.lists, 'l/1.csv.gz', gzipSync(`${names.herd},${KEYS[2]}\n`));
  await buckets.put(names.lists, 'l/2.csv', Buffer.from(`${names.herd},${KEYS[3]}\n${names.herd},${KEYS[1]}\n`));
  const Manifests = {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'], KeyEncoding: 'Raw' },
    Locations: [{ Bucket: names.lists, KeyPattern: 'l/*.csv*' }],
  };
  const { tagged } = await tag({ Source: { Manifests } });
  expect(tagged).toEqual([KEYS[1], KEYS[2], KEYS[3]]);
});

test('a manifest with a filter and a Select', async () => {
  const text = KEYS.map((key) => `${names.herd},${encodeURIComponent(key)}\n`).join('');
  const ETag = await buckets.put(names.lists, 'all.csv', text);
  const Manifest = {
    Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] },
    Location: { ObjectArn: `arn:aws:s3:::${names.lists}/all.csv`, ETag },
  };
  const Filter = { Select: "SELECT * FROM S3Object s WHERE s.size > 1000 OR s.key LIKE '%d d.txt'" };
  const { tagged } = await tag({ Manifest, Filter });
  expect(tagged).toEqual(['logs/large.bin']);
});

test('a generator that finds nothing fails in the words of S3 Control', async () => {
  const ManifestGenerator = {
    S3JobManifestGenerator: {
      SourceBucket: `arn:aws:s3:::${names.herd}`,
      EnableManifestOutput: false,
      Filter: { KeyNameConstraint: { MatchAnySubstring: ['no such key'] } },
    },
  };
  const { job } = await tag({ ManifestGenerator }, 'Failed');
  expect(job.failureReasons).toMatchObject([
    {
      FailureCode: 'InvalidManifestContent',
      FailureReason: 'Manifest generation found no keys matching the filter criteria.',
    },
  ]);
});

test('the rows of a former job that failed', async () => {
  const Keys = [KEYS[0]!, 'missing', 'missing too'].map((Key) => ({ Bucket: names.herd, Key }));
  const first = await tag({ Source: { Keys } });
  expect(first.job.progress).toMatchObject({ totalTasks: 3, failed: 2 });
  await buckets.put(names.herd, 'missing', Buffer.from('found'));
  const again = await tag({ Source: { FromJob: { JobId: first.job.jobId, Rows: 'failed' } } });
  expect(again.job.progress).toMatchObject({ totalTasks: 2, failed: 1, succeeded: 1 });
});

test('a generated manifest is left where the request wants it, and can be the manifest of another job', async () => {
  const ManifestGenerator = {
    S3JobManifestGenerator: {
      SourceBucket: `arn:aws:s3:::${names.herd}`,
      EnableManifestOutput: true,
      ManifestOutputLocation: {
        Bucket: `arn:aws:s3:::${names.lists}`,
        ManifestPrefix: 'made',
        ManifestFormat: 'S3InventoryReport_CSV_20211130',
      },
      Filter: { KeyNameConstraint: { MatchAnyPrefix: ['logs/2025/'] } },
    },
  };
  const first = await tag({ ManifestGenerator });
  const { objectArn = '', etag } = first.job.generatedManifest ?? {};
  expect(objectArn).toBe(`arn:aws:s3:::${names.lists}/made/job-${first.job.jobId}/manifest.json`);
  const Manifest = {
    Spec: { Format: 'S3InventoryReport_CSV_20161130' },
    Location: { ObjectArn: objectArn, ETag: etag },
  };
  const again = await tag({ Manifest });
  expect(again.tagged).toEqual(['logs/2025/c+c.gz', 'logs/2025/d%20d.txt']);
  expect(first.tagged).toEqual(again.tagged);
});
