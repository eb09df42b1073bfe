// The limit's arithmetic and the order of its waiters, with a clock of its own and no requests.
import { AdaptiveLimit, BucketLimits } from '../../../../storage/http/adaptive-limit';

function limitWith(
  start: number,
  options: { min?: number; max?: number } = {},
): { limit: AdaptiveLimit; clock: { ms: number } } {
  const clock = { ms: 1_000 };
  return {
    limit: new AdaptiveLimit({ min: 1, max: 256, ...options, start, cutIntervalMs: 100, now: () => clock.ms }),
    clock,
  };
}

function fill(limit: AdaptiveLimit): void {
  while (limit.tryAcquire());
}

/** Every slot in use is released with success and taken again. */
function round(limit: AdaptiveLimit, startedAt = 1_000): void {
  const { inFlight } = limit;
  for (let i = 0; i < inFlight; i += 1) {
    limit.release('success', startedAt);
    limit.tryAcquire();
  }
}

describe('growing', () => {
  test('adds one for a window of successes while the limit is in use', () => {
    const { limit } = limitWith(4);
    fill(limit);
    round(limit);
    expect(limit.limit).toBe(5);
    fill(limit);
    round(limit);
    expect(limit.limit).toBe(6);
  });

  test('does not grow while fewer requests run than it allows', () => {
    const { limit } = limitWith(4);
    for (let i = 0; i < 100; i += 1) {
      limit.tryAcquire();
      limit.release('success', 1_000);
    }
    expect(limit.limit).toBe(4);
  });

  test('stops at the maximum', () => {
    const { limit } = limitWith(2, { max: 3 });
    for (let i = 0; i < 20; i += 1) {
      fill(limit);
      round(limit);
    }
    expect(limit.limit).toBe(3);
  });

  test('takes no lesson from what is neutral', () => {
    const { limit } = limitWith(2);
    for (let i = 0; i < 20; i += 1) {
      fill(limit);
      limit.release('neutral', 1_000);
      limit.release('neutral', 1_000);
    }
    expect(limit.limit).toBe(2);
  });
});

describe('slowing down', () => {
  test('halves once for all requests that were sent before the cut', () => {
    const { limit, clock } = limitWith(64);
    fill(limit);
    clock.ms = 1_500;
    for (let i = 0; i < 64; i += 1) limit.release('slowDown', 1_000);
    expect(limit.limit).toBe(32);
    expect(limit.inFlight).toBe(0);
  });

  test('halves again for a request sent after the cut, but not within the interval', () => {
    const { limit, clock } = limitWith(64);
    fill(limit);
    limit.release('slowDown', 1_000);
    clock.ms = 1_050;
    limit.release('slowDown', 1_040);
    expect(limit.limit).toBe(32);
    clock.ms = 1_100;
    limit.release('slowDown', 1_040);
    expect(limit.limit).toBe(16);
  });

  test('stops at the minimum', () => {
    const { limit, clock } = limitWith(8, { min: 3 });
    fill(limit);
    for (let i = 0; i < 5; i += 1) {
      clock.ms += 1_000;
      limit.release('slowDown', clock.ms);
    }
    expect(limit.limit).toBe(3);
  });

  test('admits nobody until the requests in flight have fallen below the new limit', async () => {
    const { limit } = limitWith(4);
    fill(limit);
    let admitted = false;
    const waiting = limit.acquire().then(() => (admitted = true));
    limit.release('slowDown', 1_000);
    limit.release('success', 1_000);
    await Promise.resolve();
    expect([limit.limit, limit.inFlight, admitted]).toEqual([2, 2, false]);
    limit.release('success', 1_000);
    await waiting;
    expect([limit.inFlight, admitted]).toEqual([2, true]);
  });
});

describe('waiting', () => {
  test('serves in order of arrival, and lets nobody overtake', async () => {
    const { limit } = limitWith(1);
    fill(limit);
    const order: number[] = [];
    const waits = [1, 2, 3].map((name) => limit.acquire().then(() => order.push(name)));
    expect(limit.waiting).toBe(3);
    for (let i = 0; i < 3; i += 1) {
      limit.release('neutral', 1_000);
      expect(limit.tryAcquire()).toBe(false);
      await Promise.resolve();
    }
    await Promise.all(waits);
    expect(order).toEqual([1, 2, 3]);
    limit.release('neutral', 1_000);
    expect([limit.inFlight, limit.waiting]).toEqual([0, 0]);
  });

  test('lets a waiter give up, wherever it stands, and loses no slot by it', async () => {
    const { limit } = limitWith(1);
    fill(limit);
    const reason = new Error('cancelled');
    const first = new AbortController();
    const givenUp = limit.acquire(first.signal);
    const served = limit.acquire(new AbortController().signal);
    first.abort(reason);
    await expect(givenUp).rejects.toBe(reason);
    expect(limit.waiting).toBe(1);
    limit.release('neutral', 1_000);
    await served;
    expect([limit.inFlight, limit.waiting]).toEqual([1, 0]);
    limit.release('neutral', 1_000);
    expect(limit.tryAcquire()).toBe(true);
  });

  test('refuses at once with an aborted signal, also when a slot is free', async () => {
    const { limit } = limitWith(1);
    const reason = new Error('too late');
    await expect(limit.acquire(AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(limit.inFlight).toBe(0);
  });
});

test('keeps one limit for each bucket', () => {
  const limits = new BucketLimits({ start: 2 });
  expect(limits.of('a')).toBe(limits.of('a'));
  expect(limits.of('a')).not.toBe(limits.of('b'));
});

test('starts no higher than it may get', () => {
  expect(new BucketLimits({ start: 64, max: 8 }).of('a').limit).toBe(8);
});

test('forgets buckets when there are too many, but none that is in use', () => {
  const limits = new BucketLimits({ start: 2 });
  const used = limits.of('used');
  const idle = limits.of('idle');
  used.tryAcquire();
  for (let i = 0; i < 5_000; i += 1) limits.of(`bucket-${i}`);
  expect(limits.of('used')).toBe(used);
  expect(limits.of('idle')).not.toBe(idle);
});

describe('several owners', () => {
  function waiterOf(limit: AdaptiveLimit, owner: string, served: string[]): AbortController {
    const controller = new AbortController();
    limit.acquire(controller.signal, owner).then(
      () => served.push(owner),
      () => undefined,
    );
    return controller;
  }

  test('serves owners by turns, and what gives up uses up no turn', async () => {
    const limit = new AdaptiveLimit({ start: 1, max: 1 });
    await limit.acquire();
    const served: string[] = [];
    const large = Array.from({ length: 5 }, () => waiterOf(limit, 'large', served));
    waiterOf(limit, 'small', served);
    waiterOf(limit, 'small', served);
    waiterOf(limit, 'other', served);
    large[1]!.abort();
    expect(limit.waiting).toBe(7);
    for (let released = 0; released < 7; released++) {
      limit.release('neutral', 0);
      await new Promise(setImmediate);
    }
    expect(served).toEqual(['large', 'small', 'other', 'large', 'small', 'large', 'large']);
    limit.release('neutral', 0);
    expect([limit.inFlight, limit.waiting]).toEqual([0, 0]);
  });
});
