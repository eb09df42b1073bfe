/**
 * What every operation owes the rest of Drover, whichever it is: runs over the whole registry, on the in-memory store with
 * faults. An operation that needs more than an object in a bucket says so in SETUPS (operation-bench).
 */
import type { JsonObject } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import type { TaskOutcome } from '../../contracts/outcome';
import { OPERATIONS, parseOperation } from '../../operations';
import { restoreState } from '../../operations/common/restore-state';
import { StoreError } from '../../storage/store-error';
import { MemoryStore, memoryRoleStores } from '../support/memory-store';
import { Bench, JOB_ID, ODD_KEYS, setupOf, SETUPS, SOURCE, TAGS, TARGET, taskOf } from './operation-bench';

/** Waits for a promise while the clock runs as fast as it can: back-off takes no real time. */
async function hurried<T>(promise: Promise<T>): Promise<T> {
  const state = { settled: false };
  const settle = (): void => {
    state.settled = true;
  };
  promise.then(settle, settle);
  while (!state.settled) await jest.advanceTimersByTimeAsync(1_000);
  return promise;
}

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date'] });
});

afterEach(() => {
  jest.useRealTimers();
});

test('operations are registered once each, in alphabetical order, and all stand in this suite', () => {
  const names = OPERATIONS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  expect(Object.keys(SETUPS).sort()).toEqual(names);
});

