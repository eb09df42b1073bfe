/**
 * Goal: what was plainly meant is taken, and a slip is answered with the right word. Method: commands in process against the
 * real API app on a fake Temporal.
 */
import { closest, named } from '../../../cli/options/names';
import { snapshotOf } from '../api/fake-gateway';
import { testApp } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

const CREATE = ['create', '--operation', 'S3DeleteObjectTagging', '--manifest', 's3://man/dir/m.csv', '--etag', 'e'];

const context = serveForCli(() => testApp());

function drover(...argv: string[]): Promise<Ended> {
  return runCli(argv, { env: context.env });
}

async function created(...options: string[]): Promise<string> {
  return (await drover(...CREATE, ...options)).stdout.trim();
}

describe('a job', () => {
  test.each(['beginning', 'ARN'])('may be named by its %s, in every command and option', async (way) => {
    const id = await created('--tag', 'a=1');
    const name = way === 'ARN' ? `arn:aws:s3:us-east-1:123456789012:job/${id}` : id.slice(0, 8);
    expect((await drover('describe', name)).stdout).toContain(id);
    context.gateway.set(id, snapshotOf('Active'));
    expect((await drover('pause', name)).stdout).toBe(`${id} Paused\n`);
    expect((await drover('tags', name)).stdout).toContain('a    1');
    expect((await drover('create', '--like', name, '--same-manifest')).code).toBe(0);
    expect((await drover('cancel', name)).stdout).toContain(id);
  });

  test('is not guessed among several, nor by a letter', async () => {
    const ids = [await created(), await created()];
    jest.spyOn(String.prototype, 'startsWith').mockImplementation(function (this: string, start: string) {
      return start === 'beef' ? ids.includes(this) : this.slice(0, start.length) === start;
    });
    try {
      const refused = await drover('cancel', 'beef');
      expect(refused.code).toBe(2);
      for (const id of ids) expect(refused.stderr).toContain(`\n  ${id} New S3DeleteObjectTagging`);
    } finally {
      jest.restoreAllMocks();
    }
    expect(await drover('cancel', 'a')).toMatchObject({ code: 2, stdout: '' });
    expect((await drover('cancel', 'zzzz-none')).code).toBe(1);
  });
});

describe('names', () => {
  test('are taken in any case', async () => {
    await drover(
      ...['create', '--operation', 's3putobjectcopy', '--set', 'targetresource=s3://archive', '--etag', 'e'],
      ...['--manifest', 's3://man/m.csv', '--fields', 'bucket, key,version-id', '--report', 's3://r/p'],
      ...['--report-scope', 'failedtasksonly'],
    );
    expect(context.gateway.inputs[0]?.request).toMatchObject({
      Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' } },
      Manifest: { Spec: { Fields: ['Bucket', 'Key', 'VersionId'] } },
      Report: { ReportScope: 'FailedTasksOnly' },
    });
    expect((await drover('list', '--status', 'new,failed', 'Active')).stdout).toContain('S3PutObjectCopy');
    expect((await drover('list', '--status', 'failed,complete')).stdout).toBe('No jobs.\n');
  });

  test.each([
    [['create', '--operation', 'S3PutObjectCpy', '--manifest', 's3://m/k'], 'did you mean S3PutObjectCopy?'],
    [['operations', 'S3DeletObject'], 'did you mean S3DeleteObject?'],
    [['list', '--status', 'failled'], 'did you mean Failed?'],
    [[...CREATE, '--fields', 'Bukcet,Key'], 'did you mean Bucket?'],
    [[...CREATE, '--descripton', 'x'], 'Did you mean --description?'],
    [
      ['create', '--operation', 'S3PutObjectCopy', '--manifest', 's3://m/k', '--set', 'StorageClas=GLACIER'],
      'did you mean StorageClass?',
    ],
    [
      ['create', '--operation', 'S3PutObjectCopy', '--manifest', 's3://m/k', '--set', 'TargetResource=herd-copy'],
      'write --set TargetResource=s3://herd-copy',
    ],
    [
      ['create', '--operation', 'S3PutObjectCopy', '--manifest', 's3://m/k', '--set', 'TargetResource=s3://h/backup'],
      'write --set TargetResource=s3://h --set TargetKeyPrefix=backup',
    ],
    [[...CREATE, '--parameters', '{TagSet:', '[]}'], 'is the JSON in quotes?'],
    [[...CREATE, '--parameters', '{TagSet:[]}'], 'is the JSON in quotes?'],
  ])('%j: %s', async (argv, hint) => {
    const ended = await drover(...argv);
    expect([ended.code, ended.stdout]).toEqual([2, '']);
    expect(ended.stderr).toContain(hint);
  });

  test('a slip is one or two letters', () => {
    expect(closest('ative', ['Active', 'Paused'])).toBe('Active');
    expect(closest('Ppaused', ['Active', 'Paused'])).toBe('Paused');
    expect(closest('x', ['y'])).toBeUndefined();
    expect(named('PAUSED', ['Active', 'Paused'])).toBe('Paused');
  });
});

test('tags --set does not take the id for a tag', async () => {
  const id = await created();
  expect((await drover('tags', '--set', 'a=b', id)).stdout).toBe('KEY  VALUE\na    b\n');
  expect((await drover('tags', '--set', 'c=d', 'e=f', id)).stdout).toBe('KEY  VALUE\na    b\nc    d\ne    f\n');
  expect((await drover('tags', id, 'g=h')).code).toBe(2);
});

describe('errors with --json', () => {
  test.each([
    [['list', '--status', 'nope', '--json'], 2, 'Usage'],
    [['--json', 'describe', 'no-such-job'], 1, 'NotFoundException'],
    [['nonsense', '--json'], 2, 'Usage'],
  ])('%j are one line of JSON', async (argv, exitCode, code) => {
    const ended = await drover(...argv);
    expect(ended).toMatchObject({ code: exitCode, stdout: '' });
    expect(JSON.parse(ended.stderr)).toMatchObject({ error: { code, message: expect.any(String) }, exitCode });
  });
});
