/** Goal: every batch belongs to exactly one chunk, and chunks stay few at any size. Method: properties over random totals. */
import fc from 'fast-check';
import { LIMITS } from '../../../contracts/limits';
import { chunkRange, cutChunks } from '../../../workflows/job/chunk-cut';

const totals = fc.oneof(fc.integer({ min: 1, max: 5_000 }), fc.integer({ min: 1, max: 50_000_000 }));

test('the chunks cover all batches in order, without gap or overlap', () => {
  fc.assert(
    fc.property(totals, (batches) => {
      const cut = cutChunks(batches);
      let next = 0;
      for (let chunk = 0; chunk < cut.chunks; chunk++) {
        const range = chunkRange(cut, chunk);
        expect(range).toMatchObject({ chunk, firstBatch: next });
        expect(range.batches).toBeGreaterThan(0);
        next += range.batches;
      }
      expect(next).toBe(batches);
    }),
  );
});

test('a job never has more chunks than Temporal bears children', () => {
  fc.assert(
    fc.property(totals, (batches) => {
      expect(cutChunks(batches).chunks).toBeLessThanOrEqual(LIMITS.chunks.perJobMax);
    }),
  );
});

test.each([
  [1, 1],
  [5, 1],
  [20, 4],
  [1_000, 79],
])('%i batches are %i chunks', (batches, chunks) => {
  expect(cutChunks(batches).chunks).toBe(chunks);
});

test('the last quarter of a large job is cut finer', () => {
  const cut = cutChunks(1_000_000);
  expect(cut.tailSize).toBe(Math.ceil(cut.headSize / 2));
  expect(chunkRange(cut, 0).batches).toBe(cut.headSize);
  expect(chunkRange(cut, cut.chunks - 2).batches).toBe(cut.tailSize);
});
