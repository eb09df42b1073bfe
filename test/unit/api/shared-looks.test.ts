/**
 * Goal: many callers share a look, none gets an answer from before it asked, and looks keep their pace. Method: a clock that only
 * the looks' own waiting moves, and looks that end when the test says so.
 */
import { SharedLooks } from '../../../api/jobs/shared-looks';

const PACE_MS = 500;

function bench() {
  const clock = { now: 10_000 };
  const began: number[] = [];
  const ends: ((answer: number) => void)[] = [];
  const looks = new SharedLooks<number>(
    PACE_MS,
    () => clock.now,
    (ms) => {
      clock.now += ms;
      return Promise.resolve();
    },
  );
  const look = () =>
    new Promise<number>((resolve) => {
      began.push(clock.now);
      ends.push(resolve);
    });
  return { looks, look, began, ends, ask: () => looks.ask('job', look) };
}

async function settle(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('callers of one moment share a look; later ones wait for the next, at its pace', async () => {
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

test('a look that fails fails for its callers only', async () => {
  const { ask, looks, ends } = bench();
  const failing = looks.ask('job', () => Promise.reject(new Error('away')));
  await expect(failing).rejects.toThrow('away');
  const next = ask();
  await settle();
  ends[0]!(3);
  expect(await next).toBe(3);
});

test('looks at different things do not wait for each other', async () => {
  const { looks, look, began } = bench();
  void looks.ask('one', look);
  void looks.ask('other', look);
  await settle();
  expect(began).toEqual([10_000, 10_000]);
});
