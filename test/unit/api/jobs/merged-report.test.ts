/**
 * Goal: a merged report has one row for each row of the first job, the last that became of it. Method: reports as text, of jobs
 * that retry each other.
 */
import type { JobDescription } from '../../../../api/jobs/job-view';
import type { ObjectAccess, ReportRows } from '../../../../api/jobs/object-access';
import { retryRequest } from '../../../../api/jobs/retry';
import { mergedReports } from '../../../../api/jobs/workspace/merged-report';
import { jobRequest } from '../test-app';

const REPORT = { Enabled: true, Bucket: 'arn:aws:s3:::rep', ReportScope: 'AllTasks' } as const;

interface Given {
  readonly succeeded?: string;
  readonly failed?: string;
  readonly retries?: string;
  readonly more?: object;
  readonly operation?: string;
  readonly totalTasks?: number;
}

function world(jobs: Record<string, Given>, keysAreRaw = false) {
  const views = Object.fromEntries(
    Object.entries(jobs).map(([jobId, { retries, more, operation = 'S3PutObjectTagging', totalTasks = 1 }]) => {
      const Source = { FromJob: { JobId: retries, Rows: 'failed' } };
      const request = { ...jobRequest({ Report: REPORT }), ...(retries && { Source }), ...more };
      return [jobId, { jobId, operation, request, progress: { totalTasks, failed: 1 } } as unknown as JobDescription];
    }),
  );
  const objects = {
    readReport: async () => ({}),
    keysAreRaw: async () => keysAreRaw,
    readReportRows: async ({ jobId }: JobDescription, rows: ReportRows) =>
      (async function* () {
        // In pieces that end anywhere.
        const bytes = Buffer.from(jobs[jobId]![rows] ?? '');
        for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
      })(),
  } as unknown as ObjectAccess;
  const merging = mergedReports(objects, { describeJob: async (_account, jobId) => views[jobId]! });
  return async (jobId: string, rows?: ReportRows): Promise<string> => {
    const pieces: Uint8Array[] = [];
    for await (const piece of await merging.open('a', views[jobId]!, rows)) pieces.push(piece);
    return Buffer.concat(pieces).toString('utf8');
  };
}

const JOBS: Record<string, Given> = {
  first: {
    succeeded: 'b,one,,succeeded,200,,Successful\n',
    failed:
      'b,a+b,,failed,503,SlowDown,"slow,\ndown"\nb,c,v1,failed,404,NoSuchKey,gone\nb,d,,failed,404,NoSuchKey,gone\n',
  },
  second: {
    retries: 'first',
    succeeded: 'b,c,v1,succeeded,200,,Successful\n',
    failed: 'b,a%20b,,failed,503,SlowDown,again\n',
  },
  third: { retries: 'second', succeeded: 'b,a%20b,,succeeded,200,,Successful\n' },
};

test('a row of a later job takes the place of the same object, however its key is spelled', async () => {
  const merged = world(JOBS);
  expect(await merged('second')).toBe(
    'b,one,,succeeded,200,,Successful\nb,a%20b,,failed,503,SlowDown,again\nb,c,v1,succeeded,200,,Successful\nb,d,,failed,404,NoSuchKey,gone\n',
  );
  expect(await merged('third', 'failed')).toBe('b,d,,failed,404,NoSuchKey,gone\n');
  expect(await merged('third', 'succeeded')).toBe(
    'b,one,,succeeded,200,,Successful\nb,a%20b,,succeeded,200,,Successful\nb,c,v1,succeeded,200,,Successful\n',
  );
});

test('rows that nothing has been done with stay as they are, byte for byte', async () => {
  const merged = world({ first: JOBS['first']!, second: { retries: 'first' } });
  expect(await merged('second')).toBe(`${JOBS['first']!.succeeded}${JOBS['first']!.failed}`);
});

test('a raw key is none that is encoded', async () => {
  const merged = world(
    {
      first: { failed: 'b,a+b,,failed,404,,\n' },
      second: { retries: 'first', succeeded: 'b,a%2Bb,,succeeded,200,,x\n' },
    },
    true,
  );
  expect(await merged('second')).toBe('b,a%2Bb,,succeeded,200,,x\n');
});

