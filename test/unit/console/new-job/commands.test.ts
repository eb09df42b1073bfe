/**
 * Goal: the lines to copy make the very same request, whatever stands in it. Method: a real shell takes the lines apart; what arrives
 * is given to the command line's own parser, or compared as JSON.
 */
import { execFileSync } from 'node:child_process';
import { Writable } from 'node:stream';
import { run } from '../../../../cli/run';
import { fieldOf } from '../../../../console/form/field';
import type { JsonObject } from '../../../../console/form/json';
import { type AwsLine, awsLine } from '../../../../console/pages/new-job/commands/aws-line';
import { curlLine } from '../../../../console/pages/new-job/commands/curl-line';
import { droverLine } from '../../../../console/pages/new-job/commands/drover-line';
import { quoted } from '../../../../console/pages/new-job/commands/shell';

const NASTY = [
  "it's",
  '$(rm -rf /) `id` $HOME',
  '"',
  '\\',
  '!!',
  '*?[a]{b,c}',
  '~',
  '=x',
  '-x',
  '#c',
  ' ',
  'a\nb',
  'é 🐄',
  '&;|<>',
  '%',
  '@f',
];
const CSV = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
const TAGGING = { S3PutObjectTagging: { TagSet: NASTY.map((Value, index) => ({ Key: `k${index}`, Value })) } };
const BELOW = {
  Source: { Prefixes: [{ Bucket: 'herd', Prefix: "it's $(here)/" }, { Bucket: 'other' }], Versions: 'Noncurrent' },
};

interface Arrived {
  readonly args: readonly string[];
  readonly input: string;
}

/** What a program gets of a line, by `sh` itself: its arguments, and its standard input. */
function arrived(program: string, line: string): Arrived {
  const script = `${program}() { printf '%s\\0' "$@"; printf '\\0'; cat; }\n${line}`;
  const output = execFileSync('sh', ['-c', script], { encoding: 'utf8', input: '' });
  const end = output.indexOf('\0\0');
  return { args: output.slice(0, end).split('\0'), input: output.slice(end + 2) };
}

test('a shell gives a word back as it was', () => {
  const { args } = arrived('drover', `drover ${NASTY.map(quoted).join(' ')}`);
  expect(args).toEqual(NASTY);
});

test('curl is handed the request', () => {
  const request = { Operation: TAGGING, ...BELOW };
  const { args } = arrived('curl', curlLine(request, { apiUrl: 'http://127.0.0.1:8800', needsKey: false }));
  expect(args.slice(0, 4)).toEqual(['-sS', 'http://127.0.0.1:8800/api/jobs', '-H', 'content-type: application/json']);
  expect(args[4]).toBe('--data-raw');
  expect(JSON.parse(args[5]!)).toEqual(request);
  expect(curlLine(request, { apiUrl: 'https://d', needsKey: true })).toMatch(
    /^curl -sS --user "\$DROVER_ACCESS_KEY:\$DROVER_SECRET_KEY" https:\/\/d\/api\/jobs /,
  );
});

/** The body that the command line sends for a line. */
async function sentBy(line: string): Promise<unknown> {
  const { args, input } = arrived('drover', line);
  let body: unknown;
  const nothing = new Writable({ write: (_piece, _encoding, done) => done() });
  const stdin = (async function* () {
    yield Buffer.from(input);
  })();
  const fetched = jest.spyOn(globalThis, 'fetch').mockImplementation(async (_url, init) => {
    body = JSON.parse(init?.body as string);
    return new Response(JSON.stringify({ jobId: 'made' }), { status: 201 });
  });
  try {
    const code = await run(args, { terminal: { stdout: nothing, stderr: nothing }, stdin, env: {} });
    expect(code).toBe(0);
  } finally {
    fetched.mockRestore();
  }
  return body;
}

const REQUESTS: readonly (readonly [name: string, form: 'options' | 'JSON', request: JsonObject])[] = [
  [
    'prefixes, and everything that has an option',
    'options',
    {
      ...BELOW,
      Operation: { ...TAGGING, When: { KeyGlob: NASTY }, SkipIfInDesiredState: true },
      Filter: { Include: NASTY, OlderThanSeconds: 60 },
      Report: {
        Enabled: true,
        Bucket: 'arn:aws:s3:::reports',
        Prefix: "a 'b'",
        Format: 'Report_CSV_20180820',
        ReportScope: 'FailedTasksOnly',
      },
      Limits: {
        TasksPerSecond: 0.5,
        BytesPerSecond: 5_000_000,
        Concurrency: 3,
        FailureThreshold: { FailedShare: 0.1, AfterTasks: 5 },
      },
      Tags: NASTY.map((Value, index) => ({ Key: `k ${index}`, Value })),
      RoleArn: 'arn:aws:iam::123456789012:role/drover',
      Priority: 7,
      Description: '-- "$(x)" it\'s\n',
      NotificationUrl: 'https://hooks.example/?a=1&b=2',
      ConfirmationRequired: true,
    },
  ],
  [
    'a manifest with an ETag',
    'options',
    {
      Manifest: {
        Spec: { ...CSV, Fields: ['Bucket', 'Key', 'VersionId'], KeyEncoding: 'Raw', EmptyVersionId: 'Newest' },
        Location: { ObjectArn: 'arn:aws:s3:::lists/a b.csv', ETag: 'e', ObjectVersionId: 'v' },
      },
      Operation: { S3DeleteObject: {} },
    },
  ],
  [
    'an inventory',
    'options',
    {
      Manifest: {
        Spec: { Format: 'S3InventoryReport_CSV_20161130', DeleteMarkers: 'Keep' },
        Location: { ObjectArn: 'arn:aws:s3:::lists/manifest.json' },
      },
      Operation: { S3DeleteObjectTagging: {} },
    },
  ],
  [
    'a former job and a pipeline',
    'options',
    {
      Source: { FromJob: { JobId: '6f0e3b1c-6f7a-4c49-8e55-4b0f4a4a3a53', Rows: 'succeeded' } },
      Operation: {
        Pipeline: { Steps: [TAGGING, { S3DeleteObject: {}, AppliesTo: 'Source' }] },
        When: { OlderThanDays: 1 },
      },
    },
  ],
  [
    'a prefix that would be a pattern',
    'JSON',
    { Source: { Prefixes: [{ Bucket: 'herd', Prefix: 'a*' }] }, Operation: TAGGING },
  ],
  ['keys', 'JSON', { Source: { Keys: [{ Bucket: 'herd', Key: NASTY.join('') }] }, Operation: TAGGING }],
  ['a tag with = in its key', 'JSON', { ...BELOW, Operation: TAGGING, Tags: [{ Key: 'a=b', Value: 'c' }] }],
  ['a member that the command line may not know yet', 'JSON', { ...BELOW, Operation: TAGGING, New: { a: "it's" } }],
];

