/**
 * Several tasks in one request must end as they would one by one. Over the operations that have groups, on the in-memory store:
 * the same tasks in two equal worlds, once in a group and once singly.
 */
import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import { OPERATIONS, parseOperation } from '../../operations';
import type { OperationDefinition } from '../../operations/operation';
import { StoreError } from '../../storage/store-error';
import { fakeClock, hurried } from './clock';
import {
  Bench,
  DIRECTORY_BUCKET,
  OBJECT_OPERATIONS,
  ODD_KEYS,
  setupOf,
  SOURCE,
  TARGET,
  VERSIONED,
} from './operation-bench';
import type { GroupSetup } from './setup';

const grouping = OPERATIONS.filter(({ name, examples }) =>
  examples.some(({ parameters }) => parseOperation({ [name]: parameters }).bindGroup !== undefined),
);

fakeClock();

test('setups name the groups of the operations that have them', () => {
  const named = OBJECT_OPERATIONS.filter((operation) => setupOf(operation).group !== undefined);
  expect(named.map(({ name }) => name)).toEqual(grouping.map(({ name }) => name));
});

for (const operation of grouping) {
  describe(operation.name, () => {
    test('present, missing and locked objects, versions, odd keys, buckets of all kinds: as they would end one by one', async () => {
      const together = benchOf(operation);
      const tasks = manyTasks(together);
      expect(groupOf(together).tasksMax).toBeGreaterThanOrEqual(2);
      const outcomes = await performed(together, tasks);

      const singly = benchOf(operation);
      const perform = singly.bind();
      const one = (task: Task): Promise<TaskOutcome> => perform(task, new AbortController().signal);
      expect(outcomes).toEqual(await hurried(Promise.all(manyTasks(singly).map(one))));
      expect(tasks.map((task) => together.done(task))).toEqual(tasks.map((task) => singly.done(task)));
    });

    test('needs fewer requests than tasks', async () => {
      const bench = benchOf(operation);
      const { tasksMax } = groupOf(bench);
      const tasks = ['a', 'b', 'c', 'd'].map((key) => bench.seed(key)).slice(0, tasksMax);
      await performed(bench, tasks);
      expect(bench.methods().filter((method) => method === groupSetup(operation).method)).toHaveLength(1);
      expect(bench.methods().length).toBeLessThan(tasks.length);
    });

    test('a slow-down is the row of every task', async () => {
      const bench = benchOf(operation);
      bench.faults.slowDown({ method: groupSetup(operation).method, times: Infinity });
      const row = {
        status: 'failed',
        httpStatus: 503,
        errorCode: 'SlowDown',
        message: 'Please reduce your request rate.',
      };
      expect(await performed(bench, two(bench))).toEqual([row, row]);
    });

    test('a lost answer, and a lost request: every task succeeds', async () => {
      for (const lose of ['answer', 'request'] as const) {
        const bench = benchOf(operation);
        const tasks = two(bench);
        const { method } = groupSetup(operation);
        if (lose === 'answer') bench.faults.loseAnswer({ method });
        else bench.faults.fail(lost(), { method });
        expect(await performed(bench, tasks)).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded' }]);
        expect(tasks.every((task) => bench.done(task))).toBe(true);
      }
    });

    test('an unreachable store: rethrown', async () => {
      const bench = benchOf(operation);
      const tasks = two(bench);
      bench.faults.down();
      await expect(performed(bench, tasks)).rejects.toMatchObject({ storeDown: true });
    });

    test('a stop in the middle: rejects with the reason, nothing is asked afterwards', async () => {
      const bench = benchOf(operation);
      const tasks = two(bench);
      const gate = bench.faults.hold({ method: groupSetup(operation).method });
      const controller = new AbortController();
      const outcomes = groupOf(bench).perform(tasks, controller.signal);
      await gate.reached;
      const asked = bench.methods().length;
      const reason = new Error('the batch is cancelled');
      controller.abort(reason);
      await expect(outcomes).rejects.toBe(reason);
      expect(bench.methods()).toHaveLength(asked);
    });

    test('a stop before the start: rejects with the reason, no request', async () => {
      const bench = benchOf(operation);
      const reason = new Error('the batch is cancelled');
      await expect(groupOf(bench).perform(two(bench), AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(bench.methods()).toEqual([]);
    });
  });
}

function groupSetup(operation: OperationDefinition): GroupSetup {
  const { group } = setupOf(operation);
  if (group === undefined) throw new Error(`${operation.name} has no group in its setup`);
  return group;
}

function benchOf(operation: OperationDefinition): Bench {
  return new Bench(operation, { parameters: groupSetup(operation).parameters, denied: [TARGET] });
}

function groupOf(bench: Bench): ReturnType<Bench['bindGroup']> {
  return bench.bindGroup();
}

/** In requests of the group's size. */
async function performed(bench: Bench, tasks: readonly Task[]): Promise<TaskOutcome[]> {
  const group = groupOf(bench);
  const outcomes: TaskOutcome[] = [];
  for (let start = 0; start < tasks.length; start += group.tasksMax) {
    const part = tasks.slice(start, start + group.tasksMax);
    outcomes.push(...(await hurried(group.perform(part, new AbortController().signal))));
  }
  return outcomes;
}

function two(bench: Bench): Task[] {
  return ['a', 'b'].map((key) => bench.seed(key));
}

function manyTasks(bench: Bench): Task[] {
  bench.createBucket('locked', { versioned: true, objectLock: true });
  bench.createBucket(DIRECTORY_BUCKET);
  const [older, newer] = [bench.seed('v', VERSIONED), bench.seed('v', VERSIONED, { body: 'newer body' })];
  const held = { settings: { ObjectLockLegalHoldStatus: 'ON' } };
  const { versionId } = bench.store.seed('locked', 'held', 'body', held);
  return [
    ...ODD_KEYS.map((key) => bench.seed(key)),
    bench.task('a+b'),
    bench.task('missing', SOURCE),
    older,
    newer,
    bench.task('v', VERSIONED, 'v99'),
    bench.task('held', 'locked', versionId),
    bench.seed('free', 'locked'),
    bench.task('not there either', 'no-such-bucket'),
    bench.task('a', 'no-such-bucket'),
    bench.seed('a', DIRECTORY_BUCKET),
    bench.seed('a', TARGET),
  ];
}

function lost(): StoreError {
  return new StoreError('RequestTimeout', 0, 'no answer', { answerLost: true });
}