test('the same object twice has a row for each time', async () => {
  const merged = world({
    first: { failed: 'b,a,,failed,500,,1\nb,a,,failed,500,,2\n' },
    second: { retries: 'first', succeeded: 'b,a,,succeeded,200,,x\n', failed: 'b,a,,failed,500,,y\n' },
  });
  expect(await merged('second')).toBe('b,a,,succeeded,200,,x\nb,a,,failed,500,,y\n');
});

test.each<[Record<string, Given>, RegExp]>([
  [{ second: {} }, /retries no other/],
  [{ first: { operation: 'S3DeleteObject' }, second: { retries: 'first' } }, /retries no other/],
  [{ first: {}, second: { retries: 'first', more: { Report: { Enabled: false } } } }, /has no report of all its tasks/],
  [
    { first: {}, second: { retries: 'first', more: { Report: { ...REPORT, ReportScope: 'FailedTasksOnly' } } } },
    /has no report of all its tasks/,
  ],
  [{ first: {}, second: { retries: 'first', totalTasks: 200_001 } }, /job second has 200001 rows/],
])('%j', async (jobs, says) => {
  await expect(world(jobs)('second')).rejects.toThrow(says);
});

test('reports that nobody reads to their end make room for others', async () => {
  const merged = mergedReportsOf();
  for (let one = 0; one < 5; one++) {
    const rows = (await merged())[Symbol.asyncIterator]();
    await rows.return?.();
  }
  const open = [await merged(), await merged()];
  await expect(merged()).rejects.toThrow('2 reports are being merged');
  await open[0]![Symbol.asyncIterator]().return?.();
  await expect(merged()).resolves.toBeDefined();
});

function mergedReportsOf() {
  const views = { first: undefined, second: undefined } as Record<string, JobDescription | undefined>;
  for (const jobId of ['first', 'second']) {
    const Source = jobId === 'second' ? { Source: { FromJob: { JobId: 'first', Rows: 'failed' } } } : {};
    const request = { ...jobRequest({ Report: REPORT }), ...Source };
    views[jobId] = { jobId, operation: 'o', request, progress: { totalTasks: 1 } } as unknown as JobDescription;
  }
  const objects = {
    readReport: async () => ({}),
    keysAreRaw: async () => false,
    readReportRows: async () => (async function* () {})(),
  } as unknown as ObjectAccess;
  const reports = mergedReports(objects, { describeJob: async (_account, jobId) => views[jobId]! });
  return () => reports.open('a', views['second']!);
}

describe('the request of a retry', () => {
  const former = (more: object = {}): JobDescription =>
    ({
      jobId: 'job-1',
      description: 'nightly',
      request: jobRequest({ Limits: { Concurrency: 1 }, Tags: [{ Key: 'k', Value: 'v' }], ConfirmationRequired: true }),
      snapshot: { status: 'Complete', priority: 3, limits: { Concurrency: 2 } },
      progress: { failed: 2 },
      ...more,
    }) as unknown as JobDescription;

  test('has all of the former one but its source', () => {
    const { Manifest: _manifest, ...given } = former().request;
    expect(retryRequest(former(), 't')).toEqual({
      ...given,
      ClientRequestToken: 't',
      ConfirmationRequired: false,
      Description: 'Retry of job-1: nightly',
      Priority: 3,
      Limits: { Concurrency: 2 },
      Source: { FromJob: { JobId: 'job-1', Rows: 'failed' } },
    });
  });

  test('names the job that it retries, and no former ones', () => {
    const again = retryRequest(former({ jobId: 'job-2', description: 'Retry of job-1: nightly' }), 't');
    expect(again.Description).toBe('Retry of job-2: nightly');
    expect(retryRequest(former({ description: 'x'.repeat(256) }), 't').Description).toHaveLength(256);
  });

  test.each<[object, RegExp]>([
    [{ progress: { failed: 0 } }, /No task of job job-1 has failed: there is nothing to retry/],
    [{ snapshot: { status: 'Active' } }, /job-1 is Active: its failed tasks can be retried when it has ended/],
  ])('%j', (more, says) => {
    expect(() => retryRequest(former(more), 't')).toThrow(says);
  });
});
