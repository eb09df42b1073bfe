/**
 * Goal: `describe` says everything on which one decides to confirm a job, and what is long fits the terminal. Method: the
 * texts of whole requests; commands in process against the real API app on a fake Temporal.
 */
import { facts, fittedTable, wrapped } from '../../../cli/text/layout';
import { membersText, reportText, requestFacts } from '../../../contracts/text/request-text';
import { snapshotOf } from '../api/fake-gateway';
import { testApp } from '../api/test-app';
import { runCli, serveForCli } from './run-cli';

const context = serveForCli(() => testApp());

describe('describe', () => {
  test('shows parameters, condition, source, filter, role, report and how to confirm', async () => {
    const created = await runCli(
      [
        ...['create', '--operation', 'S3PutObjectCopy', '--set', 'TargetResource=s3://archive', '--confirm'],
        ...['--set', 'NewObjectTagging.team=data', '--when', 'OlderThanDays=30', '--skip-if-in-desired-state'],
        ...['--from', 's3://herd/a/', '--include', 'x/*.csv', '--report', 's3://reports/copy', '--tag', 'a=1'],
      ],
      { env: context.env },
    );
    expect(created).toMatchObject({ code: 0 });
    const jobId = created.stdout.trim();
    const preparing = {
      read: 5000,
      rows: 20,
      bytes: 3 << 20,
      pages: 7,
      files: 2,
      filesTotal: 9,
      parts: 4,
      partsDone: 1,
    };
    context.gateway.set(jobId, snapshotOf('Suspended', { preparing }));
    const { stdout } = await runCli(['describe', jobId], { env: context.env });
    const lines = stdout.split('\n').map((line) => line.replace(/ {2,}/, ' = '));
    expect(lines).toEqual(
      expect.arrayContaining([
        `Waiting for = drover confirm ${jobId}`,
        'Parameters = TargetResource=s3://archive',
        ' = NewObjectTagging.team=data',
        'When = OlderThanDays=30',
        'Skips = objects that the operation would not change',
        'Source = s3://herd/a/',
        'Filter = Include=x/*.csv',
        expect.stringMatching(/^Role = arn:/),
        'Tags = a=1',
        'Read = 5,000 rows read, 20 pass, 2 of 9 files, 3.0 MiB, 7 pages, 1 of 4 parts',
        'Report = s3://reports/copy/ (all tasks)',
      ]),
    );
  });

  test('shows the steps of a pipeline and a manifest', () => {
    const shown = requestFacts({
      Operation: {
        Pipeline: {
          Steps: [
            { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' } },
            { S3DeleteObject: {}, AppliesTo: 'Source' },
          ],
        },
      },
      Manifest: { Spec: { Fields: ['Bucket', 'Key'] }, Location: { ObjectArn: 'arn:aws:s3:::herd/m.csv', ETag: 'e' } },
    });
    expect(shown).toEqual(
      expect.arrayContaining([
        ['Step 1', ['S3PutObjectCopy', '  TargetResource=s3://archive']],
        ['Step 2', ['S3DeleteObject (applies to: Source)']],
        ['Manifest', ['s3://herd/m.csv (ETag=e)', 'Fields=Bucket, Key']],
      ]),
    );
  });

  test('names the report by bucket and key once it is there', () => {
    const Report = { Enabled: true, Bucket: 'arn:aws:s3:::r', Prefix: 'p', ReportScope: 'FailedTasksOnly' };
    expect(reportText({ Report }, 'p/job-1/manifest.json')).toBe('s3://r/p/job-1/manifest.json (failed tasks only)');
    expect(reportText({ Report: { Enabled: false } }, undefined)).toBe('none');
  });

  test('says how much of a long list it leaves out', () => {
    const many = Object.fromEntries(Array.from({ length: 25 }, (_, at) => [`m${at}`, at]));
    expect(membersText(many).at(-1)).toBe('… and 5 more');
  });
});

describe('a terminal', () => {
  test('wraps at spaces, and cuts what has none', () => {
    expect(wrapped('one two three', 8)).toEqual(['one two', 'three']);
    expect(wrapped('abcdefghij k', 4)).toEqual(['abcd', 'efgh', 'ij k']);
    expect(wrapped('one two three', undefined)).toEqual(['one two three']);
  });

  test.each([40, 80, 120])('of %i columns holds facts and tables', (columns) => {
    const text = 'word '.repeat(60).trim();
    const rows = [
      ['PARAMETER', 'TYPE', 'MEANING'],
      ['NewObjectMetadata.ContentType', 'string', text],
    ];
    for (const shown of [facts([['Name', text]], columns), fittedTable(rows, columns)]) {
      expect(Math.max(...shown.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
      expect(shown.match(/word/g)).toHaveLength(60);
    }
  });
});