test.each(REQUESTS)('drover makes the same request: %s', async (_name, form, request) => {
  const line = droverLine(request, 'http://127.0.0.1:8800');
  expect(line.includes('--request')).toBe(form === 'JSON');
  const sent = await sentBy(line);
  const defaults = form === 'JSON' ? {} : { ConfirmationRequired: false, Report: { Enabled: false } };
  expect(sent).toEqual({ ...defaults, ...request });
});

test('drover is told of an API elsewhere', () => {
  const line = droverLine({ ...BELOW, Operation: TAGGING }, "https://a'b:1");
  expect(line).toMatch(/^DROVER_API_URL='https:\/\/a'\\''b:1' drover create /);
});

const CONTEXT = {
  apiUrl: 'http://127.0.0.1:8800',
  account: '123456789012',
  isOfAws: (name: string) => name.startsWith('S3Put'),
  parametersOf: () =>
    fieldOf(
      '',
      { type: 'object', properties: { TagSet: {}, TargetKey: { description: 'Drover only. A key.' } } },
      {},
    ).members(),
};

function awsInput(request: JsonObject): unknown {
  const { args } = arrived('aws', (awsLine(request, CONTEXT) as AwsLine).line);
  expect(args.slice(0, 6)).toEqual([
    's3control',
    'create-job',
    '--region',
    'snow',
    '--endpoint-url',
    'http://127.0.0.1:8800',
  ]);
  expect(args[6]).toBe('--cli-input-json');
  return JSON.parse(args[7]!);
}

test('aws is handed the request, with what it asks for beside', () => {
  const request = {
    Operation: TAGGING,
    Manifest: { Spec: CSV, Location: { ObjectArn: 'arn:aws:s3:::lists/a.csv', ETag: 'e' } },
    RoleArn: 'arn:aws:iam::123456789012:role/drover',
    Priority: 7,
    Description: NASTY.join(''),
  };
  expect(awsInput(request)).toEqual({
    ...request,
    AccountId: '123456789012',
    ConfirmationRequired: false,
    Report: { Enabled: false },
  });
  const { Manifest, ...others } = request;
  const Location = { ObjectArn: Manifest.Location.ObjectArn };
  const { RoleArn: _role, ...without } = { ...others, Manifest: { Spec: CSV, Location } };
  expect((awsLine(without, CONTEXT) as AwsLine).fillIn).toEqual(['THE ROLE OF THE JOB', 'THE ETAG OF THE MANIFEST']);
});

test('prefixes of one bucket are a generator for aws', () => {
  const Source = {
    Prefixes: [
      { Bucket: 'herd', Prefix: 'a/' },
      { Bucket: 'herd', Prefix: 'b/' },
    ],
  };
  expect(awsInput({ Source, Filter: { ObjectSizeGreaterThanBytes: 5 }, Operation: TAGGING })).toMatchObject({
    ManifestGenerator: {
      S3JobManifestGenerator: {
        SourceBucket: 'arn:aws:s3:::herd',
        EnableManifestOutput: false,
        Filter: { ObjectSizeGreaterThanBytes: 5, KeyNameConstraint: { MatchAnyPrefix: ['a/', 'b/'] } },
      },
    },
  });
  const whole = awsInput({ Source: { Prefixes: [{ Bucket: 'herd' }] }, Operation: TAGGING });
  expect(whole).toMatchObject({
    ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::herd', EnableManifestOutput: false } },
  });
});

test.each([
  [{ ...BELOW, Operation: TAGGING }, ['Source.Versions', 'Source.Prefixes of several buckets']],
  [{ Source: { Keys: [] }, Operation: TAGGING }, ['Source.Keys']],
  [
    { Manifest: { Spec: { ...CSV, KeyEncoding: 'Raw' }, Location: {} }, Operation: { S3DeleteObject: {} } },
    ['Manifest.Spec.KeyEncoding', 'S3DeleteObject'],
  ],
  [
    { Manifest: { Spec: CSV, Location: {} }, Operation: { S3PutObjectCopy: { TargetKey: 'x' }, When: {} }, Limits: {} },
    ['Limits', 'S3PutObjectCopy.TargetKey', 'When'],
  ],
])('what aws can not write is named: %j', (request, refused) => {
  expect(awsLine(request, CONTEXT)).toEqual({ refused });
});
