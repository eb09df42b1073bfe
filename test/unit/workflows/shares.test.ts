/**
 * Goal: who gets how many batches is just. Method: the rules as examples, then as properties over random crowds of jobs.
 */
import fc from 'fast-check';
import { LIMITS } from '../../../contracts/limits';
import { type Contender, servedMsOfNewcomer, sharesOf, takesTurns } from '../../../workflows/dispatcher/shares';

const job = (jobId: string, priority: number, more: Partial<Contender> = {}): Contender => ({
  jobId,
  priority,
  ready: true,
  batchesMax: 32,
  limited: false,
  servedMs: 0,
  ...more,
});

const shares = (contenders: Contender[], slots = 8) => Object.fromEntries(sharesOf(contenders, slots));

test('gives a job that is alone everything that it can use', () => {
  expect(shares([job('a', 1)])).toEqual({ a: 8 });
  expect(shares([job('a', 1, { batchesMax: 3 })])).toEqual({ a: 3 });
});

test('gives the higher priority everything and the lower nothing', () => {
  expect(shares([job('low', 1), job('high', 2), job('lowest', 0)])).toEqual({ low: 0, high: 8, lowest: 0 });
});

test('shares alike among equals, and passes on what one cannot use', () => {
  expect(shares([job('a', 1), job('b', 1)])).toEqual({ a: 4, b: 4 });
  expect(shares([job('a', 1), job('b', 1, { batchesMax: 1 })])).toEqual({ a: 7, b: 1 });
});

describe('more equals than slots', () => {
  const crowd = (served: (index: number) => number, told: (index: number) => number) =>
    Array.from({ length: 200 }, (_, index) => job(`job-${index}`, 5, { servedMs: served(index), told: told(index) }));
  const running = (shares: Map<string, number>) => [...shares].filter(([, share]) => share > 0).map(([jobId]) => jobId);

  test('lets as many run as there are slots, with a batch each', () => {
    const shares = sharesOf(
      crowd(
        () => 0,
        () => 0,
      ),
      8,
    );
    expect(running(shares)).toHaveLength(8);
    expect(new Set(shares.values())).toEqual(new Set([0, 1]));
    expect(
      takesTurns(
        crowd(
          () => 0,
          () => 0,
        ),
        8,
      ),
    ).toBe(true);
    expect(
      takesTurns(
        crowd(
          () => 0,
          () => 0,
        ),
        200,
      ),
    ).toBe(false);
  });

  test('gives the next turn to who has had the least', () => {
    const shares = sharesOf(
      crowd(
        (index) => (index >= 190 ? 5 : 1_000),
        () => 0,
      ),
      8,
    );
    expect(running(shares).every((jobId) => Number(jobId.slice(4)) >= 190)).toBe(true);
  });

  test('leaves who runs its turn, and not more', () => {
    const during = crowd(
      (index) => (index < 8 ? LIMITS.dispatch.shareTurnMs - 1 : 0),
      (index) => (index < 8 ? 1 : 0),
    );
    expect(running(sharesOf(during, 8)).every((jobId) => Number(jobId.slice(4)) < 8)).toBe(true);
    const after = crowd(
      (index) => (index < 8 ? LIMITS.dispatch.shareTurnMs + 1 : 0),
      (index) => (index < 8 ? 1 : 0),
    );
    expect(running(sharesOf(after, 8)).some((jobId) => Number(jobId.slice(4)) < 8)).toBe(false);
  });

  test('has a newcomer next, before all who have had a turn, but puts nobody aside for it', () => {
    const old = crowd(
      (index) => (index < 8 ? 1e6 + 5 : 1e6 + 10),
      (index) => (index < 8 ? 1 : 0),
    ).map((each) => ({ ...each, hasRun: true }));
    const newcomer = job('new', 5, { servedMs: servedMsOfNewcomer(old) });
    expect(sharesOf([...old, newcomer], 8).get('new')).toBe(0);
    const over = old.map((each, index) =>
      index === 3 ? { ...each, servedMs: each.servedMs + LIMITS.dispatch.shareTurnMs + 10 } : each,
    );
    const shares = sharesOf([...over, newcomer], 8);
    expect([shares.get('new'), shares.get('job-3')]).toEqual([1, 0]);
    expect(servedMsOfNewcomer([])).toBe(0);
  });

  test('serves those who wait for their first turn in order of arrival', () => {
    const first = job('first', 5, { servedMs: servedMsOfNewcomer([job('old', 5, { servedMs: 900, hasRun: true })]) });
    const second = job('second', 5, { servedMs: servedMsOfNewcomer([first]) });
    expect([first.servedMs, second.servedMs]).toEqual([899, 899]);
    expect(shares([first, second], 1)).toEqual({ first: 1, second: 0 });
  });

  test('serves everybody alike in the long run', () => {
    let jobs = crowd(
      () => 0,
      () => 0,
    );
    for (let ticks = 0; ticks < 2_000; ticks++) {
      const shares = sharesOf(jobs, 8);
      jobs = jobs.map((each) => {
        const told = shares.get(each.jobId)!;
        return { ...each, told, servedMs: each.servedMs + (told > 0 ? LIMITS.dispatch.shareTurnCheckMs : 0) };
      });
    }
    const served = jobs.map(({ servedMs }) => servedMs);
    expect(Math.max(...served) - Math.min(...served)).toBeLessThanOrEqual(2 * LIMITS.dispatch.shareTurnMs);
  });
});

