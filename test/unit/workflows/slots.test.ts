/**
 * Goal: limits of a job are never exceeded by the sum of its batches' parts, and slots add up to the share. Method: examples
 * and properties.
 */
import fc from 'fast-check';
import { defaultPlan } from '../../../operations/common/plan';
import { batchesInFlightMax, batchesWithin, batchLimits, spreadSlots } from '../../../workflows/batches/slots';

const PLAN = defaultPlan('S3PutObjectTagging');

test('spreads batches evenly, as far as each chunk can take them', () => {
  expect(spreadSlots(8, Array<number>(8).fill(4))).toEqual(Array<number>(8).fill(1));
  expect(spreadSlots(32, Array<number>(8).fill(4))).toEqual(Array<number>(8).fill(4));
  expect(spreadSlots(8, [4, 4, 4])).toEqual([3, 3, 2]);
  expect(spreadSlots(6, [4, 1])).toEqual([4, 1]);
  expect(spreadSlots(8, [])).toEqual([]);
});

test('never gives out more than the share, and all of it where chunks can take it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 64 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 8 }),
      (batches, maxima) => {
        const slots = spreadSlots(batches, maxima);
        const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);
        expect(sum(slots)).toBe(Math.min(batches, sum(maxima)));
        slots.forEach((each, index) => {
          expect(each).toBeLessThanOrEqual(maxima[index]!);
          // A job with fewer slots than another could not take more.
          if (each < Math.max(...slots) - 1) expect(each).toBe(maxima[index]);
        });
      },
    ),
  );
});

test('uses as few batches as the limits need', () => {
  expect(batchesWithin({}, PLAN, 8)).toBe(8);
  expect(batchesWithin({ TasksPerSecond: 10 }, PLAN, 8)).toBe(1);
  expect(batchesWithin({ TasksPerSecond: 1_000 }, PLAN, 8)).toBe(4);
  expect(batchesWithin({ Concurrency: 1 }, PLAN, 8)).toBe(1);
  expect(batchesWithin({ Concurrency: 100 }, PLAN, 8)).toBe(2);
  expect(batchesWithin({ BytesPerSecond: 10_000_000 }, PLAN, 8)).toBe(1);
  expect(batchesWithin({ BytesPerSecond: 100 * 1024 ** 2 }, PLAN, 8)).toBe(4);
  expect(batchesWithin({ TasksPerSecond: 1_000, Concurrency: 64 }, PLAN, 8)).toBe(1);
  expect(batchesInFlightMax(PLAN, 3)).toBe(3);
  expect(batchesInFlightMax(PLAN, 1_000)).toBe(32);
});

test('never lets the parts add up to more than the limit', () => {
  const limits = fc.record(
    {
      TasksPerSecond: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      BytesPerSecond: fc.integer({ min: 64 * 1024, max: 1024 ** 4 }),
      Concurrency: fc.integer({ min: 1, max: 5_000 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(limits, fc.integer({ min: 1, max: 32 }), (given, share) => {
      const batches = batchesWithin(given, PLAN, share);
      expect(batches).toBeGreaterThanOrEqual(1);
      expect(batches).toBeLessThanOrEqual(share);
      const part = batchLimits(given, batches);
      if (given.BytesPerSecond !== undefined) {
        expect(part!.bytesPerSecond! * batches).toBeCloseTo(given.BytesPerSecond, 3);
      }
      if (given.TasksPerSecond !== undefined) {
        expect(part!.tasksPerSecond! * batches).toBeCloseTo(given.TasksPerSecond, 6);
      }
      if (given.Concurrency !== undefined) {
        expect(part!.requestsInFlight! * batches).toBeLessThanOrEqual(given.Concurrency);
        expect(part!.requestsInFlight).toBeGreaterThanOrEqual(1);
      }
    }),
  );
});
