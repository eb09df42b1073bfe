/**
 * Goal: every task that is not done gets exactly one outcome, one by one or in groups, within the limits; a stop or a fault
 * loses none that is there and invents none. Method: rows of all kinds, and performers that are held or fail as told.
 */
import fc from 'fast-check';
import { runTasks, type TaskRun } from '../../../../activities/batch/run-tasks';
import { defined } from '../../../../contracts/defined';
import { SUCCESSFUL, type Task, type TaskOutcome } from '../../../../contracts/engine/outcome';
import type { ManifestRow, RefusedOutcome } from '../../../../manifests';
import { NotYet, type PerformGroup } from '../../../../operations/operation';

const REFUSED: RefusedOutcome = { status: 'failed', httpStatus: 400, errorCode: 'InvalidRequest', message: 'no key' };

function rowsOf(count: number, refused: readonly number[] = []): ManifestRow[] {
  return Array.from({ length: count }, (_, row) => {
    const task = { bucket: 'b', key: `k${row}`, manifestKey: `k${row}`, row };
    return refused.includes(row) ? { task, refused: REFUSED } : { task };
  });
}

/** What a run has told, and has been sent. */
class Journal {
  readonly outcomes = new Map<number, TaskOutcome>();
  readonly sent: number[][] = [];
  inFlight = 0;
  inFlightMax = 0;

  onOutcome = (index: number, task: Task, outcome: TaskOutcome): void => {
    expect(task.row).toBe(index);
    expect(this.outcomes.has(index)).toBe(false);
    this.outcomes.set(index, outcome);
  };

  /** Counts tasks while `answer` is on its way. */
  async sending<T>(tasks: readonly Task[], answer: () => Promise<T>): Promise<T> {
    this.sent.push(tasks.map(({ row }) => row));
    this.inFlight += tasks.length;
    this.inFlightMax = Math.max(this.inFlightMax, this.inFlight);
    try {
      return await answer();
    } finally {
      this.inFlight -= tasks.length;
    }
  }
}

const soon = (): Promise<void> => new Promise((go) => setImmediate(go));
const messageOf = (outcome: TaskOutcome | undefined): string | undefined =>
  outcome?.status === 'succeeded' ? outcome.message : undefined;

function groupOf(journal: Journal, tasksMax: number, answer?: PerformGroup['perform']): PerformGroup {
  const easy: PerformGroup['perform'] = async (tasks) => {
    await soon();
    return tasks.map(({ key }) => ({ status: 'succeeded', httpStatus: 200, message: key }));
  };
  return { tasksMax, perform: (tasks, signal) => journal.sending(tasks, () => (answer ?? easy)(tasks, signal)) };
}

function run(journal: Journal, given: Partial<TaskRun> & Pick<TaskRun, 'rows'>): Promise<void> {
  return runTasks({
    perform: (task) =>
      journal.sending([task], async () => {
        await soon();
        return SUCCESSFUL;
      }),
    requestsInFlight: 4,
    stop: new AbortController().signal,
    giveUp: new AbortController().signal,
    isDone: () => false,
    onOutcome: journal.onOutcome,
    ...given,
  });
}