test('lets lower ones run beside a job that its own limits hold back', () => {
  expect(shares([job('slow', 9, { limited: true, batchesMax: 1 }), job('low', 1)])).toEqual({ slow: 1, low: 7 });
  expect(shares([job('slow', 9, { limited: true, batchesMax: 1 }), job('mid', 5), job('low', 1)])).toEqual({
    slow: 1,
    mid: 7,
    low: 0,
  });
});

test('serves the higher first, also when it has limits', () => {
  expect(shares([job('high', 20, { limited: true }), job('low', 10)])).toEqual({ high: 8, low: 0 });
  expect(shares([job('high', 20, { limited: true, batchesMax: 6 }), job('low', 10)])).toEqual({ high: 6, low: 2 });
});

test('takes nothing from others for a job that still prepares, and tells it what it would get', () => {
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
      servedMs: fc.integer({ min: 0, max: 100_000 }),
    }),
    { maxLength: 30 },
  )
  .map((jobs) => jobs.map((each, index) => ({ ...each, jobId: `job-${index}` })));

test('holds for any crowd: strict priority, nobody idle, no more than can be used, no more than there is', () => {
  fc.assert(
    fc.property(contenders, fc.integer({ min: 1, max: 64 }), (jobs, slots) => {
      const given = sharesOf(jobs, slots);
      expect(given.size).toBe(jobs.length);
      const ready = jobs.filter((each) => each.ready);
      const floor = Math.max(-1, ...ready.filter((each) => !each.limited).map(({ priority }) => priority));
      const running = ready.filter((each) => each.priority >= floor);
      for (const each of ready) {
        const share = given.get(each.jobId)!;
        if (each.priority < floor) expect(share).toBe(0);
        const above = running.filter(({ priority }) => priority > each.priority);
        const level = running.filter(({ priority }) => priority === each.priority);
        const left = slots - above.reduce((sum, one) => sum + given.get(one.jobId)!, 0);
        if (each.priority >= floor && level.length <= left) expect(share).toBeGreaterThanOrEqual(1);
        if (left <= 0) expect(share).toBe(0);
        expect(share).toBeLessThanOrEqual(each.batchesMax);
      }
      const total = running.reduce((sum, each) => sum + given.get(each.jobId)!, 0);
      expect(total).toBeLessThanOrEqual(slots + Math.min(running.length, slots));
      const wanted = running.reduce((sum, each) => sum + each.batchesMax, 0);
      expect(total).toBeGreaterThanOrEqual(Math.min(slots, wanted));
    }),
  );
});

test('does not depend on the order of arrival while there is room for all', () => {
  fc.assert(
    fc.property(contenders, fc.integer({ min: 30, max: 64 }), (jobs, slots) => {
      const sorted = (map: Map<string, number>) => [...map].sort(([a], [b]) => a.localeCompare(b));
      expect(sorted(sharesOf([...jobs].reverse(), slots))).toEqual(sorted(sharesOf(jobs, slots)));
    }),
  );
});
