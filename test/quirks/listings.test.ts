/**
 * Goal: nothing that a listing has left out is said to be gone, or not to be there. Method: keys with siblings before SeaweedFS's listing of
 * versions, which loses a key between two pages.
 */
import { quirk } from '../support/quirks';
import { quirkBenches } from './bench/benches';
import { type QuirkBench, rowOf } from './bench/quirk-bench';

const open = quirkBenches();
const BUCKET = 'kept';

/** `report` was put twice and deleted, before there were `report-001` and so on. */
async function withSiblings(siblings: number): Promise<QuirkBench> {
  const bench = await open([quirk('versions-lost-between-pages')]);
  bench.here.createBucket(BUCKET, { versioned: true });
  bench.here.seed(BUCKET, 'report', 'first');
  bench.here.seed(BUCKET, 'report', 'second');
  bench.here.seedDeleteMarker(BUCKET, 'report');
  for (let number = 1; number <= siblings; number += 1) {
    bench.here.seed(BUCKET, `report-${String(number).padStart(3, '0')}`, 's');
  }
  return bench;
}

test('AllVersions deletes all with as many siblings as a page holds', async () => {
  const bench = await withSiblings(50);
  const outcome = await bench.perform({ S3DeleteObject: { AllVersions: true } }, rowOf('report', BUCKET));
  expect(outcome).toMatchObject({ status: 'succeeded' });
  expect(bench.here.versions(BUCKET, 'report')).toEqual([]);
});

test('AllVersions does not succeed while something is left', async () => {
  const bench = await withSiblings(150);
  const outcome = await bench.perform({ S3DeleteObject: { AllVersions: true } }, rowOf('report', BUCKET));
  const left = bench.here.versions(BUCKET, 'report').length;
  expect([outcome.status, left > 0]).not.toEqual(['succeeded', true]);
  expect(bench.here.keys(BUCKET)).toHaveLength(150);
});

test('S3UndeleteObject does not say that a key has no versions which it has', async () => {
  const bench = await withSiblings(150);
  const outcome = await bench.perform({ S3UndeleteObject: {} }, rowOf('report', BUCKET));
  if (outcome.status === 'succeeded') expect(bench.here.peek(BUCKET, 'report')?.body.toString()).toBe('second');
  else expect(outcome).not.toMatchObject({ httpStatus: 404 });
});

test('S3UndeleteObject brings the object back where a page holds all', async () => {
  const bench = await withSiblings(50);
  expect(await bench.perform({ S3UndeleteObject: {} }, rowOf('report', BUCKET))).toMatchObject({ status: 'succeeded' });
  expect(bench.here.peek(BUCKET, 'report')?.body.toString()).toBe('second');
});
