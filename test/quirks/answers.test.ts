/**
 * Goal: what an answer does not tell is neither zero nor "no". Method: objects of a megabyte and others of the same and of another size before a
 * proxy that leaves out Content-Length of HEAD.
 */
import type { TaskOutcome } from '../../contracts/engine/outcome';
import type { JsonObject } from '../../contracts/job';
import { quirk } from '../support/quirks';
import { quirkBenches } from './bench/benches';
import { type QuirkBench, rowOf, SOURCE, TARGET } from './bench/quirk-bench';

const open = quirkBenches();
const TargetResource = `arn:aws:s3:::${TARGET}`;
const MEGABYTE = Buffer.alloc(1024 * 1024, 'm');
const ANOTHER = Buffer.alloc(1024 * 1024, 'n');

test('a condition on the size does not delete what is larger', async () => {
  const { bench, outcome } = await performed({ S3DeleteObject: {}, When: { ObjectSizeLessThanBytes: 1 } });
  expect(bench.here.peek(SOURCE, 'k')?.size).toBe(MEGABYTE.length);
  if (outcome.status === 'succeeded') expect(outcome.message).toMatch(/^Skipped/);
});

test('S3VerifyObject does not say that the size is 0', async () => {
  const { outcome } = await performed({ S3VerifyObject: { SizeBytes: MEGABYTE.length } });
  if (outcome.status === 'failed') expect(outcome.message).not.toMatch(/size is 0/);
  const { outcome: empty } = await performed({ S3VerifyObject: { SizeBytes: 0 } });
  expect(empty.status).toBe('failed');
});

test('S3VerifyObject does not call other contents equal', async () => {
  const { outcome } = await performed(
    { S3VerifyObject: { Against: { TargetResource, Compare: ['Content'] } } },
    ANOTHER,
  );
  expect(outcome.status).toBe('failed');
});

test.each([
  ['in one store', false],
  ['between stores', true],
])('S3MoveObject onto another object, %s: the source’s bytes are somewhere', async (_where, apart) => {
  const { bench, outcome } = await performed({ S3MoveObject: { TargetResource } }, ANOTHER, apart);
  const there = bench.there.peek(TARGET, 'k')?.body.equals(MEGABYTE) ?? false;
  expect(bench.here.peek(SOURCE, 'k') !== undefined || there).toBe(true);
  expect(outcome.status).toBe('failed');
});

async function performed(
  element: JsonObject,
  target?: Buffer,
  apart = false,
): Promise<{ bench: QuirkBench; outcome: TaskOutcome }> {
  const bench = await open([quirk('head-without-length')], { apart });
  // The ETag of an object that came in parts, or under a key, is no MD5: those of two objects tell nothing.
  bench.here.seed(SOURCE, 'k', MEGABYTE, { etag: 'a-1' });
  if (target) bench.there.seed(TARGET, 'k', target, { etag: 'b-1' });
  return { bench, outcome: await bench.perform(element, rowOf('k')) };
}