for (const operation of OPERATIONS) {
  describe(operation.name, () => {
    describe('parameters', () => {
      test('says what it does, and has examples', () => {
        for (const text of [operation.summary, operation.call, operation.success, operation.rerun])
          expect(text).not.toBe('');
        expect(operation.reference).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
        expect(operation.examples.length).toBeGreaterThan(0);
      });

      test.each(operation.examples.map((example) => [example.title, example.parameters] as const))(
        'example: %s',
        (_title, parameters) => {
          const first = parseOperation({ [operation.name]: parameters });
          expect(first.operation).toBe(operation);
          // Kept in a job's input and read again by a worker: JSON must bring it back, and parsing must not change it.
          const again = parseOperation({
            [operation.name]: JSON.parse(JSON.stringify(first.parameters)) as JsonObject,
          });
          expect(again.parameters).toEqual(first.parameters);
          expect(again.plan).toEqual(first.plan);
        },
      );

      test('an unknown member is named', () => {
        const parameters = { ...operation.examples[0]?.parameters, Bogus: 'x' };
        expect(() => parseOperation({ [operation.name]: parameters })).toThrow(
          `Operation.${operation.name}.Bogus: unknown member`,
        );
      });

      test.each(setupOf(operation).invalid.map(([parameters, names]) => [names, parameters] as const))(
        'refused: %s in %j',
        (names, parameters) => {
          expect(() => parseOperation({ [operation.name]: parameters })).toThrow(
            expect.objectContaining({
              code: 'BadRequestException',
              message: expect.stringContaining(`Operation.${operation.name}.${names}: `) as string,
            }) as Error,
          );
        },
      );

      test('plans are plain data within the limits', () => {
        for (const { parameters } of operation.examples) {
          const { plan } = parseOperation({ [operation.name]: parameters });
          expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
          expect(plan.operation).toBe(operation.name);
          expect(within(plan.batchRows, 1, LIMITS.batchRows)).toBe(true);
          expect(within(plan.requestsInFlight, 1, LIMITS.bucketRequestsInFlightMax)).toBe(true);
          expect(within(plan.chunksInFlight, 1, LIMITS.chunksInFlight)).toBe(true);
          expect(within(plan.batchesInFlight, 1, LIMITS.batchesInFlight)).toBe(true);
          expect(plan.batchTimeoutMs).toBeGreaterThanOrEqual(LIMITS.batchTimeoutMs);
        }
      });
    });

    describe('a task', () => {
      test('succeeds, and the effect shows', async () => {
        const bench = new Bench(operation);
        const task = bench.seed('a/b.txt');
        expect(bench.done(task)).toBe(false);
        expect(await bench.perform(task)).toMatchObject({ status: 'succeeded', httpStatus: 200 });
        expect(bench.done(task)).toBe(true);
      });

      test('of a missing object', async () => {
        const outcome = await new Bench(operation).perform(taskOf('nowhere'));
        const { objectNotNeeded } = setupOf(operation);
        expect(outcome).toMatchObject(
          objectNotNeeded ? { status: 'succeeded' } : { status: 'failed', httpStatus: 404, errorCode: 'NoSuchKey' },
        );
      });

      test('of a missing bucket', async () => {
        const outcome = await new Bench(operation).perform(taskOf('a', 'no-such-bucket'));
        const { objectNotNeeded } = setupOf(operation);
        expect(outcome).toMatchObject(
          objectNotNeeded ? { status: 'succeeded' } : { status: 'failed', httpStatus: 404, errorCode: 'NoSuchBucket' },
        );
      });

      test('of a bucket that the role may not use', async () => {
        const bench = new Bench(operation, [SOURCE]);
        const task = bench.seed('a');
        if (bench.setup.objectNotNeeded) {
          expect(await bench.perform(task)).toMatchObject({ status: 'succeeded' });
          return;
        }
        expect(await bench.perform(task)).toEqual({
          status: 'failed',
          httpStatus: 403,
          errorCode: 'AccessDenied',
          message: 'The role may not use bucket source',
        });
        expect(bench.done(task)).toBe(false);
      });

      test('with a version acts on that version', async () => {
        const bench = new Bench(operation);
        bench.store.createBucket('versioned', { versioned: true });
        const old = bench.seed('a', 'versioned');
        const { versionId } = bench.store.seed('versioned', 'a', 'newer body', { tags: TAGS, ...bench.setup.seed });
        expect(await bench.perform(old)).toMatchObject({ status: 'succeeded' });
        expect(bench.done(old)).toBe(true);
        expect(bench.done(taskOf('a', 'versioned', versionId))).toBe(false);
      });

      test('with a version that does not exist', async () => {
        const bench = new Bench(operation);
        bench.store.createBucket('versioned', { versioned: true });
        bench.seed('a', 'versioned');
        const outcome = await bench.perform(taskOf('a', 'versioned', 'v99'));
        if (bench.setup.objectNotNeeded) expect(outcome).toMatchObject({ status: 'succeeded' });
        else expect(outcome).toMatchObject({ status: 'failed', httpStatus: 404, errorCode: 'NoSuchVersion' });
      });

      test.each(ODD_KEYS.map((key) => [key.slice(0, 40), key] as const))('with the key %j', async (_shown, key) => {
        const bench = new Bench(operation);
        const task = bench.seed(key);
        expect(await bench.perform(task)).toMatchObject({ status: 'succeeded' });
        expect(bench.done(task)).toBe(true);
      });

      test('run a second time', async () => {
        const bench = new Bench(operation);
        const task = bench.seed('a');
        await bench.perform(task);
        const before = JSON.stringify([bench.store.versions(SOURCE, 'a'), bench.store.keys(TARGET)]);
        expect(await bench.perform(task)).toMatchObject(bench.setup.secondRun ?? { status: 'succeeded' });
        expect(JSON.stringify([bench.store.versions(SOURCE, 'a'), bench.store.keys(TARGET)])).toBe(before);
      });

      test('tasks of one batch do not get into each other, whatever becomes of them', async () => {
        const bench = new Bench(operation);
        const perform = bench.bind();
        const present = ['a', 'b', 'c'].map((key) => bench.seed(key));
        const { signal } = new AbortController();
        const outcomes = await Promise.all([...present, taskOf('missing')].map((task) => perform(task, signal)));
        expect(outcomes.slice(0, 3).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
        expect(outcomes[3]?.status).toBe(bench.setup.objectNotNeeded ? 'succeeded' : 'failed');
        expect(present.every((task) => bench.done(task))).toBe(true);
      });
    });

    describe('when it is told to stop', () => {
      test('in the middle of a request: rejects with the reason, no outcome, no effect', async () => {
        const bench = new Bench(operation);
        const task = bench.seed('a');
        const gate = bench.faults.hold({ method: bench.setup.method });
        const controller = new AbortController();
        const outcome = bench.perform(task, controller.signal);
        await gate.reached;
        const reason = new Error('the batch is cancelled');
        controller.abort(reason);
        await expect(outcome).rejects.toBe(reason);
        // Nothing was asked afterwards either, and the object is as it was.
        expect(bench.faults.calls.map(({ method }) => method)).toEqual([bench.setup.method]);
        if (!bench.setup.objectNotNeeded) expect(bench.done(task)).toBe(false);
      });

      test('before the start: rejects with the reason, no request', async () => {
        const bench = new Bench(operation);
        const reason = new Error('the batch is cancelled');
        await expect(bench.perform(bench.seed('a'), AbortSignal.abort(reason))).rejects.toBe(reason);
        expect(bench.faults.calls).toEqual([]);
      });
    });

    describe('when the store has trouble', () => {
      test('slow-down that outlasts the retries is the row', async () => {
        const bench = new Bench(operation);
        bench.faults.slowDown({ method: bench.setup.method });
        expect(await bench.perform(bench.seed('a'))).toEqual({
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

      test('an unreachable store is not the fault of the object: rethrown', async () => {
        const bench = new Bench(operation);
        bench.faults.down();
        await expect(hurried(bench.perform(bench.seed('a')))).rejects.toMatchObject({
          code: 'ECONNREFUSED',
          storeDown: true,
        });
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
        expect(await hurried(bench.perform(task))).toMatchObject({ status: 'succeeded' });
        expect(bench.done(task)).toBe(true);
      });

      test('a store that takes requests and answers none is out of reach: rethrown', async () => {
        const bench = new Bench(operation);
        if (bench.setup.method === 'invoke') return; // Nothing but the call itself can be asked of a function.
        const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
        bench.faults.fail(lost, { times: Infinity });
        await expect(bench.perform(bench.seed('a'))).rejects.toBe(lost);
        expect(bench.faults.calls.filter(({ method }) => method === bench.setup.method)).toHaveLength(1);
      });

      test('an answer that stays lost while the store serves: a row that says so', async () => {
        const bench = new Bench(operation);
        // Lost for good before any effect, as when the request is too long for its time-out.
        const lost = new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
        bench.faults.fail(lost, { method: bench.setup.method, times: Infinity });
        expect(await hurried(bench.perform(bench.seed('a')))).toEqual({
          status: 'failed',
          httpStatus: 0,
          errorCode: 'RequestTimeout',
          message: 'No answer was received, the request may have taken effect: no answer',
        });
      });
    });
  });
}

describe('S3InitiateRestoreObject with WaitUntilRestored', () => {
  const parameters = { ExpirationInDays: 2, GlacierJobTier: 'BULK', WaitUntilRestored: true };

  function perform(store: MemoryStore, given: JsonObject = parameters): Promise<TaskOutcome> {
    const { operation, parameters: parsed } = parseOperation({ S3InitiateRestoreObject: given });
    const context = { jobId: JOB_ID, ...memoryRoleStores(store) };
    return operation.bind(parsed, context)(taskOf('a'), new AbortController().signal);
  }

  test('a task is pending from the request to the end of the restore, and after it', async () => {
    const store = new MemoryStore({ buckets: [SOURCE] });
    store.seed(SOURCE, 'a', 'x', { storageClass: 'DEEP_ARCHIVE' });
    expect(restoreState(await store.headObject(taskOf('a')))).toBe('not-requested');
    expect(await perform(store)).toEqual({ status: 'pending' });
    expect(await perform(store)).toEqual({ status: 'pending' });
    expect(restoreState(await store.headObject(taskOf('a')))).toBe('in-progress');
    store.advance(48 * 3_600_000);
    expect(restoreState(await store.headObject(taskOf('a')))).toBe('restored');
    expect(await perform(store)).toEqual({ status: 'pending' });
    store.advance(2 * 24 * 3_600_000);
    expect(restoreState(await store.headObject(taskOf('a')))).toBe('not-requested');
  });

  test('what is refused fails at once', async () => {
    const store = new MemoryStore({ buckets: [SOURCE] });
    store.seed(SOURCE, 'a', 'x');
    expect(await perform(store)).toMatchObject({ status: 'failed', httpStatus: 403, errorCode: 'InvalidObjectState' });
    expect(await perform(store, { WaitUntilRestored: true })).toMatchObject({ status: 'failed' });
  });
});

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
