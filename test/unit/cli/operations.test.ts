/**
 * Goal: every operation, with all that can stand beside it, can be asked for on the command line without writing a request,
 * and looked up without reading the docs. Method: commands run in process against the real API app on a fake Temporal, and
 * against no API at all for what needs none.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OPERATIONS } from '../../../operations';
import { describeParameters } from '../../../operations/describe';
import { testApp } from '../api/test-app';
import { type Ended, runCli, serveForCli } from './run-cli';

const context = serveForCli(() => testApp());

function drover(...argv: string[]): Promise<Ended> {
  return runCli(argv, { env: context.env });
}

/** The Operation element that these options ask for. */
async function asked(...options: string[]): Promise<unknown> {
  const ended = await drover('create', '--manifest', 's3://man/m.csv', '--etag', 'e', ...options);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return context.gateway.inputs[0]?.request.Operation;
}

describe('create', () => {
  // GlacierDeleteArchive takes the rows of a former job alone.
  const ofManifests = OPERATIONS.filter(({ name }) => name !== 'GlacierDeleteArchive');
  test.each(
    ofManifests.flatMap(({ name, examples }) => examples.map((one) => [name, one.title, one.parameters] as const)),
  )('%s: %s', async (name, _title, parameters) => {
    const element = await asked('--operation', name, '--parameters', JSON.stringify(parameters));
    expect(element).toEqual({ [name]: parameters });
  });

  test('takes parameters one by one, of every type', async () => {
    const copy = await asked(
      ...['--operation', 'S3PutObjectCopy', '--set', 'TargetResource=s3://archive', '--set', 'BucketKeyEnabled=true'],
      ...['--set', 'NewObjectMetadata.UserMetadata.a.b=x=y', '--set', 'NewObjectMetadata.CacheControl=no-cache'],
      ...['--set', 'NewObjectTagging.team=data', '--set', 'NewObjectTagging.empty='],
      ...['--set', 'AccessControlGrants=[{"Grantee":{"TypeIdentifier":"id","Identifier":"i"},"Permission":"READ"}]'],
      ...['--parameters', '{"StorageClass":"GLACIER","NewObjectMetadata":{"ContentType":"text/plain"}}'],
    );
    expect(copy).toEqual({
      S3PutObjectCopy: {
        TargetResource: 'arn:aws:s3:::archive',
        BucketKeyEnabled: true,
        StorageClass: 'GLACIER',
        NewObjectMetadata: { ContentType: 'text/plain', CacheControl: 'no-cache', UserMetadata: { 'a.b': 'x=y' } },
        NewObjectTagging: [
          { Key: 'team', Value: 'data' },
          { Key: 'empty', Value: '' },
        ],
        AccessControlGrants: [{ Grantee: { TypeIdentifier: 'id', Identifier: 'i' }, Permission: 'READ' }],
      },
    });
  });

  test('takes numbers, lists of texts, conditions and the wish to skip', async () => {
    const restore = await asked(
      ...['--operation', 'S3InitiateRestoreObject', '--set', 'ExpirationInDays=3', '--set', 'RestoreTimeoutHours=0.5'],
      ...['--set', 'WaitUntilRestored=true', '--when', 'OlderThanDays=30.5', '--when', 'Not.ObjectSizeLessThanBytes=1'],
      ...['--when', 'KeyNameConstraint.MatchAnyPrefix=a/', '--when', 'KeyNameConstraint.MatchAnyPrefix=b/'],
      ...['--when', 'MatchAllTags.keep=no', '--when', 'MatchAllMetadata.owner=me', '--skip-if-in-desired-state'],
    );
    expect(restore).toEqual({
      S3InitiateRestoreObject: { ExpirationInDays: 3, RestoreTimeoutHours: 0.5, WaitUntilRestored: true },
      When: {
        OlderThanDays: 30.5,
        Not: { ObjectSizeLessThanBytes: 1 },
        KeyNameConstraint: { MatchAnyPrefix: ['a/', 'b/'] },
        MatchAllTags: [{ Key: 'keep', Value: 'no' }],
        MatchAllMetadata: { owner: 'me' },
      },
      SkipIfInDesiredState: true,
    });
  });

  test('takes pipelines and conditions as JSON or from files', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'drover-cli-'));
    try {
      const steps = [{ S3DeleteObjectTagging: {} }, { S3PutObjectTagging: { TagSet: [] }, AppliesTo: 'Source' }];
      const file = join(folder, 'steps.json');
      writeFileSync(file, JSON.stringify({ Steps: steps }));
      const when = '{"OlderThanDays": 3}';
      const expected = { Pipeline: { Steps: steps }, When: { OlderThanDays: 3 } };
      expect(await asked('--pipeline', `@${file}`, '--when', when)).toEqual(expected);
      writeFileSync(file, when);
      context.gateway.inputs.length = 0;
      expect(await asked('--pipeline', JSON.stringify(steps), '--when', `@${file}`)).toEqual(expected);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['--set', 'Nothing=1', 'S3PutObjectTagging', /unknown member Nothing; expected TagSet/],
    ['--set', 'TagSet', 'S3PutObjectTagging', /Name=value/],
    ['--set', 'TagSet={', 'S3PutObjectTagging', /TagSet/],
    ['--set', 'GlacierJobTier.x=1', 'S3InitiateRestoreObject', /has no members/],
    ['--set', 'ExpirationInDays=soon', 'S3InitiateRestoreObject', /must be a number/],
    ['--set', 'WaitUntilRestored=yes', 'S3InitiateRestoreObject', /must be true or false/],
    ['--set', 'A=1', 'S3NoSuchThing', /unknown operation/],
    ['--pipeline', '[]', 'S3DeleteObjectTagging', /--pipeline and --operation cannot/],
    ['--when', 'Colour=red', 'S3DeleteObjectTagging', /unknown member Colour; expected CreatedAfter/],
    ['--when', '{', 'S3DeleteObjectTagging', /not valid JSON/],
    ['--when', '[]', 'S3DeleteObjectTagging', /Name=value/],
    ['--parameters', '[]', 'S3DeleteObjectTagging', /must hold a JSON object/],
  ])('%s %s of %s is a usage error', async (option, value, operation, says) => {
    const ended = await drover('create', '--manifest', 's3://m/k', '--operation', operation, option, value);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringMatching(says)]);
    expect(context.gateway.inputs).toHaveLength(0);
  });

  test('says so when something is given twice', async () => {
    const twice = ['--set', 'GlacierJobTier=BULK', '--set', 'GlacierJobTier=STANDARD'];
    const ended = await drover('create', '--manifest', 's3://m/k', '--operation', 'S3InitiateRestoreObject', ...twice);
    expect([ended.code, ended.stderr]).toEqual([2, expect.stringContaining('GlacierJobTier is given twice')]);
  });

  test('names all operations in its help', async () => {
    const { stdout } = await drover('create', '--help');
    for (const { name } of OPERATIONS) expect(stdout).toContain(name);
  });

  test('is the same for schedules', async () => {
    const options = ['--operation', 'S3PutObjectTagging', '--set', 'TagSet.a=b', '--when', 'OlderThanDays=1'];
    const ended = await drover('schedule', 'create', 'n', '--cron', '0 2 * * *', '--manifest', 's3://m/k', ...options);
    // This app has no schedules: the request got there.
    expect(ended.stderr).not.toMatch(/unknown option|Name=value/);
  });
});

