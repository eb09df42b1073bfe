/**
 * Goal: looks cost as little as can be, and what they find is so. Method: the in-memory store counts the calls; a store without restore
 * states in listings, and one that sends no header either, are made of it.
 */
import type { Found } from '../../../../contracts/engine/waiting';
import type { RestoreLimits } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import type { LookContext, WaitingTask } from '../../../../operations/operation';
import { bindLookAtRestores } from '../../../../operations/restoring/look-at-restores';
import { type RestoreWaiting, waitFor } from '../../../../operations/restoring/restore-waiting';
import { takeTurns } from '../../../../operations/restoring/turns';
import { MemoryStore } from '../../../support/memory-store/store';

const { signal } = new AbortController();
const HOUR_MS = 3_600_000;
const T0 = new Date('2026-01-01T00:00:00Z');

function archive(count: number, keyOf = (number: number) => `key-${String(number).padStart(6, '0')}`) {
  const store = new MemoryStore({ buckets: ['b'] });
  const tasks: WaitingTask[] = [];
  for (let number = 0; number < count; number++) {
    const key = keyOf(number);
    store.seed('b', key, 'x', { storageClass: 'GLACIER' });
    tasks.push(waiting(key));
  }
  return { store, tasks };
}

function waiting(key: string, state: Partial<RestoreWaiting> = {}): WaitingTask {
  const restore: RestoreWaiting = { for: 'restore', tier: 'STANDARD', asked: 1, accepted: true, ...state };
  return { row: 0, object: { bucket: 'b', key }, waiting: waitFor(restore, T0) };
}

async function restoreAll(store: MemoryStore, tasks: readonly WaitingTask[]): Promise<void> {
  for (const { object } of tasks) {
    await store.restoreObject({ Bucket: 'b', Key: object.key, RestoreRequest: { Days: 2 } });
  }
}

function look(store: MemoryStore, tasks: readonly WaitingTask[], more: Partial<LookContext> = {}) {
  const context: LookContext = {
    storeFor: () => store,
    pass: () => Promise.resolve(),
    now: () => T0,
    memory: {},
    lookAgain: () => undefined,
    ...more,
  };
  return bindLookAtRestores(context, { timeoutMs: 48 * HOUR_MS })(tasks, signal);
}

function callsOf(store: MemoryStore, method: string): number {
  return store.calls.filter((call) => call.method === method).length;
}

const READABLE: Found = { found: 'readable' };

test('a page of a listing tells of a thousand', async () => {
  const { store, tasks } = archive(5_000);
  await restoreAll(store, tasks);
  expect((await look(store, tasks)).every((found) => found === undefined)).toBe(true);
  store.advance(6 * HOUR_MS);
  // In any order.
  expect(await look(store, [...tasks].reverse())).toEqual(tasks.map(() => READABLE));
  expect(callsOf(store, 'listObjects')).toBeLessThanOrEqual(10);
  expect(callsOf(store, 'headObject')).toBeLessThanOrEqual(2);
});

test('a million neighbours take some thousand pages', async () => {
  const PAGE = 1_000;
  let pages = 0;
  let heads = 0;
  const keyAt = (number: number): string => `key-${String(number).padStart(7, '0')}`;
  const store = new MemoryStore({ buckets: ['b'] });
  store.listPage = ({ after, next }) => {
    pages += 1;
    const first = Number((next?.token ?? after ?? '').slice(4)) + 1;
    const count = Math.min(PAGE, 1_000_000 - first);
    const entries = Array.from({ length: count }, (_, i) => ({
      bucket: 'b',
      key: keyAt(first + i),
      restoreInProgress: true,
    }));
    const isTruncated = first + count < 1_000_000;
    return Promise.resolve({
      entries,
      prefixes: [],
      isTruncated,
      ...(isTruncated && { next: { token: keyAt(first + count - 1) } }),
    });
  };
  store.headObject = () => {
    heads += 1;
    return Promise.resolve({ httpStatus: 200, etag: 'e', storageClass: 'GLACIER', restore: 'ongoing-request="true"' });
  };
  // As many at a time as a look has.
  for (let first = 0; first < 1_000_000; first += LIMITS.looks.tasksAtOnce) {
    const tasks = Array.from({ length: LIMITS.looks.tasksAtOnce }, (_, i) => waiting(keyAt(first + i)));
    expect((await look(store, tasks)).some((found) => found !== undefined)).toBe(false);
  }
  expect(pages).toBeLessThanOrEqual(2_500);
  expect(heads).toBeLessThanOrEqual(100);
});

