/**
 * What becomes of a task when the store has trouble: slow-downs, refusals, lost answers, no answers. Over the whole registry, on the
 * in-memory store with faults.
 */
import { StoreError } from '../../storage/store-error';
import { fakeClock, hurried } from './clock';
import { Bench, OBJECT_OPERATIONS, setupOf } from './operation-bench';

fakeClock();

describe.each(OBJECT_OPERATIONS.map((operation) => [operation.name, operation] as const))('%s', (_name, operation) => {
  test('slow-down that outlasts the retries is the row', async () => {
    const bench = new Bench(operation);
    bench.faults.slowDown({ method: bench.setup.method, times: Infinity });
    expect(await hurried(bench.perform(bench.seed('a')))).toEqual({
      status: 'failed',
      httpStatus: 503,
      errorCode: 'SlowDown',
      message: 'Please reduce your request rate.',
    });
  });

  test('any refusal stands in the row in the words of the store', async () => {
    const bench = new Bench(operation);
    bench.faults.fail(new StoreError('QuotaExceeded', 403, 'Übervoll, "wirklich"'), { method: bench.setup.method });
    expect(await bench.perform(bench.seed('a'))).toEqual({
      status: 'failed',
      httpStatus: 403,
      errorCode: 'QuotaExceeded',
      message: 'Übervoll, "wirklich"',
    });
  });

  const { method: work, callsBefore = [] } = setupOf(operation);
  // test.each refuses an empty list.
  if (callsBefore.length > 0) {
    test.each([...new Set(callsBefore)])(
      'also the refusal of %s before the work, which then is not done',
      async (method) => {
        const bench = new Bench(operation);
        const task = bench.seed('a');
        bench.faults.fail(new StoreError('AccessDenied', 403, `no ${method} for you`), { method, times: Infinity });
        const row = { status: 'failed', httpStatus: 403, errorCode: 'AccessDenied', message: `no ${method} for you` };
        expect(await hurried(bench.perform(task))).toEqual(row);
        expect(bench.methods()).toContain(method);
        expect(bench.methods()).not.toContain(work);
      },
    );
  }

  test('an unreachable store is not the fault of the object: rethrown', async () => {
    const bench = new Bench(operation);
    bench.faults.down();
    await expect(hurried(bench.perform(bench.seed('a')))).rejects.toMatchObject({
      code: 'ECONNREFUSED',
      storeDown: true,
    });
  });

  test('a store that goes out of reach in the middle: rethrown', async () => {
    const bench = new Bench(operation);
    bench.faults.down({ method: bench.setup.method });
    await expect(hurried(bench.perform(bench.seed('a')))).rejects.toMatchObject({ storeDown: true });
  });

  test('a defect is rethrown', async () => {
    const bench = new Bench(operation);
    const defect = new TypeError('undefined is not a function');
    bench.faults.fail(defect, { method: bench.setup.method });
    await expect(bench.perform(bench.seed('a'))).rejects.toBe(defect);
  });

  test('one lost answer: the task succeeds', async () => {
    const bench = new Bench(operation);
    const task = bench.seed('a');
    bench.faults.loseAnswer({ method: bench.setup.method });
    expect(await hurried(bench.perform(task))).toMatchObject(bench.setup.lostAnswer ?? { status: 'succeeded' });
    expect(bench.done(task)).toBe(true);
  });

  test('one request that is lost on its way: the task succeeds', async () => {
    const bench = new Bench(operation);
    const task = bench.seed('a');
    const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
    bench.faults.fail(lost, { method: bench.setup.method });
    expect(await hurried(bench.perform(task))).toMatchObject({ status: 'succeeded' });
    expect(bench.done(task)).toBe(true);
  });

  // Nothing but the call itself can be asked of a function or a webhook.
  if (work !== 'invoke' && work !== 'post') {
    test('a store that takes requests and answers none is out of reach: rethrown', async () => {
      const bench = new Bench(operation);
      const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
      bench.faults.fail(lost, { times: Infinity });
      await expect(hurried(bench.perform(bench.seed('a')))).rejects.toBe(lost);
      expect(bench.methods().filter((asked) => asked === work).length).toBeLessThanOrEqual(1);
    });
  }

  test('an answer that stays lost while the store serves: a row that says so', async () => {
    const bench = new Bench(operation);
    // Lost for good before any effect, as when the request is too long for its time-out.
    const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
    bench.faults.fail(lost, { method: bench.setup.method, times: Infinity });
    const row = {
      status: 'failed',
      httpStatus: 0,
      errorCode: 'RequestTimeout',
      message: 'No answer was received, the request may have taken effect: no answer',
    };
    expect(await hurried(bench.perform(bench.seed('a')))).toMatchObject(bench.setup.lostForGood ?? row);
  });
});
