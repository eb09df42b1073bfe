// Goal: memory in use stays within the budget, nobody starves, and what gave up holds nothing. Method: sequences by hand.
import { ByteBudget } from '../../../storage/byte-budget';

const never = new AbortController().signal;

function settled(promise: Promise<unknown>): Promise<boolean> {
  return Promise.race([promise.then(() => true), new Promise<boolean>((resolve) => setImmediate(resolve, false))]);
}

test('grants what fits, in order of arrival', async () => {
  const budget = new ByteBudget(10);
  await budget.take(6, never);
  const second = budget.take(5, never);
  const third = budget.take(1, never);
  expect(await settled(second)).toBe(false);
  // One byte would fit, but it came later.
  expect(await settled(third)).toBe(false);
  expect(budget.tryTake(1)).toBe(false);
  budget.release(6);
  expect([await settled(second), await settled(third), budget.inUse]).toEqual([true, true, 6]);
  expect(budget.tryTake(4)).toBe(true);
  expect(budget.tryTake(1)).toBe(false);
});

test('grants more than there is when nothing else is in use', async () => {
  const budget = new ByteBudget(10);
  await budget.take(1, never);
  const large = budget.take(50, never);
  expect(await settled(large)).toBe(false);
  budget.release(1);
  expect(await settled(large)).toBe(true);
  expect(budget.tryTake(1)).toBe(false);
  budget.release(50);
  expect(budget.inUse).toBe(0);
});

test('a waiter that gives up holds nothing and lets the next go on', async () => {
  const budget = new ByteBudget(10);
  await budget.take(6, never);
  const controller = new AbortController();
  const large = budget.take(9, controller.signal);
  const small = budget.take(2, never);
  expect(await settled(small)).toBe(false);
  const reason = new Error('stop');
  controller.abort(reason);
  await expect(large).rejects.toBe(reason);
  expect(await settled(small)).toBe(true);
  expect(budget.inUse).toBe(8);
  await expect(budget.take(1, controller.signal)).rejects.toBe(reason);
  expect(budget.inUse).toBe(8);
});
