/**
 * Goal: a copy job does exactly what its manifest says, whatever the keys look like, and its report tells exactly that.
 * Method: jobs over REST on real servers; source, target and report are read with AWS's own client. Keys that SeaweedFS does
 * not keep as they are (`//`, `..`, a segment of 1,024 bytes) go through moto.
 */
import { defined } from '../../../contracts/defined';
import { type StartedServer, startMoto } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';
import { startDrover, startDroverOnBuckets, type TestDrover } from '../../support/stack/drover';
import { jobRequest, reportFolder } from '../../support/stack/jobs';
import { readReport, type ReportRow } from '../../support/stack/report';

interface Row {
  readonly bucket: string;
  readonly key: string;
  /** The line's key column, before CSV quoting. */
  readonly spelled: string;
  /** The column as it stands in the file, when that differs. */
  readonly quoted?: string;
}

const FOLDERS = `${'d'.repeat(200)}/`.repeat(5);
const LONGEST = `${FOLDERS}${'k'.repeat(1_024 - FOLDERS.length)}`;

let drover: TestDrover;
let buckets: Buckets;
let names: { readonly first: string; readonly second: string; readonly target: string; readonly reports: string };

beforeAll(async () => {
  ({ drover, buckets, names } = await startDroverOnBuckets(['first', 'second', 'target', 'reports']));
});

afterAll(async () => {
  await drover?.close();
});

function row(bucket: string, key: string, spelled = key, quoted?: string): Row {
  return { bucket, key, spelled, ...defined({ quoted }) };
}

function existingRows({ first, second }: typeof names): Row[] {
  return [
    row(first, 'plain.txt'),
    row(first, 'a space as plus', 'a+space+as+plus'),
    row(first, 'a space escaped', 'a%20space%20escaped'),
    row(first, 'plus+sign', 'plus%2Bsign'),
    row(first, 'per%cent', 'per%25cent'),
    row(first, 'escaped-é-日本-😀', encodeURIComponent('escaped-é-日本-😀')),
    row(first, 'raw-é-日本-😀'),
    row(first, 'comma,and "quotes"', 'comma,and%20"quotes"', '"comma,and%20""quotes"""'),
    row(first, 'escaped,comma', 'escaped%2Ccomma'),
    row(first, 'reserved&=?#;:@$', encodeURIComponent('reserved&=?#;:@$')),
    row(first, "signs!'()*~", "signs!'()*~", `"signs!'()*~"`),
    row(first, 'two\nlines', 'two%0Alines'),
    row(first, LONGEST),
    row(second, 'other/bucket.txt'),
    row(second, 'other/empty.txt'),
  ];
}

/** CRLF, a header, and quotes where they are needed and where they are not. */
function manifestText(rows: readonly Row[]): string {
  const lines = rows.map(({ bucket, spelled, quoted }) => `"${bucket}",${quoted ?? spelled}`);
  return ['Bucket,Key', ...lines, ''].join('\r\n');
}

function contentOf(key: string): Buffer {
  if (key.endsWith('empty.txt')) return Buffer.alloc(0);
  return Buffer.from(`${key}\0\xff${'.'.repeat(key.length)}`, 'latin1');
}

function tasksOf(rows: readonly ReportRow[]): string[] {
  return rows.map(({ bucket, key, taskStatus }) => `${bucket} ${key} ${taskStatus}`).sort();
}

