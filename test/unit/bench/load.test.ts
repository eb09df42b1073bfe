// Goal: the load is what the tables say it is: so many clients, at their pace, with no waiting hidden. Method: calls that take
// known times, or wait for the test.
import { setTimeout as delay } from 'node:timers/promises';
import { closedLoop, inLanes, paced, waitFor } from '../../../bench/suites/load';

test('keeps as many requests under way as there are clients, and sends each once', async () => {
  let underWay = 0;
  let most = 0;
  const seen: number[] = [];
  const times = await closedLoop(4, 20, async (index) => {
    most = Math.max(most, ++underWay);
    seen.push(index);
    await delay(5);
    underWay--;
  });
  expect(most).toBe(4);
  expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, index) => index));
  expect(times).toHaveLength(20);
  expect(Math.min(...times)).toBeGreaterThan(3);
});

test('spreads paced requests evenly, one of each client in every interval', async () => {
  const start = performance.now();
  const sent: number[] = [];
  await paced(4, 80, 8, async (index) => {
    sent[index] = performance.now() - start;
  });
  sent.forEach((at, index) => {
    // Timers may fire a millisecond early.
    expect(at).toBeGreaterThan(index * 20 - 2);
  });
  expect(sent).toHaveLength(8);
});

test('counts the time that a paced request waits for its predecessor', async () => {
  const times = await paced(1, 10, 3, async (index) => {
    if (index === 0) await delay(100);
  });
  expect(times[1]).toBeGreaterThan(80);
  expect(times[2]).toBeGreaterThan(70);
});

test('passes on what a request rejects with', async () => {
  const fail = async (): Promise<void> => {
    throw new Error('refused');
  };
  await expect(closedLoop(2, 4, fail)).rejects.toThrow('refused');
  await expect(paced(2, 10, 4, fail)).rejects.toThrow('refused');
  await expect(inLanes(2, 4, fail)).rejects.toThrow('refused');
});

test('waits until it sees what it waits for, gives up in time, and at once on what rules it out', async () => {
  let looks = 0;
  const wait = { what: 'three', look: async () => ++looks, pollMs: 1, timeoutMs: 30 };
  expect(await waitFor({ ...wait, reached: (seen) => seen === 3 })).toBe(3);
  await expect(waitFor({ ...wait, reached: () => false })).rejects.toThrow(/^waited 0.03 s for three: \d+$/);
  const refuse = (): void => {
    throw new Error('never');
  };
  await expect(waitFor({ ...wait, timeoutMs: 60_000, reached: () => false, refuse })).rejects.toThrow('never');
});
