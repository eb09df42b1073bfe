/** Fake timers for tests of operations that wait. */

export function fakeClock(): void {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });
}

/** Waits for a promise while the clock runs as fast as it can: back-off takes no real time. */
export async function hurried<T>(promise: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  while (!state.settled) await jest.advanceTimersByTimeAsync(1_000);
  return promise;
}
