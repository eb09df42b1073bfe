/** Goal: Temporal accepts the summary of every job (400 bytes). Method: long and wide manifest keys, odd descriptions. */
import { jobFolder, jobMemo, jobSummary } from '../../../contracts/engine/job-start';
import type { JobInput } from '../../../contracts/job';
import { jobRequest } from '../api/test-app';

function input(key: string, more: object = {}): JobInput {
  const request = jobRequest(more);
  const Location = { ...request.Manifest.Location, ObjectArn: `arn:aws:s3:::man/${key}` };
  return {
    jobId: 'j',
    account: '123456789012',
    request: { ...request, Manifest: { ...request.Manifest, Location } },
    plan: { operation: 'S3DeleteObjectTagging' } as JobInput['plan'],
    workspace: { bucket: 'w', prefix: 'p/j/' },
    createdAt: '2026-11-22T12:00:00.000Z',
    region: 'eu-central-1',
  };
}

test.each(['k'.repeat(1_000), 'ß'.repeat(500), '文'.repeat(340), '😀'.repeat(250)])(
  'cuts a long key at a character',
  (key) => {
    const { line } = jobSummary(input(key));
    expect(Buffer.byteLength(line)).toBeLessThanOrEqual(400);
    const [shown = ''] = /man\/.*…/u.exec(line) ?? [];
    expect(Buffer.byteLength(shown) - 3).toBeGreaterThan(96);
    expect(Buffer.byteLength(shown) - 3).toBeLessThanOrEqual(100);
    expect(`man/${key}`.startsWith(shown.slice(0, -1))).toBe(true);
  },
);

test('shows a short key whole, and keeps the table together', () => {
  const { line, details } = jobSummary(input('m.csv', { Description: 'a|b\nc' }));
  expect(line).toBe('a|b c · S3DeleteObjectTagging · man/m.csv · priority 10');
  expect(details.split('\n').slice(2, 5)).toEqual([
    '| Description | a\\|b c |',
    '| Operation | S3DeleteObjectTagging |',
    expect.stringMatching(/^\| Manifest \| s3:\/\/man\/m\.csv/),
  ]);
});

test('names description and target, and stays within what Temporal takes', () => {
  const Operation = { S3PutObjectCopy: { TargetResource: 'arn:aws:s3:::archive', TargetKeyPrefix: 'y' } };
  expect(jobSummary(input('m.csv', { Description: 'nightly', Operation })).line).toBe(
    'nightly · S3DeleteObjectTagging · man/m.csv · to s3://archive/y · priority 10',
  );
  const wide = { TargetResource: 'arn:aws:s3:::archive', TargetKeyPrefix: '"'.repeat(900) };
  const Filter = { Include: Array.from({ length: 50 }, (_, at) => `${at}${'😀|'.repeat(200)}`) };
  const more = { Description: '\\'.repeat(500), Operation: { S3PutObjectCopy: wide }, Filter };
  const { line, details } = jobSummary(input('"'.repeat(1_000), more));
  expect(Buffer.byteLength(JSON.stringify(line))).toBeLessThanOrEqual(400);
  expect(Buffer.byteLength(JSON.stringify(details))).toBeLessThanOrEqual(20_000);
});

test('folder and memo', () => {
  expect(jobFolder({ bucket: 'w', prefix: 'p/' }, 'j')).toEqual({ bucket: 'w', prefix: 'p/j/' });
  const { account, createdAt, region } = input('m.csv');
  const head = { operation: 'S3DeleteObjectTagging', priority: 10 };
  expect(jobMemo(input('m.csv'), 'd')).toEqual({ head, requestDigest: 'd', account, createdAt, region });
  const more = { Description: 'x', Limits: { Concurrency: 1 }, Tags: [{ Key: 'a', Value: 'b' }] };
  expect(jobMemo(input('m.csv', more), 'd')).toMatchObject({
    head: { ...head, description: 'x', limits: { Concurrency: 1 } },
    tags: { Tags: [{ Key: 'a', Value: 'b' }] },
  });
});

test('keeps the memo small, however large the request is', () => {
  const Operation = { S3PutObjectCopy: { MetadataDirective: 'x'.repeat(200_000) } };
  expect(JSON.stringify(jobMemo(input('k'.repeat(1_000), { Operation }), 'd')).length).toBeLessThan(500);
});
