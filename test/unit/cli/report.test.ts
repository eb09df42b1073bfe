/**
 * Goal: rows of a report in the form that is asked for, none lost and none made up, and the jobs of a list that are asked for.
 * Method: commands in process against the real API app on a fake Temporal, with reports of a fake store.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { ObjectAccess } from '../../../api/jobs/object-access';
import type { Job } from '../../../cli/api-client';
import { jobTable } from '../../../cli/text/job-table';
import { csvLine, csvRows } from '../../../cli/text/report-rows';
import { testApp } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

const FAILED = 'b,k,,failed,404,NoSuchKey,gone\nb,"a,b",,failed,404,NoSuchKey,gone\nb,l,,failed,403,AccessDenied,no\n';
const SUCCEEDED = 'b,m,,succeeded,200,,Successful\nb,n,,succeeded,200,,Skipped: the condition does not hold\n';
const OBJECTS: ObjectAccess = {
  resolveEtag: () => Promise.resolve('e'),
  readReport: () => Promise.reject(new Error('not asked for')),
  keysAreRaw: () => Promise.resolve(false),
  reportFiles: async () => [],
  readReportRows: (_view, rows) =>
    Promise.resolve(Readable.from([Buffer.from(rows === 'failed' ? FAILED : SUCCEEDED)])),
};

const context = serveForCli(() => testApp({ objects: OBJECTS }));

function drover(...argv: string[]): Promise<Ended> {
  return runCli(argv, { env: context.env });
}

async function created(...options: string[]): Promise<string> {
  const request = ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://m/k', '--etag', 'e'];
  return (await drover(...request, ...options)).stdout.trim();
}

describe('report', () => {
  test.each([
    ['all', FAILED + SUCCEEDED],
    ['skipped', 'b,n,,succeeded,200,,Skipped: the condition does not hold\n'],
    ['Succeeded', SUCCEEDED],
  ])('--rows %s', async (rows, expected) => {
    const id = await created();
    expect(await drover('report', id, '--rows', rows)).toEqual({ code: 0, stdout: expected, stderr: '' });
  });

  test('--header, --format jsonl and -o', async () => {
    const id = await created();
    const header = 'Bucket,Key,VersionId,TaskStatus,HTTPStatusCode,ErrorCode,ResultMessage\n';
    expect((await drover('report', id, '--rows', 'failed', '--header')).stdout).toBe(header + FAILED);
    const folder = mkdtempSync(join(tmpdir(), 'drover-report-'));
    try {
      const file = join(folder, 'rows.jsonl');
      await drover('report', id, '--rows', 'failed', '--format', 'jsonl', '-o', file);
      const rows = readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as object);
      expect(rows).toHaveLength(3);
      expect(rows[1]).toMatchObject({ Bucket: 'b', Key: 'a,b', HTTPStatusCode: '404', ErrorCode: 'NoSuchKey' });
      expect((await drover('report', id, '--rows', 'all', '-o', join(folder, 'no/such'))).code).toBe(2);
      expect(readdirSync(folder)).toEqual(['rows.jsonl']);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('--group-by code counts the failed', async () => {
    const id = await created();
    const { stdout } = await drover('report', id, '--group-by', 'code');
    expect(stdout).toMatch(/^TASKS +STATUS +HTTP +CODE +FIRST\n2 +failed +404 +NoSuchKey +b\/k: gone\n1 +failed +403/);
    const asJson = await drover('report', id, '--group-by', 'code', '--rows', 'all', '--json');
    expect(JSON.parse(asJson.stdout)).toMatchObject({
      groups: [{ tasks: 2 }, { tasks: 2 }, { tasks: 1 }],
      otherTasks: 0,
    });
  });

  test.each([
    [['--header']],
    [['--format', 'jsonl']],
    [['-o', 'x']],
    [['--rows', 'all', '--header', '--format', 'jsonl']],
  ])('%j is a usage error', async (options) => {
    const id = await created();
    expect((await drover('report', id, ...options)).code).toBe(2);
  });

  test('rows survive any cut of their bytes', async () => {
    const cells = ['b', 'a "quoted", key\nwith ü', '', 'failed'];
    const bytes = Buffer.from(csvLine(cells) + csvLine(['x']));
    for (let at = 1; at < bytes.length; at += 1) {
      const rows: (readonly string[])[] = [];
      for await (const row of csvRows(Readable.from([bytes.subarray(0, at), bytes.subarray(at)]))) rows.push(row);
      expect(rows).toEqual([cells, ['x']]);
    }
  });
});

describe('list', () => {
  test('filters by time, operation, tag and text', async () => {
    const [first, second] = [
      await created('--description', 'Nightly', '--tag', 'team=a'),
      await created('--tag', 'team=b'),
    ];
    const ids = async (...options: string[]): Promise<string[]> => {
      const { jobs } = JSON.parse((await drover('list', '--json', ...options)).stdout) as { jobs: Job[] };
      return jobs.map(({ jobId }) => jobId).sort();
    };
    expect(await ids('--since', '2000-01-01')).toEqual([first, second].sort());
    expect(await ids('--until', '2000-01-01')).toEqual([]);
    expect(await ids('--operation', 's3deleteobjecttagging', '--tag', 'team=b')).toEqual([second]);
    expect(await ids('--operation', 'S3DeleteObject')).toEqual([]);
    expect(await ids('--search', 'NIGHT')).toEqual([first]);
    const cut = await drover('list', '--search', 's3', '--since', '520w', '--max', '1');
    const [, next = ''] = /^More results: (.*)$/m.exec(cut.stderr) ?? [];
    expect(next).toMatch(/^--since 20\S+Z --next-token /);
    const pages = [
      await ids('--search', 's3', '--max', '1'),
      await ids('--search', 's3', '--max', '1', ...next.split(' ')),
    ];
    expect(pages.flat().sort()).toEqual([first, second].sort());
    expect((await drover('list', '--since', 'yesterday')).code).toBe(2);
  });

  test.each([60, 80, 100])('fits %i columns', (columns) => {
    const job = (jobId: string): Job => ({
      jobId,
      operation: 'S3DeleteObjectTagging',
      description: 'a long description of what this job is for, and why',
      status: 'Active',
      priority: 10,
      limits: {},
      createdAt: '2026-11-30T00:00:00Z',
      failureReasons: [],
      progress: { totalTasks: 1e6, succeeded: 5, failed: 7, pending: 0, activeSeconds: 5 },
      request: {},
    });
    const shown = jobTable([job('686c088e-1'), job('686c088e-2')], columns, Date.parse('2026-11-30T02:03:00Z'));
    expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
    expect(shown).toMatch(/^686c088e-2 +Active +S3DeleteObjectTagging/m);
  });
});
