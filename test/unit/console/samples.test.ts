/**
 * Goal: the rate that the page of a job draws is that of the job. Method: samples at a steady pace, with gaps, and of a job that
 * begins anew.
 */
import { type Sample, sampleOf, withSample } from '../../../console/client/samples';
import { ratesOf, secondsLeft } from '../../../console/pages/job/rates';
import { stepsOf } from '../../../console/parts/operation-steps';

function collected(samples: readonly Sample[]): readonly Sample[] {
  return samples.reduce<readonly Sample[]>(withSample, []);
}

test('a steady job has a steady rate, from the fifth second on', () => {
  const samples = collected(Array.from({ length: 31 }, (_, index) => ({ atMs: index * 2_000, done: index * 200 })));
  const rates = ratesOf(samples);
  expect(rates[0]).toEqual({ atMs: 6_000, tasksPerSecond: 100 });
  expect(rates.every(({ tasksPerSecond }) => tasksPerSecond === 100)).toBe(true);
  expect(rates.at(-1)!.atMs).toBe(60_000);
});

test('the rate follows a change within ten seconds', () => {
  const slow = Array.from({ length: 11 }, (_, index) => ({ atMs: index * 2_000, done: index * 20 }));
  const fast = Array.from({ length: 6 }, (_, index) => ({ atMs: 22_000 + index * 2_000, done: 400 + index * 200 }));
  expect(ratesOf(collected([...slow, ...fast])).at(-1)).toEqual({ atMs: 32_000, tasksPerSecond: 100 });
});

test('the same moment twice counts once; fewer tasks than before begin a new line', () => {
  const samples = collected([
    { atMs: 0, done: 5 },
    { atMs: 0, done: 6 },
    { atMs: 2_000, done: 9 },
    { atMs: 4_000, done: 1 },
  ]);
  expect(samples).toEqual([{ atMs: 4_000, done: 1 }]);
});

test('the limit of each moment is drawn beside its rate', () => {
  const progress = { succeeded: 0, failed: 0, skipped: 0, pending: 0, activeSeconds: 0 };
  const at = (atMs: number, limits: { TasksPerSecond?: number }): Sample =>
    sampleOf({ progress: { ...progress, succeeded: atMs / 100, failed: atMs / 100 }, limits }, atMs);
  const rates = ratesOf([at(0, {}), at(6_000, { TasksPerSecond: 20 }), at(8_000, {})]);
  expect(rates).toEqual([
    { atMs: 6_000, tasksPerSecond: 20, limit: 20 },
    { atMs: 8_000, tasksPerSecond: 20 },
  ]);
});

test('half an hour is kept', () => {
  expect(collected(Array.from({ length: 2_000 }, (_, index) => ({ atMs: index, done: index })))).toHaveLength(900);
});

test('what is left', () => {
  expect([secondsLeft(100, 10), secondsLeft(100, 0), secondsLeft(100, undefined)]).toEqual([10, undefined, undefined]);
});

test('an operation has one step, a pipeline its own, each with its conditions', () => {
  expect(stepsOf({ When: { OlderThanDays: 3 }, S3DeleteObject: {} })).toEqual([
    { name: 'S3DeleteObject', parameters: {}, beside: { When: { OlderThanDays: 3 } } },
  ]);
  const steps = stepsOf({
    Pipeline: { Steps: [{ S3PutObjectCopy: { TargetResource: 'x' } }, { S3DeleteObject: {}, AppliesTo: 'Source' }] },
  });
  expect(steps.map(({ name, beside }) => [name, beside])).toEqual([
    ['S3PutObjectCopy', {}],
    ['S3DeleteObject', { AppliesTo: 'Source' }],
  ]);
});
