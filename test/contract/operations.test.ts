/**
 * What every operation owes the rest of Drover, whichever it is: runs over the whole registry, on the in-memory store. Where
 * an operation differs from the others, its setup says so (setup.ts). Faults, special cases, groups and desired states have
 * files of their own beside this one.
 */
import { LIMITS } from '../../contracts/limits';
import { OPERATIONS, parseOperation } from '../../operations';
import { isOfArchives } from '../../operations/describe';
import type { BoundOperation, OperationDefinition } from '../../operations/operation';
import { fakeClock } from './clock';
import { Bench, expected, ODD_KEYS, setupOf, SETUPS, SOURCE, VERSIONED } from './operation-bench';
import type { Row, Setup } from './setup';
import { INVALID_OF_ARCHIVES } from './setups/of-archives';

fakeClock();

test('operations are registered once each, in alphabetical order, and all stand in this suite', () => {
  const names = OPERATIONS.map(({ name }) => name);
  expect(names).toEqual([...new Set(names)].sort());
  expect([...Object.keys(INVALID_OF_ARCHIVES), ...Object.keys(SETUPS)].sort()).toEqual(names);
});

for (const operation of OPERATIONS) {
  describe(operation.name, () => {
    describe('parameters', () => {
      test('says what it does, and has examples', () => {
        for (const text of [operation.summary, operation.call, operation.success, operation.rerun]) {
          expect(text).not.toBe('');
        }
        expect(operation.reference).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
        expect(operation.examples.length).toBeGreaterThan(0);
      });

      test.each(operation.examples.map((example) => [example.title, example.parameters] as const))(
        'example: %s',
        (_title, parameters) => {
          const { plan } = parseOperation({ [operation.name]: parameters });
          expect(plan.operation).toBe(operation.name);
        },
      );

      test('an unknown member is named', () => {
        const parameters = { ...operation.examples[0]?.parameters, Bogus: 'x' };
        expect(() => parseOperation({ [operation.name]: parameters })).toThrow(
          `Operation.${operation.name}.Bogus: unknown member`,
        );
      });

      test.each(invalidOf(operation).map(([parameters, names]) => [names, parameters] as const))(
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
          const { plan, ...bound } = parseOperation({ [operation.name]: parameters });
          expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
          expect(within(plan.batchRows, 1, batchRowsMax(bound))).toBe(true);
          expect(within(plan.requestsInFlight, 1, LIMITS.request.perBucketMax)).toBe(true);
          expect(within(plan.chunksInFlight, 1, LIMITS.chunks.inFlight)).toBe(true);
          expect(within(plan.batchesInFlight, 1, LIMITS.chunks.batchesInFlight)).toBe(true);
          expect(plan.batchTimeoutMs).toBeGreaterThanOrEqual(LIMITS.batch.timeoutMs);
        }
      });
    });

    // Those of archives: test/unit/operations/vaults.
    if (isOfArchives(operation)) return;

    describe('a task', () => {
      test('succeeds, and the effect shows', async () => {
        const bench = new Bench(operation);
        const task = bench.seed('a/b.txt');
        expect(bench.done(task)).toBe(false);
        expect(await bench.perform(task)).toMatchObject({ status: 'succeeded', httpStatus: 200 });
        expect(bench.done(task)).toBe(true);
      });

      test('of a missing object', async () => {
        const bench = new Bench(operation);
        const row = expected(bench.setup, bench.setup.missing, notFound('NoSuchKey'));
        expect(await bench.perform(bench.task('nowhere'))).toMatchObject(row);
      });

      test('of a missing bucket', async () => {
        const bench = new Bench(operation);
        const row = expected(bench.setup, bench.setup.missingBucket, notFound('NoSuchBucket'));
        expect(await bench.perform(bench.task('a', 'no-such-bucket'))).toMatchObject(row);
      });

      test('of a bucket that the role may not use', async () => {
        const bench = new Bench(operation, { denied: [SOURCE] });
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
        const old = bench.seed('a', VERSIONED);
        const newest = bench.seed('a', VERSIONED, { body: 'newer body' });
        const outcome = await bench.perform(old);
        expect(outcome).toMatchObject(bench.setup.oldVersion ?? { status: 'succeeded' });
        expect(bench.done(old)).toBe(outcome.status === 'succeeded');
        expect(bench.done(newest)).toBe(false);
      });

      test('with the newest version', async () => {
        const bench = new Bench(operation);
        bench.seed('a', VERSIONED, { body: 'older body' });
        const newest = bench.seed('a', VERSIONED);
        const outcome = await bench.perform(newest);
        expect(outcome).toMatchObject(bench.setup.newestVersion ?? { status: 'succeeded' });
        expect(bench.done(newest)).toBe(outcome.status === 'succeeded');
      });

      test('with a version that does not exist', async () => {
        const bench = new Bench(operation);
        bench.seed('a', VERSIONED);
        const row = expected(bench.setup, bench.setup.missingVersion, notFound('NoSuchVersion'));
        expect(await bench.perform(bench.task('a', VERSIONED, 'v99'))).toMatchObject(row);
      });

      test.each(ODD_KEYS.map((key) => [key.slice(0, 40), key] as const))('with the key %j', async (_shown, key) => {
        const bench = new Bench(operation);
        const task = bench.seed(key);
        expect(await bench.perform(task)).toMatchObject({ status: 'succeeded' });
        expect(bench.done(task)).toBe(true);
      });

      test('asks nothing but what its setup names, before the work', async () => {
        const bench = new Bench(operation);
        await bench.perform(bench.seed('a'));
        const { callsBefore = [], method } = bench.setup;
        expect(bench.methods().slice(0, callsBefore.length + 1)).toEqual([...callsBefore, method]);
      });

      test('run a second time', async () => {
        const bench = new Bench(operation);
        const task = bench.seed('a');
        await bench.perform(task);
        const before = bench.contents('a');
        expect(await bench.perform(task)).toMatchObject(bench.setup.secondRun ?? { status: 'succeeded' });
        if (!bench.setup.changesVersions) expect(bench.contents('a')).toBe(before);
      });

      test('tasks of one batch do not get into each other, whatever becomes of them', async () => {
        const bench = new Bench(operation);
        const perform = bench.bind();
        const present = ['a', 'b', 'c'].map((key) => bench.seed(key));
        const { signal } = new AbortController();
        const tasks = [...present, bench.task('missing')];
        const outcomes = await Promise.all(tasks.map((task) => perform(task, signal)));
        expect(outcomes.slice(0, 3).map(({ status }) => status)).toEqual(['succeeded', 'succeeded', 'succeeded']);
        expect(outcomes[3]).toMatchObject(expected(bench.setup, bench.setup.missing, notFound('NoSuchKey')));
        expect(present.every((task) => bench.done(task))).toBe(true);
      });

      if (setupOf(operation).readOnly) {
        test('changes nothing', async () => {
          const bench = new Bench(operation);
          const task = bench.seed('a');
          const before = bench.contents('a');
          await bench.perform(task);
          expect(bench.contents('a')).toBe(before);
        });
      }
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
        // Nothing was asked afterwards either but what clears up, and the object is as it was.
        const { callsBefore = [], method, callsAfterStop = [], objectNotNeeded, readOnly } = bench.setup;
        expect(bench.methods()).toEqual([...callsBefore, method, ...callsAfterStop]);
        if (!objectNotNeeded && !readOnly) expect(bench.done(task)).toBe(false);
      });

      test('before the start: rejects with the reason, no request', async () => {
        const bench = new Bench(operation);
        const reason = new Error('the batch is cancelled');
        await expect(bench.perform(bench.seed('a'), AbortSignal.abort(reason))).rejects.toBe(reason);
        expect(bench.faults.calls).toEqual([]);
      });
    });
  });
}

function invalidOf(operation: OperationDefinition): Setup['invalid'] {
  return INVALID_OF_ARCHIVES[operation.name] ?? setupOf(operation).invalid;
}

function batchRowsMax({ bindGroup, isOfArchives: archives }: Omit<BoundOperation, 'plan'>): number {
  if (archives) return LIMITS.retrieval.batchRows;
  return bindGroup ? LIMITS.deletes.batchRows : LIMITS.batch.rows;
}

function notFound(errorCode: string): Row {
  return { status: 'failed', httpStatus: 404, errorCode };
}

function within(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
