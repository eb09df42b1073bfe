/**
 * Goal: every option that says which objects asks for exactly these, and a mistake in one is named with its value. Method:
 * command lines in process against the API on a fake Temporal and a store in memory; what reached Temporal is looked at.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { manifestUploads } from '../../../api/jobs/manifest-uploads';
import { objectAccess } from '../../../api/jobs/object-access';
import { defined } from '../../../contracts/defined';
import type { JobRequest, JobStatus } from '../../../contracts/job';
import { uploadedManifest } from '../../../contracts/uploaded-manifest';
import { decodeManifestKey } from '../../../manifests';
import { memoryRoleStores, MemoryStore, memoryStores } from '../../support/memory-store/store';
import { snapshotOf } from '../api/fake-gateway';
import { addJob } from '../api/s3control/client';
import { ACCOUNT, jobRequest, ROLE, testApp, WORKSPACE } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

const CSV = 'S3BatchOperations_CSV_20180820';
const CREATE = ['create', '--operation', 'S3DeleteObjectTagging'];

let store: MemoryStore;
let folder: string;
const context = serveForCli(() => {
  store = new MemoryStore({ buckets: ['workspace', 'man'] });
  store.seed('man', 'm.csv', 'herd,cow\n');
  const stores = memoryStores(memoryRoleStores(store), store, [ROLE]);
  return testApp({ objects: objectAccess(stores, WORKSPACE), uploads: manifestUploads(stores, WORKSPACE) });
});

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'drover-cli-'))));
afterEach(() => rmSync(folder, { recursive: true }));

function create(options: readonly string[], stdin?: string): Promise<Ended> {
  return runCli([...CREATE, ...options], { env: context.env, ...defined({ stdin }) });
}

async function requested(options: readonly string[], stdin?: string): Promise<JobRequest> {
  const ended = await create(options, stdin);
  expect([ended.stderr, ended.code]).toEqual(['', 0]);
  return context.gateway.inputs.at(-1)!.request;
}

function file(name: string, content: string | Buffer): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

/** What was sent to the API, by the ARN in the request. */
async function sent({ Manifest }: JobRequest): Promise<string> {
  const { key = '' } = uploadedManifest(WORKSPACE, ACCOUNT, Manifest!.Location.ObjectArn) ?? {};
  return (await store.read({ bucket: 'workspace', key }, { ifMatch: Manifest!.Location.ETag })).toString('utf8');
}

/** A job that has ended. */
function formerJob(jobId: string, Report: JobRequest['Report'], status: JobStatus = 'Complete'): void {
  addJob(context, jobId, ACCOUNT, snapshotOf(status), jobRequest({ Report }));
}

const FROM = ['--from', 's3://herd/logs/'];

describe('sources', () => {
  test.each<[string, readonly string[], object]>([
    ['a prefix', FROM, { Prefixes: [{ Bucket: 'herd', Prefix: 'logs/' }] }],
    [
      'buckets and versions',
      ['--from', 's3://a', '--from', 's3://b/', '--versions', 'delete-markers'],
      { Prefixes: [{ Bucket: 'a' }, { Bucket: 'b' }], Versions: 'DeleteMarkers' },
    ],
    ['a former job', ['--from-job', 'job-1', '--rows', 'all'], { FromJob: { JobId: 'job-1', Rows: 'all' } }],
    ['failed rows, if nothing is said', ['--from-job', 'job-1'], { FromJob: { JobId: 'job-1', Rows: 'failed' } }],
    [
      'a pattern',
      ['--manifest', 's3://man/p/*.csv', '--key-encoding', 'raw', '--empty-version', 'newest'],
      {
        Manifests: {
          Spec: { Format: CSV, Fields: ['Bucket', 'Key'], KeyEncoding: 'Raw', EmptyVersionId: 'Newest' },
          Locations: [{ Bucket: 'man', KeyPattern: 'p/*.csv' }],
        },
      },
    ],
    [
      'several inventories',
      ['--inventory', 's3://man/1/manifest.json', '--inventory', 's3://man/2/manifest.json'],
      {
        Manifests: {
          Spec: { Format: 'S3InventoryReport_CSV_20161130' },
          Locations: [1, 2].map((one) => ({ ObjectArn: `arn:aws:s3:::man/${one}/manifest.json` })),
        },
      },
    ],
  ])('%s', async (_what, options, Source) => {
    formerJob('job-1', { Enabled: true });
    const request = await requested(options);
    expect(request.Source).toEqual(Source);
    expect(request).not.toHaveProperty('Manifest');
    expect(request).not.toHaveProperty('Filter');
  });

  test.each([
    ['--inventory', 's3://man/m.csv'],
    ['--manifest', 's3://man/m.csv', '--format', 'inventory'],
  ])('one inventory: %s', async (...options) => {
    expect((await requested(options)).Manifest).toEqual({
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: { ObjectArn: 'arn:aws:s3:::man/m.csv', ETag: expect.stringMatching(/./) },
    });
  });

  test('an inventory with its delete markers', async () => {
    const { Manifest } = await requested(['--inventory', 's3://man/m.csv', '--delete-markers', 'keep']);
    expect(Manifest?.Spec).toEqual({ Format: 'S3InventoryReport_CSV_20161130', DeleteMarkers: 'Keep' });
  });
});

