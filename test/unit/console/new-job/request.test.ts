/**
 * Goal: the form says what a request says, and a job like a former one is that job. Method: requests become forms and requests again;
 * the sentence before a job is made is read.
 */
import { type Preview, withLine } from '../../../../console/client/preview';
import type { JsonObject } from '../../../../console/form/json';
import { draftLike, newDraft, newStep, requestOf, stepPath } from '../../../../console/pages/new-job/draft';
import { lossesOf } from '../../../../console/pages/new-job/review/deeds';
import { sentenceOf } from '../../../../console/pages/new-job/review/sentence';
import { NO_SOURCE, sourceOf } from '../../../../console/pages/new-job/source';
import type { PreviewLine } from '../../../../contracts/preview';
import { OPERATIONS } from '../../../../operations';

const CSV = { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'] };
const INVENTORY = { Format: 'S3InventoryReport_CSV_20161130' };
const TAGGING = { S3PutObjectTagging: { TagSet: [{ Key: 'a', Value: 'b' }] } };

const SOURCES: readonly (readonly [way: string, source: JsonObject])[] = [
  [
    'prefixes',
    { Source: { Prefixes: [{ Bucket: 'herd', Prefix: 'logs/' }, { Bucket: 'other' }], Versions: 'Noncurrent' } },
  ],
  ['manifest', { Manifest: { Spec: CSV, Location: { ObjectArn: 'arn:aws:s3:::lists/a b.csv' } } }],
  [
    'manifest',
    {
      Source: {
        Manifests: { Spec: { ...CSV, KeyEncoding: 'Raw' }, Locations: [{ Bucket: 'lists', KeyPattern: '*.csv' }] },
      },
    },
  ],
  [
    'inventory',
    { Manifest: { Spec: { ...INVENTORY, DeleteMarkers: 'Keep' }, Location: { ObjectArn: 'arn:aws:s3:::l/m.json' } } },
  ],
  [
    'keys',
    {
      Source: {
        Keys: [
          { Bucket: 'herd', Key: 'a ' },
          { Bucket: 'herd', Key: 'b+%' },
        ],
      },
    },
  ],
  ['job', { Source: { FromJob: { JobId: '6f0e3b1c-6f7a-4c49-8e55-4b0f4a4a3a53', Rows: 'skipped' } } }],
  // What no input can say stays as it is.
  [
    'json',
    {
      Source: {
        Keys: [
          { Bucket: 'herd', Key: 'a' },
          { Bucket: 'other', Key: 'b' },
        ],
      },
    },
  ],
  ['json', { Source: { Keys: [{ Bucket: 'herd', Key: 'a\nb' }] } }],
  ['json', { Source: { Prefixes: [{ Bucket: 'herd', Prefix: 'a*/' }] } }],
  ['json', { Manifest: { Spec: CSV, Location: { ObjectArn: 'arn:aws:s3:::l/m.csv', ObjectVersionId: 'v1' } } }],
  [
    'json',
    {
      ManifestGenerator: { S3JobManifestGenerator: { SourceBucket: 'arn:aws:s3:::herd', EnableManifestOutput: false } },
    },
  ],
];

test.each(SOURCES)('a job like one of %s has its source', (way, source) => {
  const draft = draftLike({ ClientRequestToken: 'former', Operation: TAGGING, ...source });
  expect(draft.source.way).toBe(way);
  expect(requestOf(draft)).toMatchObject({ request: { Operation: TAGGING, ...source }, problems: [] });
  expect(Object.keys(requestOf(draft).request)).not.toContain('ClientRequestToken');
});

test('a manifest is taken as it is now', () => {
  const Location = { ObjectArn: 'arn:aws:s3:::lists/a.csv', ETag: 'former' };
  const { request } = requestOf(draftLike({ Operation: TAGGING, Manifest: { Spec: CSV, Location } }));
  expect(request['Manifest']).toEqual({ Spec: CSV, Location: { ObjectArn: Location.ObjectArn } });
});

test('all other members of a former request are kept', () => {
  const others = {
    Description: 'it’s',
    Priority: 7,
    Tags: [{ Key: 'k', Value: '' }],
    Limits: { FailureThreshold: { FailedShare: 0.1 } },
    Filter: { Include: ['*'] },
    Report: { Enabled: false },
  };
  const Operation = { ...TAGGING, When: { OlderThanDays: 3 }, SkipIfInDesiredState: true };
  const source = { Source: { Prefixes: [{ Bucket: 'herd' }] } };
  expect(requestOf(draftLike({ Operation, ...source, ...others })).request).toEqual({
    Operation,
    ...source,
    ...others,
  });
});

test('a pipeline keeps its steps, and a step more makes one', () => {
  const Operation = {
    Pipeline: {
      Steps: [
        { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive' }, When: { OlderThanDays: 1 } },
        { S3DeleteObject: {}, AppliesTo: 'Source' },
      ],
    },
    When: { KeyGlob: ['*.log'] },
  };
  const draft = draftLike({ Operation, Source: { Prefixes: [{ Bucket: 'herd' }] } });
  expect(requestOf(draft).request['Operation']).toEqual(Operation);
  expect(stepPath(draft, 1)).toBe('Operation.Pipeline.Steps.1');
  const one = {
    ...newDraft(),
    steps: [newStep('S3DeleteObject', {}, { When: { OlderThanDays: 1 }, AppliesTo: 'Source' })],
  };
  expect(requestOf(one).request['Operation']).toEqual({ S3DeleteObject: {}, When: { OlderThanDays: 1 } });
  expect(stepPath(one, 0)).toBe('Operation');
});

test.each([
  [{ prefixes: '' }, 'source.prefixes', 'is required'],
  [{ prefixes: 's3://a/\nherd/logs' }, 'source.prefixes', 'herd/logs is not s3://bucket/prefix'],
  [{ prefixes: 's3://a/*.log' }, 'source.prefixes', 'is a pattern'],
  [{ way: 'manifest', manifests: 's3://lists' }, 'source.manifests', 'is not s3://bucket/key'],
  [{ way: 'manifest', manifests: 's3://lists/a.csv', columns: 'Bucket' }, 'source.columns', 'must have Bucket and Key'],
  [{ way: 'manifest', columns: 'Bucket,Key,Size' }, 'source.columns', 'Size is none of'],
  [{ way: 'keys', bucket: 'a', keys: 'x\n'.repeat(1_001) }, 'source.keys', '1001 keys'],
  [{ way: 'keys', bucket: '' }, 'source.bucket', 'is required'],
  [{ way: 'job' }, 'source.jobId', 'is required'],
  [{ way: 'json', json: '{' }, 'source.json', 'must be JSON'],
  [{ way: 'json', json: '{"Source":{},"Manifest":{}}' }, 'source.json', 'one of'],
] as const)('a source that is not whole says where: %j', (inputs, path, message) => {
  const { problems } = sourceOf({ ...NO_SOURCE, ...inputs });
  expect(problems).toEqual([{ path, message: expect.stringContaining(message) }]);
});

const summary = (name: string): string => `summary of ${name}`;
const TOTALS = { byStorageClass: {}, untoldSizes: 0, deleteMarkers: 0, deleteMarkersLeftOut: 0, asked: 0 };
const counted = (objects: number, bytes?: number): Preview => ({
  rows: [],
  read: objects,
  passed: objects,
  totals: { ...TOTALS, objects, ...(bytes === undefined ? {} : { bytes }) },
});
const BELOW = { Source: { Prefixes: [{ Bucket: 'herd', Prefix: 'logs/' }] } };

test('a sentence says what will happen to how many objects', () => {
  const copy = {
    S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive', TargetKeyPrefix: '2026', StorageClass: 'GLACIER' },
  };
  expect(sentenceOf({ ...BELOW, Operation: copy }, counted(12_345, 3_000_000), summary)).toBe(
    '12,345 objects (2.9 MiB) below s3://herd/logs/ will be copied to s3://archive/2026 as GLACIER.',
  );
  const Filter = { Include: ['*.gz'] };
  const Operation = { S3DeleteObject: {}, When: { OlderThanDays: 30 }, SkipIfInDesiredState: true };
  expect(sentenceOf({ ...BELOW, Filter, Operation }, counted(1), summary)).toBe(
    'Those of 1 object below s3://herd/logs/ that the filter lets pass that meet the condition (OlderThanDays 30) will be deleted; those that need nothing are left alone.',
  );
  const Pipeline = {
    Steps: [copy, { S3DeleteObject: { AllVersions: true }, AppliesTo: 'Source', When: { KeyGlob: ['a', 'b'] } }],
  };
  expect(sentenceOf({ ...BELOW, Operation: { Pipeline } }, counted(0, 0), summary)).toBe(
    'No objects below s3://herd/logs/ will be copied to s3://archive/2026 as GLACIER, then be deleted with all their versions, for good (if KeyGlob a or b).',
  );
});

test('an unfinished count is told as one, and an unknown one not at all', () => {
  const request = { Source: { FromJob: { JobId: '6f0e3b1c-6f7a', Rows: 'failed' } }, Operation: { S3New: { A: 1 } } };
  expect(sentenceOf(request, undefined, summary)).toBe(
    'The objects that failed in job 6f0e3b1c will be given to S3New (summary of S3New).',
  );
  expect(sentenceOf(request, { rows: [], read: 9_000, passed: 5_000 }, summary)).toMatch(
    /^5,000 objects or more that failed/,
  );
});

test('each operation has a sentence, whatever its examples say; a new one has its summary in it', () => {
  for (const { name, examples } of OPERATIONS) {
    for (const { parameters } of examples) {
      const text = sentenceOf({ ...BELOW, Operation: { [name]: parameters } }, counted(2), summary);
      expect(text).not.toMatch(/undefined|\[object| {2}/);
    }
  }
});

test('what can not be taken back is said', () => {
  expect(lossesOf({ S3DeleteObject: { AllVersions: true } })).toEqual([
    'All versions are deleted: nothing brings them back.',
  ]);
  expect(lossesOf({ Pipeline: { Steps: [TAGGING, { S3MoveObject: {} }] } })).toHaveLength(1);
  expect(lossesOf({ S3PutObjectRetention: { Retention: { Mode: 'COMPLIANCE' } } })).toHaveLength(1);
  expect(lossesOf(TAGGING)).toEqual([]);
});

/** The console has a copy of these lines, for it knows REST alone: the compiler holds it to the API's. */
const withApiLine = (known: Preview, line: PreviewLine): Preview => withLine(known, line);

test('lines of a preview add up, and a listing that starts again forgets its rows', () => {
  const row = { bucket: 'herd', key: 'a' };
  const rows = withApiLine({ rows: [], read: 0, passed: 0 }, { rows: [row] });
  expect(withApiLine(rows, { progress: { read: 5, rows: 3, parts: 1, partsDone: 0 } })).toEqual({
    rows: [row],
    read: 5,
    passed: 3,
  });
  expect(withApiLine(rows, { restart: { bucket: 'herd' } })).toMatchObject({ rows: [] });
  expect(() => withApiLine(rows, { error: { code: 'ManifestNotFound', message: 'gone', advice: '' } })).toThrow('gone');
});
