/**
 * Goal: who gets how many batches is just. Method: the rules as examples, then as properties over random crowds of jobs.
 */
import fc from 'fast-check';
import { type Contender, sharesOf } from '../../../workflows/shares';

const job = (jobId: string, priority: number, more: Partial<Contender> = {}): Contender => ({
  jobId,
  priority,
  ready: true,
  batchesMax: 32,
  limited: false,
  ...more,
});

const shares = (contenders: Contender[], slots = 8) => Object.fromEntries(sharesOf(contenders, slots));

it('gives a job that is alone everything that it can use', () => {
  expect(shares([job('a', 1)])).toEqual({ a: 8 });
  expect(shares([job('a', 1, { batchesMax: 3 })])).toEqual({ a: 3 });
});

it('gives the higher priority everything and the lower nothing', () => {
  expect(shares([job('low', 1), job('high', 2), job('lowest', 0)])).toEqual({ low: 0, high: 8, lowest: 0 });
});

it('shares alike among equals, and passes on what one cannot use', () => {
  expect(shares([job('a', 1), job('b', 1)])).toEqual({ a: 4, b: 4 });
  expect(shares([job('a', 1), job('b', 1, { batchesMax: 1 })])).toEqual({ a: 7, b: 1 });
});

it('leaves nobody who runs without a batch', () => {
  const many = Array.from({ length: 200 }, (_, index) => job(`job-${index}`, 5));
  expect(new Set(sharesOf(many, 8).values())).toEqual(new Set([1]));
});

it('lets lower ones run beside a job that its own limits hold back', () => {
  expect(shares([job('slow', 9, { limited: true, batchesMax: 1 }), job('low', 1)])).toEqual({ slow: 1, low: 7 });
  expect(shares([job('slow', 9, { limited: true, batchesMax: 1 }), job('mid', 5), job('low', 1)])).toEqual({
    slow: 1,
    mid: 7,
    low: 0,
  });
});

it('takes nothing from others for a job that still prepares, and tells it what it would get', () => {
  expect(shares([job('runs', 1), job('comes', 9, { ready: false })])).toEqual({ runs: 8, comes: 4 });
  expect(shares([job('runs', 9), job('comes', 1, { ready: false })])).toEqual({ runs: 8, comes: 0 });
});

const contenders = fc
  .array(
    fc.record({
      priority: fc.integer({ min: 0, max: 4 }),
      ready: fc.boolean(),
      batchesMax: fc.integer({ min: 1, max: 40 }),
      limited: fc.boolean(),
    }),
    { maxLength: 30 },
  )
  .map((jobs) => jobs.map((each, index) => ({ ...each, jobId: `job-${index}` })));

it('holds for any crowd: strict priority, nobody idle, no more than can be used, no more than there is', () => {
  fc.assert(
    fc.property(contenders, fc.integer({ min: 1, max: 64 }), (jobs, slots) => {
      const given = sharesOf(jobs, slots);
      expect(given.size).toBe(jobs.length);
      const ready = jobs.filter((each) => each.ready);
      const floor = Math.max(-1, ...ready.filter((each) => !each.limited).map(({ priority }) => priority));
      for (const each of ready) {
        const share = given.get(each.jobId)!;
        if (each.priority < floor) expect(share).toBe(0);
        else expect(share).toBeGreaterThanOrEqual(1);
        expect(share).toBeLessThanOrEqual(each.batchesMax);
      }
      const running = ready.filter((each) => each.priority >= floor);
      const total = running.reduce((sum, each) => sum + given.get(each.jobId)!, 0);
      expect(total).toBeLessThanOrEqual(Math.max(slots, running.length) + running.length);
      const wanted = running.reduce((sum, each) => sum + each.batchesMax, 0);
      expect(total).toBeGreaterThanOrEqual(Math.min(slots, wanted));
    }),
  );
});

it('does not depend on the order of arrival', () => {
  fc.assert(
    fc.property(contenders, fc.integer({ min: 1, max: 64 }), (jobs, slots) => {
      const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => a.localeCompare(b));
      expect(sorted(sharesOf([...jobs].reverse(), slots))).toEqual(sorted(sharesOf(jobs, slots)));
    }),
  );
});
