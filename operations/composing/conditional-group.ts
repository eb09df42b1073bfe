import type { Task, TaskOutcome } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { inLanes } from '../../storage/http/in-lanes';
import type { PerformGroup } from '../operation';
import type { DecideBeforehand } from './desired-state';

/** Decides on each task by itself, some at a time; those that are left over are carried out together. */
export function decidedBeforehand(group: PerformGroup, decide: DecideBeforehand): PerformGroup {
  return {
    tasksMax: group.tasksMax,
    async perform(tasks, signal) {
      const outcomes = new Array<TaskOutcome | undefined>(tasks.length);
      await inLanes(tasks, LIMITS.batch.groupLooksInFlight, signal, async (task, index, lane) => {
        outcomes[index] = await decide(task, lane);
      });
      const left = tasks.flatMap((task, index) => (outcomes[index] === undefined ? [{ task, index }] : []));
      const done = await performAll(
        group,
        left.map(({ task }) => task),
        signal,
      );
      for (const [place, { index }] of left.entries()) outcomes[index] = done[place];
      return outcomes as TaskOutcome[];
    },
  };
}

async function performAll(
  group: PerformGroup,
  tasks: readonly Task[],
  signal: AbortSignal,
): Promise<readonly TaskOutcome[]> {
  if (tasks.length === 0) return [];
  const outcomes = await group.perform(tasks, signal);
  if (outcomes.length === tasks.length) return outcomes;
  throw new Error(`${tasks.length} tasks were carried out together, ${outcomes.length} outcomes came back`);
}
