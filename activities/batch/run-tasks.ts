import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import type { ManifestRow } from '../../manifests';
import { NotYet, type PerformGroup, type PerformTask } from '../../operations/operation';
import { Pace } from './pace';

export interface TaskRun {
  readonly rows: readonly ManifestRow[];
  readonly perform: PerformTask;
  /** Present: tasks are carried out by this instead, several in one request. */
  readonly group?: PerformGroup;
  readonly requestsInFlight: number;
  /** Tasks at a time; absent: as many as the requests take. */
  readonly tasksInFlight?: number;
  /** Tasks begun in a second at the most; absent: as many as can be. */
  readonly tasksPerSecond?: number;
  /** No new task is begun after this. */
  readonly stop: AbortSignal;
  /** Running requests are given up after this: later than `stop`, so that most of them can end by themselves. */
  readonly giveUp: AbortSignal;
  readonly isDone: (index: number) => boolean;
  readonly onOutcome: (index: number, task: Task, outcome: TaskOutcome) => void;
}

/**
 * Carries out the tasks that are not done, a number of them at a time. Resolves when all are done or `stop` was raised;
 * rejects with the first error that is not about one object, after the others have ended; else with `NotYet` when the time of
 * some has not come.
 */
export function runTasks(run: TaskRun): Promise<void> {
  return run.group === undefined ? runOneByOne(run) : runInGroups(run, run.group);
}

async function runOneByOne(run: TaskRun): Promise<void> {
  let next = 0;
  const faults: unknown[] = [];
  const waiting: NotYet[] = [];
  const isStopped = (): boolean => run.stop.aborted;
  const pace = run.tasksPerSecond === undefined ? undefined : new Pace(run.tasksPerSecond);
  const lane = async (): Promise<void> => {
    while (next < run.rows.length && !isStopped() && faults.length === 0) {
      const index = next++;
      const row = run.rows[index];
      if (!row || run.isDone(index)) continue;
      try {
        if (pace) await pace.pass(run.stop);
        run.onOutcome(index, row.task, row.refused ?? (await run.perform(row.task, run.giveUp)));
      } catch (error) {
        // A stopped batch does tasks without an outcome again when it goes on: nothing to tell.
        if (error instanceof NotYet) waiting.push(error);
        else if (!isStopped()) faults.push(error);
      }
    }
  };
  const lanes = Math.min(run.requestsInFlight, run.tasksInFlight ?? Infinity, run.rows.length);
  await Promise.all(Array.from({ length: lanes }, lane));
  if (faults.length > 0) throw faults[0];
  if (waiting.length > 0 && !isStopped()) throw together(waiting, run.rows.length);
}

/** One for all: the first look that is due is that of the batch. */
function together(waiting: readonly NotYet[], rows: number): NotYet {
  const counts = new Map<string, number>();
  for (const { message } of waiting) counts.set(message, (counts.get(message) ?? 0) + 1);
  const inMs = waiting.reduce((least, { lookAgainInMs }) => Math.min(least, lookAgainInMs), Infinity);
  const parts = [...counts].map(([message, count]) => `${count} of ${rows} wait for ${message}`);
  const at = new Date(Date.now() + inMs).toISOString().slice(0, 16).replace('T', ' ');
  return new NotYet(`${parts.join('; ')}. Next look ${at} UTC`, inMs);
}

/** As `runOneByOne`, a group of tasks instead of each one. */
async function runInGroups(run: TaskRun, group: PerformGroup): Promise<void> {
  const tasksInFlight = run.tasksInFlight ?? Infinity;
  const size = groupSize(run, group);
  const faults: unknown[] = [];
  const isStopped = (): boolean => run.stop.aborted;
  const pace = run.tasksPerSecond === undefined ? undefined : new Pace(run.tasksPerSecond);
  const take = taker(run, size);
  const lane = async (): Promise<void> => {
    while (!isStopped() && faults.length === 0) {
      try {
        const { indexes, tasks } = take();
        if (tasks.length === 0) return;
        if (pace) await pace.pass(run.stop, tasks.length);
        const outcomes = await group.perform(tasks, run.giveUp);
        tellAll(run, indexes, tasks, outcomes);
      } catch (error) {
        if (!isStopped()) faults.push(error);
      }
    }
  };
  const lanes = Math.min(run.requestsInFlight, Math.floor(tasksInFlight / size), Math.ceil(run.rows.length / size));
  await Promise.all(Array.from({ length: lanes }, lane));
  if (faults.length > 0) throw faults[0];
}

/** A second's worth at most, so that a limit is felt as a rate and not as bursts. */
function groupSize(
  { tasksInFlight = Infinity, tasksPerSecond = Infinity }: TaskRun,
  { tasksMax }: PerformGroup,
): number {
  return Math.max(1, Math.min(tasksMax, Math.floor(tasksInFlight), Math.floor(tasksPerSecond)));
}

/** Each call gives the next tasks that are to be sent: none when there are no more. Refused rows get their outcome on the way. */
function taker(run: TaskRun, size: number): () => { indexes: number[]; tasks: Task[] } {
  let next = 0;
  return () => {
    const indexes: number[] = [];
    const tasks: Task[] = [];
    while (next < run.rows.length && tasks.length < size) {
      const index = next++;
      const row = run.rows[index];
      if (!row || run.isDone(index)) continue;
      if (row.refused) {
        run.onOutcome(index, row.task, row.refused);
        continue;
      }
      indexes.push(index);
      tasks.push(row.task);
    }
    return { indexes, tasks };
  };
}

function tellAll(
  run: TaskRun,
  indexes: readonly number[],
  tasks: readonly Task[],
  outcomes: readonly TaskOutcome[],
): void {
  // To guess which outcome is whose would be wrong about an object.
  if (outcomes.length !== tasks.length) {
    throw new Error(`a group of ${tasks.length} tasks was answered with ${outcomes.length} outcomes`);
  }
  for (const [at, outcome] of outcomes.entries()) {
    const index = indexes[at];
    const task = tasks[at];
    if (index !== undefined && task !== undefined) run.onOutcome(index, task, outcome);
  }
}
