/**
 * Goal: many callers share a read, none gets an answer from before it asked, and reads keep their pace. Method: a clock that only
 * the reads' own waiting moves, and reads that end when the test says so.
 */
import { SharedReads } from '../../../../api/jobs/workspace/shared-reads';

const PACE_MS = 500;

function bench() {
  const clock = { now: 10_000 };
  const began: number[] = [];
  const ends: ((answer: number) => void)[] = [];
  const reads = new SharedReads<number>(
    PACE_MS,
    () => clock.now,
    (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
  );
  const read = () =>
    new Promise<number>((resolve) => {
      began.push(clock.now);
      ends.push(resolve);
    });
  return { reads, read, began, ends, ask: () => reads.get('job', read) };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('callers of one moment share a read; later ones wait for the next, at its pace', async () => {
  const { ask, began, ends } = bench();
  const first = [ask(), ask(), ask()];
  await settle();
  expect(began).toEqual([10_000]);
  const late = [ask(), ask()];
  ends[0]!(1);
  expect(await Promise.all(first)).toEqual([1, 1, 1]);
  await settle();
  expect(began).toEqual([10_000, 10_500]);
  ends[1]!(2);
  expect(await Promise.all(late)).toEqual([2, 2]);
});

test('a read that fails fails for its callers only', async () => {
  const { ask, reads, ends } = bench();
  const failing = reads.get('job', () => Promise.reject(new Error('away')));
  await expect(failing).rejects.toThrow('away');
  const next = ask();
  await settle();
  ends[0]!(3);
  expect(await next).toBe(3);
});

test('reads at different things do not wait for each other', async () => {
  const { reads, read, began } = bench();
  void reads.get('one', read);
  void reads.get('other', read);
  await settle();
  expect(began).toEqual([10_000, 10_000]);
});
