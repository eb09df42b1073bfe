import type { Task, TaskOutcome } from '../contracts/outcome';
import type { ManifestRow } from '../manifests';
import type { PerformTask } from '../operations/operation';
import { Pace } from './pace';

export interface TaskRun {
  readonly rows: readonly ManifestRow[];
  readonly perform: PerformTask;
  readonly requestsInFlight: number;
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
 * rejects with the first error that is not about one object, after the others have ended.
 */
export async function runTasks(run: TaskRun): Promise<void> {
  let next = 0;
  const faults: unknown[] = [];
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
        // Of a stopped batch, what has no outcome is done again when it goes on: nothing to tell.
        if (!isStopped()) faults.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(run.requestsInFlight, run.rows.length) }, lane));
  if (faults.length > 0) throw faults[0];
}
