/** Goal: the report's objects are named and written as AWS's are. Method: a report in the shape of AWS's published one, examples. */
import { createHash } from 'node:crypto';
import {
  buildManifest,
  manifestKey,
  manifestMd5,
  manifestMd5Key,
  type ReportFile,
  reportPrefix,
  resultKey,
  type ResultName,
} from '../../../reports';

const JOB = 'f8fb9d89-a3aa-461d-bddc-ea6a1b131955';

test.each([
  [undefined, `job-${JOB}/`],
  ['', `job-${JOB}/`],
  ['/', `job-${JOB}/`],
  ['a/b', `a/b/job-${JOB}/`],
  ['a/b/', `a/b/job-${JOB}/`],
])('prefix %j gives %s', (prefix, expected) => {
  expect(reportPrefix(prefix, JOB)).toBe(expected);
  expect(manifestKey(prefix, JOB)).toBe(`${expected}manifest.json`);
  expect(manifestMd5Key(prefix, JOB)).toBe(`${expected}manifest.json.md5`);
});

test('results have names of 40 hexadecimal digits, the same each time, and no two alike', () => {
  const base: ResultName = { prefix: 'p/', jobId: JOB, chunk: 1, status: 'failed', sequence: 0 };
  const others: Partial<ResultName>[] = [
    {},
    { chunk: 10 },
    { sequence: 1 },
    { status: 'succeeded' },
    { jobId: 'other' },
    { chunk: 11, sequence: 0 },
    { chunk: 1, sequence: 10 },
  ];
  const keys = others.map((other) => resultKey({ ...base, ...other }));
  expect(new Set(keys).size).toBe(others.length);
  expect(keys[0]).toBe(resultKey({ ...base }));
  expect(keys[0]).toMatch(new RegExp(`^p/job-${JOB}/results/[0-9a-f]{40}\\.csv$`));
});

describe('manifest.json', () => {
  const file = (status: ReportFile['status'], key: string, rows = 1): ReportFile => ({
    status,
    key,
    md5: `md5-${key}`,
    rows,
    bytes: 9,
  });
  const options = { bucket: 'my-job-reports', createdAt: new Date('2019-04-05T17:48:39.725Z') };
  const entry = (status: string, key: string) =>
    `{"TaskExecutionStatus":"${status}","Bucket":"my-job-reports","MD5Checksum":"md5-${key}","Key":"${key}"}`;
  const text = (results: string) =>
    `{"Format":"Report_CSV_20180820","ReportCreationDate":"2019-04-05T17:48:39.725Z","Results":[${results}],` +
    '"ReportSchema":"Bucket, Key, VersionId, TaskStatus, ErrorCode, HTTPStatusCode, ResultMessage"}';

  test('names succeeded files first, members in the order of AWS', () => {
    const files = [file('failed', 'f0'), file('succeeded', 's0'), file('failed', 'f1'), file('succeeded', 's1')];
    const results = [entry('succeeded', 's0'), entry('succeeded', 's1'), entry('failed', 'f0'), entry('failed', 'f1')];
    expect(buildManifest(files, options)).toBe(text(results.join(',')));
  });

  test('has no entry for a status without rows', () => {
    expect(buildManifest([file('failed', 'f0'), file('succeeded', 's0', 0)], options)).toBe(
      text(entry('failed', 'f0')),
    );
    expect(buildManifest([], options)).toBe(text(''));
    expect(JSON.parse(buildManifest([], { ...options, skipped: 3 }))).toMatchObject({ NumberOfTasksSkipped: 3 });
  });

  test('its checksum file has 33 bytes, the first 32 the MD5', () => {
    const manifest = buildManifest([file('failed', 'fé')], options);
    const md5 = manifestMd5(manifest);
    expect(Buffer.byteLength(md5)).toBe(33);
    expect(md5.slice(0, 32)).toBe(createHash('md5').update(manifest, 'utf8').digest('hex'));
  });
});