describe('in groups', () => {
  test('of tasks that are neither done nor refused', async () => {
    const journal = new Journal();
    await run(journal, {
      rows: rowsOf(10, [1, 6, 9]),
      isDone: (index) => [0, 4].includes(index),
      group: groupOf(journal, 3),
      requestsInFlight: 1,
    });
    expect(journal.sent).toEqual([
      [2, 3, 5],
      [7, 8],
    ]);
    expect([...journal.outcomes.keys()].sort()).toEqual([1, 2, 3, 5, 6, 7, 8, 9]);
    expect(journal.outcomes.get(9)).toBe(REFUSED);
    expect(messageOf(journal.outcomes.get(7))).toBe('k7');
  });

  test('only refused rows: nothing is sent', async () => {
    const journal = new Journal();
    await run(journal, { rows: rowsOf(3, [0, 1, 2]), group: groupOf(journal, 3) });
    expect(journal.sent).toEqual([]);
    expect(journal.outcomes.size).toBe(3);
  });

  test('every row once, whatever the sizes and limits', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          count: fc.integer({ min: 0, max: 60 }),
          refused: fc.array(fc.nat(59)),
          done: fc.array(fc.nat(59)),
          tasksMax: fc.integer({ min: 1, max: 20 }),
          requestsInFlight: fc.integer({ min: 1, max: 5 }),
          tasksInFlight: fc.option(fc.integer({ min: 1, max: 30 }), { nil: undefined }),
        }),
        async ({ count, refused, done, tasksMax, requestsInFlight, tasksInFlight }) => {
          const journal = new Journal();
          const rows = rowsOf(count, refused);
          await run(journal, {
            rows,
            isDone: (index) => done.includes(index),
            group: groupOf(journal, tasksMax),
            requestsInFlight,
            ...defined({ tasksInFlight }),
          });
          const open = rows.filter(({ task }) => !done.includes(task.row));
          expect([...journal.outcomes.keys()].sort()).toEqual(open.map(({ task }) => task.row).sort());
          for (const [index, outcome] of journal.outcomes) {
            if (rows[index]?.refused) expect(outcome).toBe(REFUSED);
            else expect(messageOf(outcome)).toBe(`k${index}`);
          }
          expect(journal.sent.every((tasks) => tasks.length <= tasksMax)).toBe(true);
          expect(journal.inFlightMax).toBeLessThanOrEqual(
            Math.min(tasksInFlight ?? Infinity, tasksMax * requestsInFlight),
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  test('as many at a time as requests are allowed', async () => {
    const journal = new Journal();
    await run(journal, { rows: rowsOf(100), group: groupOf(journal, 10), requestsInFlight: 3 });
    expect(journal.inFlightMax).toBe(30);
    expect(journal.sent).toHaveLength(10);
  });

  test('a limit of tasks per second counts tasks, and makes no burst of a group', async () => {
    const journal = new Journal();
    const startedAt = performance.now();
    await run(journal, { rows: rowsOf(30), group: groupOf(journal, 10), tasksPerSecond: 25 });
    // The third group of ten passes after twenty tasks.
    expect(performance.now() - startedAt).toBeGreaterThan(750);
    const slow = new Journal();
    await run(slow, { rows: rowsOf(3), group: groupOf(slow, 1_000), tasksPerSecond: 2.5 });
    expect(slow.sent).toEqual([[0, 1], [2]]);
  });

  test.each([
    ['too few', []],
    ['too many', [SUCCESSFUL, SUCCESSFUL, SUCCESSFUL]],
  ])('%s outcomes are a defect: none of them is taken', async (_, outcomes) => {
    const journal = new Journal();
    const running = run(journal, { rows: rowsOf(2), group: groupOf(journal, 2, async () => outcomes) });
    await expect(running).rejects.toThrow(`a group of 2 tasks was answered with ${outcomes.length} outcomes`);
    expect(journal.outcomes.size).toBe(0);
  });

  test('the first fault is told after the others have ended; no new group begins', async () => {
    const journal = new Journal();
    let release: () => void = () => undefined;
    const held = new Promise<void>((go) => (release = go));
    let settled = false;
    const running = run(journal, {
      rows: rowsOf(10),
      requestsInFlight: 2,
      group: groupOf(journal, 2, async (tasks) => {
        if (tasks[0]?.row === 0) throw new Error('first');
        await held;
        return tasks.map(() => SUCCESSFUL);
      }),
    }).finally(() => (settled = true));
    await soon();
    await soon();
    expect(settled).toBe(false);
    release();
    await expect(running).rejects.toThrow('first');
    expect(journal.sent).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect([...journal.outcomes.keys()]).toEqual([2, 3]);
  });

  test('stopped, no new group begins, and what is given up has no outcome', async () => {
    const journal = new Journal();
    const stop = new AbortController();
    const giveUp = new AbortController();
    const running = run(journal, {
      rows: rowsOf(10),
      requestsInFlight: 2,
      stop: stop.signal,
      giveUp: giveUp.signal,
      group: groupOf(journal, 2, (tasks, signal) => {
        if (tasks[0]?.row === 0) return soon().then(() => tasks.map(() => SUCCESSFUL));
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
      }),
    });
    stop.abort(new Error('stopped'));
    await soon();
    giveUp.abort(new Error('given up'));
    await running;
    expect([...journal.outcomes.keys()]).toEqual([0, 1]);
    expect(journal.sent).toHaveLength(2);
  });

  test('stopped while it waits for its turn, a group is not sent', async () => {
    const journal = new Journal();
    const stop = new AbortController();
    const running = run(journal, {
      rows: rowsOf(3),
      stop: stop.signal,
      tasksPerSecond: 0.1,
      group: groupOf(journal, 10),
      requestsInFlight: 1,
    });
    await soon();
    await soon();
    await soon();
    stop.abort(new Error('stopped'));
    await running;
    expect(journal.sent).toEqual([[0]]);
  });
});

describe('one by one', () => {
  test('each task once, refused ones without being sent, within both limits', async () => {
    const journal = new Journal();
    await run(journal, {
      rows: rowsOf(20, [3]),
      isDone: (index) => index === 5,
      requestsInFlight: 8,
      tasksInFlight: 3,
    });
    expect([...journal.outcomes.keys()].sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, row) => row).filter((row) => row !== 5),
    );
    expect(journal.sent.flat()).not.toContain(3);
    expect(journal.inFlightMax).toBe(3);
  });

  test('the first fault is told', async () => {
    const journal = new Journal();
    const running = run(journal, {
      rows: rowsOf(5),
      requestsInFlight: 1,
      perform: () => Promise.reject(new Error('down')),
    });
    await expect(running).rejects.toThrow('down');
    expect(journal.outcomes.size).toBe(0);
  });
});

