/**
 * Goal: a verb does what its operands say to just those objects, shows it first, and asks on a terminal before it removes or
 * overwrites. Method: commands in process against the real API app on a fake Temporal, with previews of a fake store.
 */
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import type { Previews } from '../../../api/preview/preview';
import { run } from '../../../cli/run';
import { testApp } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

let objects = 3;
const previews: Previews = {
  open: () =>
    (async function* () {
      const totals = { objects, bytes: 2048, untoldSizes: 0, byStorageClass: {}, untoldStorageClasses: 0, bySize: [] };
      yield Buffer.from(
        `${JSON.stringify({ totals: { ...totals, deleteMarkers: 0, deleteMarkersLeftOut: 0, asked: 0 } })}\n`,
      );
    })(),
};

const context = serveForCli(() => testApp({ previews }));

beforeEach(() => {
  objects = 3;
});

function drover(...argv: string[]): Promise<Ended> {
  return runCli(argv, { env: context.env });
}

describe('a verb', () => {
  const BELOW = { Source: { Prefixes: [{ Bucket: 'a', Prefix: 'x/' }] } };
  test.each<[string[], object]>([
    [
      ['copy', 's3://a/x/', 's3://b/y/'],
      {
        ...BELOW,
        Operation: {
          S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b', ReplacePrefix: { From: 'x/', To: 'y/' } },
        },
      },
    ],
    [
      ['copy', 's3://a', 's3://b/y', '--set', 'StorageClass=GLACIER'],
      {
        Source: { Prefixes: [{ Bucket: 'a' }] },
        Operation: {
          S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b', TargetKeyPrefix: 'y/', StorageClass: 'GLACIER' },
        },
      },
    ],
    [
      ['copy', 's3://a/x/k{1}', 's3://b/y/{z}'],
      {
        Source: { Keys: [{ Bucket: 'a', Key: 'x/k{1}' }] },
        Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b', TargetKey: 'y/{{z}}' } },
      },
    ],
    [
      ['move', 's3://a/x/*.csv', 's3://b/x/', '--older-than', '1d'],
      {
        ...BELOW,
        Filter: { Include: ['x/*.csv'], OlderThanSeconds: 86_400 },
        Operation: { S3MoveObject: { TargetResource: 'arn:aws:s3:::b' } },
      },
    ],
    [
      ['copy', '--from', 's3://a/x/', '--from', 's3://c/', 's3://b/y/'],
      {
        Source: { Prefixes: [{ Bucket: 'a', Prefix: 'x/' }, { Bucket: 'c' }] },
        Operation: { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::b', TargetKeyPrefix: 'y/' } },
      },
    ],
    [['delete', 's3://a/x/'], { ...BELOW, Operation: { S3DeleteObject: {} } }],
    [
      ['delete', 's3://a/x/', '--versions', 'noncurrent'],
      {
        Source: { Prefixes: [{ Bucket: 'a', Prefix: 'x/' }], Versions: 'Noncurrent' },
        Operation: { S3DeleteObject: {} },
      },
    ],
    [['delete', 's3://a/x/', '--all-versions'], { Operation: { S3DeleteObject: { AllVersions: true } } }],
    [
      ['tag', 's3://a/x/', 'team=data', 'a=b=c'],
      {
        ...BELOW,
        Operation: {
          S3AddObjectTagging: {
            TagSet: [
              { Key: 'team', Value: 'data' },
              { Key: 'a', Value: 'b=c' },
            ],
          },
        },
      },
    ],
    [
      ['tag', '--replace', 's3://a/x/', 'a=1'],
      { Operation: { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: '1' }] } } },
    ],
    [
      ['acl', 's3://a/x/', 'private'],
      { Operation: { S3PutObjectAcl: { AccessControlPolicy: { CannedAccessControlList: 'private' } } } },
    ],
    [
      ['restore', 's3://a/x/', '--days', '3', '--tier', 'bulk'],
      { Operation: { S3InitiateRestoreObject: { ExpirationInDays: 3, GlacierJobTier: 'BULK' } } },
    ],
    [
      ['checksum', 's3://a/x/', '--algorithm', 'sha256', '--report', 's3://r/p'],
      { Operation: { S3ComputeObjectChecksum: { ChecksumAlgorithm: 'SHA256' } } },
    ],
    [['verify', 's3://a/x/'], { ...BELOW, Operation: { S3VerifyObject: {} } }],
    [
      ['verify', 's3://a/x/', 's3://b/x/'],
      { ...BELOW, Operation: { S3VerifyObject: { Against: { TargetResource: 'arn:aws:s3:::b' } } } },
    ],
  ])('%j', async (argv, expected) => {
    const ended = await drover(...argv);
    expect(ended.stderr).toMatch(
      /^Operation +\w+[\s\S]*\nObjects +3( \(2\.0 KiB\)|, named by its key; a folder ends with \/)\n/,
    );
    expect(ended.stderr).toMatch(/^Report +(s3:\/\/r\/p|none: --report s3:\/\/bucket\/folder keeps why a task fails)/m);
    expect(ended.code).toBe(0);
    expect(context.gateway.inputs[0]?.request).toMatchObject(expected);
  });

  test.each([
    [['copy', 's3://a/x/']],
    [['copy', 's3://a/x/', 's3://c/', 's3://b/']],
    [['copy', 's3://a/x/', 's3://b/*']],
    [['copy', 's3://a/x/', './local']],
    [['delete']],
    [['delete', 's3://a/x/', '--from', 's3://b/']],
    [['delete', 's3://a/*.csv', '--include', 'b*']],
    [['tag', 's3://a/x/']],
    [['delete', 's3://a/x/k', '--versions', 'all']],
    [['acl', 's3://a/x/']],
    [['invoke', 's3://a/x/', 'https://a', 'https://b']],
  ])('%j is a usage error', async (argv) => {
    expect(await drover(...argv)).toMatchObject({ code: 2, stdout: '' });
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test.each([
    ['cp', 'S3PutObjectCopy', 's3://b/'],
    ['mv', 'S3MoveObject', 's3://b/'],
    ['rm', 'S3DeleteObject'],
  ])('%s is %s', async (alias, operation, ...target) => {
    expect(await drover(alias, 's3://a/x/', ...target)).toMatchObject({ code: 0 });
    expect(context.gateway.inputs[0]?.request.Operation).toHaveProperty(operation);
  });

  test.each([
    ['copy', './cow.txt', 's3://b/'],
    ['copy', 's3://a/cow.txt', 'cow.txt'],
    ['delete', 'a/x'],
  ])('%s %s %s says what is no S3 URI', async (...argv) => {
    const { code, stderr } = await drover(...argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(/'(\.\/cow\.txt|cow\.txt|a\/x)' is no S3 URI such as s3:\/\/bucket\/folder\//);
  });

  test('creates no job for no objects, and counts none with --yes', async () => {
    objects = 0;
    expect(await drover('delete', 's3://a/x/')).toMatchObject({ code: 1, stdout: '' });
    expect(context.gateway.inputs).toHaveLength(0);
    expect(await drover('delete', 's3://a/x/', '--yes')).toMatchObject({ code: 0, stderr: '' });
    expect(context.gateway.inputs).toHaveLength(1);
  });

  test.each([
    ['delete', 'n', 1, 0],
    ['delete', 'y', 0, 1],
    ['verify', 'n', 0, 1],
  ])('%s on a terminal, answered %s', async (verb, answer, code, jobs) => {
    const [stdout, stderr, stdin] = [new PassThrough(), new PassThrough(), new PassThrough()];
    Object.assign(stderr, { isTTY: true, columns: 80 });
    Object.assign(stdin, { isTTY: true });
    const said = text(stderr);
    stdin.write(`${answer}\n`);
    expect(await run([verb, 's3://a/x/'], { terminal: { stdout, stderr }, stdin, env: context.env })).toBe(code);
    stderr.end();
    expect((await said).includes('Go on? [y/N]')).toBe(verb === 'delete');
    expect(context.gateway.inputs).toHaveLength(jobs);
  });
});