describe('one manifest with every kind of row', () => {
  let existing: Row[];
  let missing: Row;
  let unknownBucket: Row;
  let etag: string;

  beforeAll(async () => {
    existing = existingRows(names);
    missing = row(names.first, 'not here', 'not%20here');
    unknownBucket = row(`nowhere-${names.first}`, 'plain.txt');
    for (const { bucket, key } of existing) {
      await buckets.put(bucket, key, contentOf(key), {
        ContentType: 'text/x-source',
        CacheControl: 'max-age=1',
        Metadata: { origin: 'source' },
        Tagging: 'kind=source&n=1',
      });
    }
    etag = await buckets.put(names.first, 'manifest.csv', manifestText([...existing, missing, unknownBucket]));
  });

  async function copyJob(
    parameters: Readonly<Record<string, unknown>>,
    report: { readonly report?: string; readonly scope?: 'AllTasks' | 'FailedTasksOnly' },
  ) {
    const operation = { S3PutObjectCopy: { TargetResource: `arn:aws:s3:::${names.target}`, ...parameters } };
    const { jobId } = await drover.api.createJob(
      jobRequest({ manifest: `${names.first}/manifest.csv`, etag, operation, ...report }),
    );
    return drover.reaches(jobId, 'Complete');
  }

  test('copies what is there, reports what is not, and keeps metadata and tags', async () => {
    const job = await copyJob({}, { report: names.reports });
    expect(job.progress).toMatchObject({
      totalTasks: existing.length + 2,
      succeeded: existing.length,
      failed: 2,
      pending: 0,
    });
    expect(job.failureReasons).toEqual([]);

    const listed = await buckets.list(names.target);
    expect(listed.map(({ key }) => key).sort()).toEqual(existing.map(({ key }) => key).sort());
    for (const { key } of existing) {
      expect((await buckets.get(names.target, key)).equals(contentOf(key))).toBe(true);
      const head = await buckets.head(names.target, key);
      expect(head).toMatchObject({
        ContentType: 'text/x-source',
        CacheControl: 'max-age=1',
        Metadata: { origin: 'source' },
      });
      expect(await buckets.tags(names.target, key)).toEqual({ kind: 'source', n: '1' });
    }

    const { manifest, rows } = await readReport(buckets, names.reports, reportFolder(job.jobId));
    expect(job.reportManifestKey).toBe(`${reportFolder(job.jobId)}manifest.json`);
    expect(manifest).toMatchObject({
      Format: 'Report_CSV_20180820',
      ReportSchema: 'Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage',
    });
    expect(manifest.Results.map(({ TaskExecutionStatus }) => TaskExecutionStatus)).toEqual(['succeeded', 'failed']);
    expect(tasksOf(rows)).toEqual(
      [
        ...existing.map(({ bucket, spelled }) => `${bucket} ${spelled} succeeded`),
        ...[missing, unknownBucket].map(({ bucket, spelled }) => `${bucket} ${spelled} failed`),
      ].sort(),
    );
    const byKey = new Map(rows.map((one) => [`${one.bucket} ${one.key}`, one]));
    expect(byKey.get(`${names.first} plain.txt`)).toEqual({
      ...{ bucket: names.first, key: 'plain.txt', versionId: '' },
      ...{ taskStatus: 'succeeded', httpStatus: '200', errorCode: '', message: 'Successful' },
    });
    expect(byKey.get(`${names.first} not%20here`)).toMatchObject({ httpStatus: '404', errorCode: 'NoSuchKey' });
    expect(byKey.get(`${unknownBucket.bucket} plain.txt`)).toMatchObject({
      httpStatus: '404',
      errorCode: 'NoSuchBucket',
    });
  });

  test('gives the copies new metadata and tags, and reports failures only', async () => {
    // The longest key has no room for a folder before it.
    const fitting = existing.filter(({ key }) => key !== LONGEST);
    const job = await copyJob(
      {
        TargetKeyPrefix: 'renewed',
        NewObjectMetadata: { ContentType: 'application/json', UserMetadata: { batch: 'yes' } },
        NewObjectTagging: [{ Key: 'kind', Value: 'a copy/of it' }],
      },
      { report: names.reports, scope: 'FailedTasksOnly' },
    );
    expect(job.progress).toMatchObject({ succeeded: fitting.length, failed: 3 });
    for (const { key } of fitting) {
      const head = await buckets.head(names.target, `renewed/${key}`);
      expect(head).toMatchObject({ ContentType: 'application/json', Metadata: { batch: 'yes' } });
      expect(head.CacheControl).toBeUndefined();
      expect(await buckets.tags(names.target, `renewed/${key}`)).toEqual({ kind: 'a copy/of it' });
      expect((await buckets.get(names.target, `renewed/${key}`)).equals(contentOf(key))).toBe(true);
    }
    const { manifest, rows } = await readReport(buckets, names.reports, reportFolder(job.jobId));
    expect(manifest.Results.map(({ TaskExecutionStatus }) => TaskExecutionStatus)).toEqual(['failed']);
    expect(rows.map(({ errorCode }) => errorCode).sort()).toEqual(['KeyTooLongError', 'NoSuchBucket', 'NoSuchKey']);
  });

  test('empty lists take metadata and tags away; without a report none is written', async () => {
    const before = await buckets.list(names.reports);
    const job = await copyJob({ TargetKeyPrefix: 'bare/', NewObjectMetadata: {}, NewObjectTagging: [] }, {});
    expect(job.reportManifestKey).toBeUndefined();
    expect(job.progress.succeeded).toBe(existing.length - 1);
    expect((await buckets.head(names.target, 'bare/plain.txt')).Metadata).toEqual({});
    expect(await buckets.tags(names.target, 'bare/plain.txt')).toEqual({});
    expect(await buckets.list(names.reports)).toEqual(before);
    await expect(drover.api.report(job.jobId)).rejects.toThrow('without a completion report');
  });
});

describe('keys that look like paths', () => {
  const KEYS = ['a//b', '//', '/begins', 'ends/', 'a/../b', './here', 'x'.repeat(1_024), 'back\\slash'];
  /** Some gateways take them for a path out of the bucket. */
  const CLIMBING = ['..', '../up'];
  let moto: StartedServer;
  let paths: TestDrover;
  let store: Buckets;

  beforeAll(async () => {
    moto = await startMoto();
    paths = await startDrover({ DROVER_S3_ENDPOINT: moto.url });
    store = new Buckets(moto.url);
    await store.create(paths.config.workspace.bucket, 'source', 'target', 'reports');
  });

  afterAll(async () => {
    await paths?.close();
    store?.close();
    await moto?.stop();
  });

  test('reach the store as they are, but for those that climb above the bucket', async () => {
    for (const key of [...KEYS, ...CLIMBING]) await store.put('source', key, contentOf(key));
    const lines = [...KEYS, ...CLIMBING].map((key) => `source,${encodeURIComponent(key)}\n`);
    await store.put('source', 'manifest.csv', lines.join(''));
    const { jobId } = await paths.api.createJob(
      jobRequest({
        manifest: 'source/manifest.csv',
        operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::target' } },
        report: 'reports',
      }),
    );
    await paths.reaches(jobId, 'Complete');
    const { rows } = await readReport(store, 'reports', reportFolder(jobId));
    const wanted = [
      ...KEYS.map((key) => `source ${encodeURIComponent(key)} succeeded`),
      ...CLIMBING.map((key) => `source ${encodeURIComponent(key)} failed`),
    ];
    expect(tasksOf(rows)).toEqual(wanted.sort());
    expect((await store.list('target')).map(({ key }) => key).sort()).toEqual([...KEYS].sort());
    for (const key of KEYS) expect((await store.get('target', key)).equals(contentOf(key))).toBe(true);
  });
});
