/** Goal: no chunk is lost, run twice at once or counted twice. Method: the pool driven without Temporal. */
import type { ChunkState } from '../../../contracts/engine/chunk';
import type { Tally } from '../../../contracts/engine/outcome';
import { cutChunks } from '../../../workflows/job/chunk-cut';
import { ChunkPool } from '../../../workflows/job/chunk-pool';

const tally = (succeeded: number, failed = 0, pending = 0): Tally => ({ succeeded, failed, pending });
const state = (started: number, counted: Tally): ChunkState => ({ started, open: [], tally: counted });

test('chunks are handed out once each, then no more', () => {
  const pool = new ChunkPool(cutChunks(12));
  const taken = [pool.take(), pool.take(), pool.take()].map((chunk) => chunk?.range.chunk);
  expect(taken).toEqual([0, 1, 2]);
  expect(pool.take()).toBeUndefined();
  expect(pool.inFlight).toEqual([0, 1, 2]);
  expect(pool.done).toBe(false);
});

test('a chunk given back comes first, with the state it came with', () => {
  const pool = new ChunkPool(cutChunks(20));
  pool.take();
  pool.take();
  pool.giveBack(1, state(3, tally(2_500)));
  pool.giveBack(0, undefined);
  expect(pool.unfinished.map(({ range }) => range.chunk)).toEqual([0, 1]);
  expect(pool.take()).toMatchObject({ range: { chunk: 0 }, state: { started: 0 } });
  expect(pool.take()).toMatchObject({ range: { chunk: 1 }, state: { started: 3 } });
  expect(pool.take()).toMatchObject({ range: { chunk: 2 } });
});

test('what a running chunk had when it was given back is not counted while it runs', () => {
  const pool = new ChunkPool(cutChunks(5));
  pool.take();
  pool.giveBack(0, state(2, tally(1_500)));
  expect(pool.settledTally).toEqual(tally(1_500));
  pool.take();
  expect(pool.settledTally).toEqual(tally(0));
  expect(pool.knownTally).toEqual(tally(1_500));
  pool.reported(0, tally(1_500, 600));
  expect(pool.knownTally).toEqual(tally(1_500, 600));
  pool.finish(0, tally(4_000, 1_000));
  expect(pool.settledTally).toEqual(tally(4_000, 1_000));
  expect(pool.done).toBe(true);
});

test('what a chunk reports after its end is ignored', () => {
  const pool = new ChunkPool(cutChunks(5));
  pool.take();
  pool.finish(0, tally(5_000));
  pool.reported(0, tally(0, 9_999));
  expect(pool.knownTally).toEqual(tally(5_000));
});

test('awaited tasks are settled stripe by stripe', () => {
  const pool = new ChunkPool(cutChunks(12));
  for (const chunk of [0, 1, 2]) {
    pool.take();
    pool.finish(chunk, tally(10, 0, 90));
  }
  expect(pool.awaiting.map(({ chunk }) => chunk)).toEqual([0, 1, 2]);
  pool.settle(pool.awaiting.slice(0, 2), tally(190, 10));
  expect(pool.awaiting.map(({ chunk }) => chunk)).toEqual([2]);
  expect(pool.settledTally).toEqual(tally(200, 10, 90));
});

test('a chunk that does not run can’t end', () => {
  const pool = new ChunkPool(cutChunks(5));
  expect(() => {
    pool.finish(0, tally(1));
  }).toThrow('chunk 0 is not running');
});

test('what is awaited when the job ends has failed', () => {
  const pool = new ChunkPool(cutChunks(12));
  pool.take();
  pool.take();
  pool.finish(0, tally(10, 0, 90));
  pool.giveBack(1, state(2, tally(5, 0, 15)));
  pool.failPending();
  expect(pool.awaiting).toEqual([]);
  expect(pool.settledTally).toEqual(tally(15, 105));
});

test('a stopped chunk counts as its report says', () => {
  const pool = new ChunkPool(cutChunks(12));
  pool.take();
  pool.take();
  pool.finish(0, tally(10, 0, 90));
  pool.giveBack(1, state(2, tally(5)));
  for (const { range } of pool.unfinished) pool.conclude(range, tally(7, 1));
  for (const range of pool.awaiting) pool.conclude(range, tally(30, 70));
  expect(pool.settledTally).toEqual(tally(37, 71));
  expect(pool.unfinished).toEqual([]);
});
