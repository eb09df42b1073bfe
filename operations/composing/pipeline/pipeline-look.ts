import type { Found } from '../../../contracts/engine/waiting';
import type { LookAtWaiting, LookContext, WaitingTask } from '../../operation';
import { type Step, stepLabel } from '../step';
import { failedAt } from './pipeline-outcome';

/** Each step looks at the tasks that wait in it. */
export function bindLookAtSteps(steps: readonly Step[]): (context: LookContext) => LookAtWaiting {
  return (context) => {
    const looks = steps.map(({ operation }) => operation.bindLook?.(context));
    return async (tasks, signal) => {
      const found = new Map<WaitingTask, Found>();
      for (const [index, step] of steps.entries()) {
        const waiting = tasks.filter((task) => task.waiting.step?.step === index);
        if (waiting.length === 0) continue;
        const seen = (await looks[index]?.(waiting, signal)) ?? [];
        for (const [at, task] of waiting.entries()) {
          const what = seen[at];
          if (what !== undefined) found.set(task, named(what, stepLabel(step, index)));
        }
      }
      return tasks.map((task) => found.get(task));
    };
  };
}

function named(what: Found, label: string): Found {
  return 'outcome' in what ? { outcome: failedAt(label, what.outcome) } : what;
}
