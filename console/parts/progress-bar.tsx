import type { Job } from '../client/api';
import { grouped, percent } from './numbers';
import { StackedBar } from './stacked-bar';

/** Tasks that are done, as a bar, and in words for those who do not see it. */
export function ProgressBar({ progress }: Pick<Job, 'progress'>) {
  const { totalTasks, succeeded, failed, pending } = progress;
  const whole = Math.max(totalTasks ?? 0, 1);
  return (
    <StackedBar
      label={inWords(progress)}
      parts={[
        { mood: 'good', share: succeeded / whole },
        { mood: 'bad', share: failed / whole },
        { mood: 'waits', share: pending / whole },
      ]}
    />
  );
}

function inWords({ totalTasks, succeeded, failed, pending }: Job['progress']): string {
  if (totalTasks === undefined) return 'Not counted yet';
  const waited = pending === 0 ? '' : `, ${grouped(pending)} awaited`;
  return `${percent(succeeded + failed, totalTasks)} of ${grouped(totalTasks)}: ${grouped(succeeded)} succeeded, ${grouped(failed)} failed${waited}`;
}