describe('local lists', () => {
  test('a file is sent, once for the same content', async () => {
    const path = file('list.csv', 'herd,cow\nherd,dog\n');
    const first = await requested(['--manifest', path, '--fields', 'Bucket,Key']);
    expect(await sent(first)).toBe('herd,cow\nherd,dog\n');
    const again = await requested(['--manifest', '-'], 'herd,cow\nherd,dog\n');
    expect(again.Manifest).toEqual(first.Manifest);
    const { objects } = await store.listObjects({ Bucket: 'workspace' });
    expect(objects.filter(({ key }) => key.endsWith('.csv'))).toHaveLength(1);
  });

  test('a file of several parts', async () => {
    const content = 'herd,a-key-of-some-length\n'.repeat(700_000);
    const request = await requested(['--manifest', file('list.csv', content)]);
    expect((await sent(request)) === content).toBe(true);
  });

  test('a refusal comes through while the file is on its way', async () => {
    const path = file('list.csv', 'herd,a-key-of-some-length\n'.repeat(700_000));
    const env = { ...context.env, DROVER_SECRET_KEY: 'wrong' };
    const ended = await runCli([...CREATE, '--manifest', path], { env });
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(/InvalidCredentials/)]);
  });

  test('a file beside a manifest in a store', async () => {
    const { Source } = await requested(['--manifest', file('a.csv', 'h,a\n'), '--manifest', 's3://man/m.csv']);
    expect(Source).toMatchObject({
      Manifests: {
        Locations: [
          {
            ObjectArn: expect.stringMatching(/workspace\/drover\/jobs\/manifests\/123456789012\//),
            ETag: expect.anything(),
          },
          { ObjectArn: 'arn:aws:s3:::man/m.csv' },
        ],
      },
    });
  });

  test.each<[string, string, string]>([
    ['--keys-from', 'a b\r\n\nc+d%20\n"e",f', 'line ends'],
    ['--keys-from0', 'a b\0\0c+d%20\0"e",f\0', 'NUL'],
  ])('%s: keys as they are', async (flag, content, _what) => {
    const Keys = ['a b', 'c+d%20', '"e",f'].map((Key) => ({ Bucket: 'herd', Key }));
    expect((await requested([flag, '-', '--bucket', 'herd'], content)).Source).toEqual({ Keys });
    expect((await requested([flag, file('keys', content), '--bucket', 'herd'])).Source).toEqual({ Keys });
  });

  test.each([
    ['many keys', Array.from({ length: 1_001 }, (_, index) => `k${index}`)],
    ['long keys', Array.from({ length: 140 }, (_, index) => `${index}${'ä'.repeat(500)}`)],
    [
      'odd keys',
      [...Array.from({ length: 2_500 }, (_, index) => `k+%${index}/a b`), '"', ',', 'a\nb', 'a\rb', '😀', '%2F'],
    ],
  ])('%s make a manifest that is sent', async (_what, keys) => {
    const request = await requested(['--keys-from0', '-', '--bucket', 'herd'], keys.join('\0'));
    const rows = (await sent(request)).trimEnd().split('\n');
    expect(rows.map((row) => row.split(','))).toEqual(keys.map((_) => ['herd', expect.anything()]));
    expect(rows.map((row) => decodeManifestKey(row.slice('herd,'.length)))).toEqual(keys.map((key) => ({ key })));
    expect(request.Manifest?.Spec).toEqual({ Format: CSV, Fields: ['Bucket', 'Key'] });
  });

  test('as many keys as a request may have stay in it', async () => {
    const keys = Array.from({ length: 1_000 }, (_, index) => `k${index}`);
    const { Source } = await requested(['--keys-from', '-', '--bucket', 'herd'], keys.join('\n'));
    expect(Source).toMatchObject({ Keys: { length: 1_000 } });
  });

  test('of a schedule are sent too', async () => {
    const argv = ['schedule', 'create', '--every', '1d', ...CREATE.slice(1), '--manifest', '-'];
    const ended = await runCli(argv, { env: context.env, stdin: 'herd,cow\n' });
    // The test's API has no schedules: that is said after the list has been sent.
    expect(ended.stderr).toMatch(/Not found|not allowed/i);
    const { objects } = await store.listObjects({ Bucket: 'workspace' });
    expect(objects.filter(({ key }) => key.endsWith('.csv'))).toHaveLength(1);
  });
});

