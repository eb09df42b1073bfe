/** Goal: a notifier's next run gets what is still needed, and no more than fits. Method: cases by hand. */
import type { PendingEvent } from '../../../contracts/engine/events';
import { carriedEvents } from '../../../workflows/notifier/carried-events';

const PENDING = Array.from({ length: 10 }, (_, index) => ({ expiresAt: index }) as PendingEvent);

function carry(queues: readonly { done: number; gone?: boolean }[], most = 100) {
  const named = queues.map(({ done, gone = false }, index) => ({ name: index, done, gone }));
  const { pending, queues: left, dropped } = carriedEvents(PENDING, named, most);
  return {
    pending: pending.map(({ expiresAt }) => expiresAt),
    done: Object.fromEntries(left.map(({ name, done }) => [name, done])),
    dropped: dropped.map(({ queue, events }) => [queue.name, events.map(({ expiresAt }) => expiresAt)]),
  };
}

test('from the slowest queue on', () => {
  expect(carry([{ done: 9 }, { done: 7 }])).toEqual({ pending: [7, 8, 9], done: { 0: 2, 1: 0 }, dropped: [] });
});

test('queues that are gone need nothing', () => {
  expect(carry([{ done: 9 }, { done: 2, gone: true }])).toEqual({ pending: [9], done: { 0: 0 }, dropped: [] });
});

test('the last event stays when nobody needs any', () => {
  expect(carry([{ done: 10 }])).toEqual({ pending: [9], done: { 0: 1 }, dropped: [] });
  expect(carry([{ done: 3, gone: true }])).toEqual({ pending: [9], done: {}, dropped: [] });
});

test('what does not fit is dropped, oldest first, and reported', () => {
  expect(carry([{ done: 2 }, { done: 7 }, { done: 8 }, { done: 0, gone: true }], 4)).toEqual({
    pending: [6, 7, 8, 9],
    done: { 0: 0, 1: 1, 2: 2 },
    dropped: [[0, [2, 3, 4, 5]]],
  });
});

test('nothing is nothing', () => {
  expect(carriedEvents([], [{ done: 0, gone: false }], 4)).toMatchObject({ pending: [], dropped: [] });
});