test('few among many are looked at one by one', async () => {
  const { store, tasks } = archive(20_000);
  const few = tasks.filter((_, index) => index % 500 === 0);
  await restoreAll(store, few);
  store.advance(6 * HOUR_MS);
  expect(await look(store, few)).toEqual(few.map(() => READABLE));
  expect(callsOf(store, 'listObjects')).toBeLessThanOrEqual(2);
});

test('a store whose listings do not tell is asked for each object', async () => {
  const { store, tasks } = archive(300);
  await restoreAll(store, tasks);
  const { listPage } = store;
  store.listPage = (input, options) => listPage.call(store, { ...input, restores: false }, options);
  store.advance(6 * HOUR_MS);
  expect(await look(store, tasks)).toEqual(tasks.map(() => READABLE));
  expect([callsOf(store, 'listObjects'), callsOf(store, 'headObject')]).toEqual([1, 300]);
});

test('a byte that can be read shows it where the store does not say, and one that can’t shows nothing', async () => {
  const { store } = archive(1);
  // A class of another vendor, whose objects are read at once, and one whose store sends no header.
  store.seed('b', 'online', 'x', { storageClass: 'COOL' });
  const [online, first, asked, lost, gone] = await look(store, [
    waiting('online'),
    waiting('key-000000'),
    waiting('key-000000', { asked: 2, accepted: false }),
    waiting('key-000000', { asked: 2, accepted: true }),
    waiting('nothing'),
  ]);
  expect([online, first, asked, lost]).toEqual([READABLE, { found: 'lost' }, undefined, { found: 'lost' }]);
  expect(gone).toMatchObject({ outcome: { status: 'failed', errorCode: 'NoSuchKey' } });
});

test('a restore that takes too long fails', async () => {
  const { store, tasks } = archive(1);
  await restoreAll(store, tasks);
  const [late] = await look(store, tasks, { now: () => new Date(T0.getTime() + 49 * HOUR_MS) });
  expect(late).toMatchObject({ outcome: { errorCode: 'RestoreTimedOut' } });
});

describe('turns', () => {
  const GIB = 1024 ** 3;
  const limits: RestoreLimits = { BULK: { BytesPerDay: 24 * GIB } };
  const turn = (bytes: number) => ({ tier: 'BULK' as const, bytes });
  const at = (hours: number) => new Date(T0.getTime() + hours * HOUR_MS);

  test('come at the rate of a day’s bytes, a larger object at the cost of those after it', () => {
    const memory = {};
    const five = Array.from({ length: 5 }, () => turn(2 * GIB));
    expect(takeTurns(five, limits, memory, at(0))).toEqual([true, false, false, false, false]);
    expect(takeTurns(five, limits, memory, at(1))).toEqual([false, false, false, false, false]);
    expect(takeTurns(five, limits, memory, at(2))).toEqual([true, false, false, false, false]);
    expect(takeTurns([turn(20 * GIB)], limits, memory, at(4))).toEqual([true]);
    expect(takeTurns(five, limits, memory, at(23))).toEqual([false, false, false, false, false]);
    expect(takeTurns(five, limits, memory, at(24))).toEqual([true, false, false, false, false]);
  });

  test('some hours are saved up, and no more', () => {
    const memory = {};
    takeTurns([turn(0)], limits, memory, at(0));
    const many = Array.from({ length: 50 }, () => turn(GIB));
    expect(takeTurns(many, limits, memory, at(1_000)).filter(Boolean)).toHaveLength(5);
  });

  test('without a limit for the tier all go, also those that have waited', () => {
    expect(takeTurns([turn(GIB), { tier: 'STANDARD', bytes: 1 }], {}, {}, at(0))).toEqual([true, true]);
  });

  test('those that have to wait make the next look come soon', async () => {
    const asked: number[] = [];
    const tasks = [1, 2].map((number) => waiting(`k${number}`, { for: 'turn', tier: 'BULK', asked: 0, bytes: GIB }));
    const restores = limits;
    const found = await look(new MemoryStore({ buckets: ['b'] }), tasks, {
      restores,
      lookAgain: (ms) => asked.push(ms),
    });
    expect(found).toEqual([{ found: 'turn' }, undefined]);
    expect(asked).toHaveLength(1);
  });
});