describe('filters', () => {
  test('each option', async () => {
    const request = await requested([
      ...FROM,
      ...['--include', '*.gz', '--include', 'logs/*/a', '--exclude', '**/tmp/**', '--regex', '^logs/\\d+'],
      ...['--older-than', '30d', '--newer-than', '2026-01-31', '--larger-than', '1MiB', '--smaller-than', '1.5GB'],
      ...['--storage-class', 'STANDARD', '--storage-class', 'GLACIER', '--select', 's.size > 5'],
      ...['--select-by', 'drover'],
    ]);
    expect(request.Filter).toEqual({
      Include: ['*.gz', '**/*.gz', 'logs/*/a'],
      Exclude: ['**/tmp/**'],
      KeyMatches: '^logs/\\d+',
      OlderThanSeconds: 2_592_000,
      CreatedAfter: '2026-01-31T00:00:00.000Z',
      ObjectSizeGreaterThanBytes: 1_048_576,
      ObjectSizeLessThanBytes: 1_500_000_000,
      MatchAnyStorageClass: ['STANDARD', 'GLACIER'],
      Select: 's.size > 5',
      SelectBy: 'Drover',
    });
  });

  test.each<[string, string, object]>([
    ['--older-than', '12h', { OlderThanSeconds: 43_200 }],
    ['--newer-than', '2w', { NewerThanSeconds: 1_209_600 }],
    ['--older-than', '2026-06-30T12:00:00+02:00', { CreatedBefore: '2026-06-30T10:00:00.000Z' }],
    ['--larger-than', '500', { ObjectSizeGreaterThanBytes: 500 }],
    ['--smaller-than', '0.5KiB', { ObjectSizeLessThanBytes: 512 }],
  ])('%s %s beside a manifest', async (flag, value, Filter) => {
    expect((await requested(['--manifest', 's3://man/m.csv', flag, value])).Filter).toEqual(Filter);
  });
});

