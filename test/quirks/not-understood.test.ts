/**
 * Goal: a store that does not understand a header gets the work done without it. Method: operations, copies to and from, and whole jobs before
 * proxies that refuse checksums or conditions.
 */
import type { JsonObject } from '../../contracts/job';
import { quirk } from '../support/quirks';
import { quirkBenches } from './bench/benches';
import { rowOf, SOURCE, TARGET } from './bench/quirk-bench';
import { runJob } from './bench/quirk-job';

const open = quirkBenches();
const TargetResource = `arn:aws:s3:::${TARGET}`;
const COPY: JsonObject = { S3PutObjectCopy: { TargetResource } };
const TAG: JsonObject = { S3PutObjectTagging: { TagSet: [{ Key: 'k', Value: 'v' }] } };

describe('checksums are refused', () => {
  test('a job with report and workspace there', async () => {
    const bench = await open([quirk('checksums-refused-400')]);
    bench.here.seed(SOURCE, 'a');
    const ended = await runJob(bench, { operation: { S3DeleteObject: {} }, manifest: `${SOURCE},a\n` });
    expect(ended).toEqual({ rows: [`${SOURCE},a,,succeeded,200,,Successful`] });
  });

  test('tags there', async () => {
    const bench = await open([quirk('checksums-refused-400')]);
    bench.here.seed(SOURCE, 'a');
    expect(await bench.perform(TAG, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.here.peek(SOURCE, 'a')?.tags).toEqual([{ Key: 'k', Value: 'v' }]);
  });

  test.each([
    ['from there', true],
    ['to and from there', false],
  ])('a copy %s', async (_way, targetIsPlain) => {
    const bench = await open([quirk('checksums-refused-400')], { apart: true, targetIsPlain });
    bench.here.seed(SOURCE, 'a', 'bytes');
    expect(await bench.perform(COPY, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.there.peek(TARGET, 'a')?.body.toString()).toBe('bytes');
  });
});

describe('conditions on writes are refused', () => {
  test('S3MoveObject looks, and moves', async () => {
    const bench = await open([quirk('conditions-refused-501')]);
    bench.here.seed(SOURCE, 'a', 'bytes');
    expect(await bench.perform({ S3MoveObject: { TargetResource } }, rowOf('a'))).toMatchObject({
      status: 'succeeded',
    });
    expect(bench.here.peek(SOURCE, 'a')).toBeUndefined();
    expect(bench.there.peek(TARGET, 'a')?.body.toString()).toBe('bytes');
  });

  test('S3MoveObject does not move onto another object', async () => {
    const bench = await open([quirk('conditions-refused-501')]);
    bench.here.seed(SOURCE, 'a', 'bytes');
    bench.there.seed(TARGET, 'a', 'other');
    expect(await bench.perform({ S3MoveObject: { TargetResource } }, rowOf('a'))).toMatchObject({ status: 'failed' });
    expect(bench.here.peek(SOURCE, 'a')?.body.toString()).toBe('bytes');
    expect(bench.there.peek(TARGET, 'a')?.body.toString()).toBe('other');
  });

  test('S3PutObjectMetadata edits', async () => {
    const bench = await open([quirk('conditions-refused-501')]);
    bench.here.seed(SOURCE, 'a', 'bytes', { metadata: { kept: 'too' } });
    const element = { S3PutObjectMetadata: { CacheControl: 'max-age=60' } };
    expect(await bench.perform(element, rowOf('a'))).toMatchObject({ status: 'succeeded' });
    expect(bench.here.peek(SOURCE, 'a')).toMatchObject({
      headers: { CacheControl: 'max-age=60' },
      metadata: { kept: 'too' },
    });
  });
});

describe.each([
  ['UnModifiedSinceConstraint', '2020-01-01T00:00:00Z', false],
  ['UnModifiedSinceConstraint', '2030-01-01T00:00:00Z', true],
  ['ModifiedSinceConstraint', '2030-01-01T00:00:00Z', false],
  ['ModifiedSinceConstraint', '2020-01-01T00:00:00Z', true],
])('%s %s', (constraint, date, holds) => {
  test.each([
    ['within a store', false],
    ['to another store', true],
  ])('holds where the store ignores it, %s', async (_way, apart) => {
    const bench = await open([quirk('copy-conditions-ignored'), quirk('read-conditions-ignored')], { apart });
    bench.here.seed(SOURCE, 'a', 'bytes');
    const element = { S3PutObjectCopy: { TargetResource, [constraint]: date } };
    const row = holds ? { status: 'succeeded' } : { status: 'failed', httpStatus: 412 };
    expect(await bench.perform(element, rowOf('a'))).toMatchObject(row);
    expect(bench.there.peek(TARGET, 'a') !== undefined).toBe(holds);
  });
});