describe('operations', () => {
  beforeEach(() => {
    context.env = { DROVER_API_URL: 'http://127.0.0.1:1' };
  });

  test('lists them all', async () => {
    const { code, stdout } = await drover('operations');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^OPERATION +WHOSE +CAN SKIP +WHAT IT DOES\n/);
    expect(stdout).toMatch(/^S3PutObjectCopy +AWS +/m);
    expect(stdout).toMatch(/^S3DeleteObject +Drover +/m);
    const json = JSON.parse((await drover('operations', '--json')).stdout) as { operations: { name: string }[] };
    expect(json.operations.map(({ name }) => name)).toEqual(OPERATIONS.map(({ name }) => name));
  });

  test.each(OPERATIONS.map((operation) => [operation.name, operation] as const))(
    'shows %s',
    async (name, operation) => {
      const { code, stdout } = await drover('operations', name);
      expect(code).toBe(0);
      for (const parameter of describeParameters(operation)) {
        expect(stdout).toMatch(new RegExp(`^${parameter.name} +\\S`, 'm'));
      }
      for (const { title } of operation.examples) expect(stdout).toContain(`${title}:\n  --operation ${name}`);
      const { examples } = operation;
      const json: unknown = JSON.parse((await drover('operations', name, '--json')).stdout);
      expect(json).toMatchObject({ name, parameters: describeParameters(operation), examples });
    },
  );

  test('finds an operation however it is written, and conditions', async () => {
    expect((await drover('operations', 'putobjectcopy')).stdout).toMatch(/^S3PutObjectCopy: /);
    expect((await drover('operations', 'When')).stdout).toMatch(/^KeyNameConstraint\.MatchAnyPrefix +list/m);
    expect((await drover('operations', 'S3Nothing')).code).toBe(2);
  });
});