describe('mistakes', () => {
  test.each<[readonly string[], RegExp]>([
    [[], /--from, --manifest, --inventory, --keys-from, --from-job or --request is required/],
    [[...FROM, '--manifest', 's3://man/m.csv'], /--from and --manifest cannot be combined/],
    [[...FROM, '--from-job', 'job-1'], /--from and --from-job cannot be combined/],
    [['--from', 'herd/logs'], /--from must be an S3 URI.*'herd\/logs'/],
    [['--from', 's3://herd/*.gz'], /--from takes a prefix, not 's3:\/\/herd\/\*\.gz'.*--include/],
    [['--from-job', 'job-1', '--versions', 'all'], /--versions requires --from/],
    [[...FROM, '--rows', 'failed'], /--rows requires --from-job/],
    [[...FROM, '--fields', 'Key'], /--fields requires --manifest or --inventory/],
    [[...FROM, '--versions', 'every'], /--versions.*every/],
    [[...FROM, '--older-than', '30'], /--older-than must be an age.*'30'/],
    [[...FROM, '--older-than', '2026-02-30'], /--older-than must be an age.*'2026-02-30'/],
    [[...FROM, '--newer-than', '2026-01-01T00:00:00'], /--newer-than must be.*zone, not '2026-01-01T00:00:00'/],
    [[...FROM, '--larger-than', '1M'], /--larger-than must be a size.*'1M'/],
    [[...FROM, '--smaller-than', '0.0001KiB'], /--smaller-than must be a size in whole bytes.*'0.0001KiB'/],
    [[...FROM, '--larger-than', '-1'], /--larger-than must be a size.*'-1'/],
    [['--keys-from', '-'], /--keys-from requires --bucket/],
    [['--keys-from', '-', '--bucket', 'herd'], /stdin has no keys/],
    [['--keys-from', '/no/such/file', '--bucket', 'herd'], /\/no\/such\/file cannot be read: ENOENT/],
    [['--manifest', '/no/such/file'], /\/no\/such\/file cannot be read: ENOENT \(a manifest in a store is s3:/],
    [['--manifest', '/tmp'], /\/tmp is a folder/],
    [['--manifest', '-', '--manifest', '-'], /--manifest - is given twice/],
    [['--manifest', '-', '--etag', 'e'], /--etag goes with one manifest in a store/],
    [
      ['--manifest', 's3://man/*.csv', '--manifest-version', 'v'],
      /--manifest-version goes with one manifest in a store/,
    ],
    [['--inventory', './manifest.json'], /--inventory must name an inventory's manifest.json/],
    [['--inventory', 's3://man/m.json', '--fields', 'Key'], /--fields is for CSV manifests/],
    [['--manifest', 's3://man/m.csv', '--delete-markers', 'keep'], /--delete-markers is for inventories/],
    [[...FROM, '--delete-markers', 'keep'], /--delete-markers requires --manifest or --inventory/],
    [['--inventory', 's3://man/m.json', '--manifest', '-'], /--manifest and --inventory cannot be combined/],
    [['--request', '-', ...FROM], /--request and --\w+ cannot be combined/],
  ])('%j', async (options, says) => {
    const ended = await create(options, '');
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test.each<[string, Buffer, RegExp]>([
    ['not UTF-8', Buffer.from('a\nb\n\xff\n', 'latin1'), /keys, line 3: the key is not UTF-8/],
    ['too long', Buffer.from(`a\n${'ä'.repeat(513)}\n`), /keys, line 2: the key has 1026 bytes, more than 1024/],
    [
      'without ends',
      Buffer.alloc(100_000, 'a'),
      /keys, line 1: no key has more than 1024 bytes; keys end in a line feed/,
    ],
  ])('a list of keys that is %s', async (_what, content, says) => {
    const ended = await create(['--keys-from', file('keys', content), '--bucket', 'herd']);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(says)]);
  });

  test.each<[string, JobRequest['Report'], JobStatus, RegExp]>([
    ['job-2', { Enabled: true }, 'Complete', /NotFoundException/],
    [
      'job-1',
      { Enabled: false },
      'Complete',
      /FromJob\.Rows: job job-1 kept the rows of failed and skipped tasks alone/,
    ],
    ['job-1', { Enabled: true }, 'Active', /JobStatusException.*job-1 is Active: its report is written when it ends/],
    [
      'job-1',
      { Enabled: true, ReportScope: 'FailedTasksOnly' },
      'Failed',
      /FromJob\.Rows: job job-1 kept the rows of failed and skipped tasks alone/,
    ],
  ])('a former job that has no such rows: %s %j %s', async (jobId, report, status, says) => {
    formerJob('job-1', report, status);
    const ended = await create(['--from-job', jobId, '--rows', 'all']);
    expect([ended.code, ended.stderr]).toEqual([1, expect.stringMatching(says)]);
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test("the API's own refusals come through", async () => {
    const ended = await create([...FROM, '--older-than', '2d', '--newer-than', '1d']);
    expect([ended.code, ended.stderr]).toEqual([
      1,
      expect.stringMatching(/Filter\.NewerThanSeconds: must be larger than OlderThanSeconds: no object would pass/),
    ]);
  });
});