describe('tasks whose time has not come', () => {
  const waits = (row: number): NotYet => new NotYet(row < 3 ? 'their turn' : 'a restore', row === 4 ? 60_000 : 600_000);
  const perform = async ({ row }: Task): Promise<TaskOutcome> => {
    await soon();
    if (row % 2 === 0 || row === 1) throw waits(row);
    return SUCCESSFUL;
  };

  test('keep no other from its outcome, and are told together, with the first look that is due', async () => {
    const journal = new Journal();
    const waiting = await run(journal, { rows: rowsOf(8), perform }).catch((error: unknown) => error);
    expect([...journal.outcomes.keys()].sort()).toEqual([3, 5, 7]);
    expect(waiting).toMatchObject({ name: 'NotYet', lookAgainInMs: 60_000 });
    expect(waiting).toHaveProperty(
      'message',
      expect.stringMatching(/^3 of 8 wait for their turn; 2 of 8 wait for a restore\. Next look 20..-..-.. ..:.. UTC$/),
    );
  });

  test('are nothing to tell when the batch is stopped, nor beside a fault', async () => {
    const stop = new AbortController();
    const stopping = async (task: Task): Promise<TaskOutcome> => {
      stop.abort();
      return perform(task);
    };
    await expect(
      run(new Journal(), { rows: rowsOf(8), perform: stopping, stop: stop.signal }),
    ).resolves.toBeUndefined();
    const fault = new Error('store down');
    const failing = (task: Task): Promise<TaskOutcome> => (task.row === 7 ? Promise.reject(fault) : perform(task));
    await expect(run(new Journal(), { rows: rowsOf(8), perform: failing })).rejects.toBe(fault);
  });
});
