import type { Job } from '../client/api';
import { grouped, percent } from './numbers';

/** Tasks that are done, as a bar, and in words for those who do not see it. */
export function ProgressBar({ progress }: Pick<Job, 'progress'>) {
  const { totalTasks, succeeded, failed, pending } = progress;
  const whole = Math.max(totalTasks ?? 0, 1);
  const parts = [
    { name: 'good', count: succeeded },
    { name: 'bad', count: failed },
    { name: 'waits', count: pending },
  ];
  let from = 0;
  const rects = parts.map(({ name, count }) => {
    const width = (100 * count) / whole;
    const x = from;
    from += width;
    return { name, x, width };
  });
  return (
    <svg className="bar" viewBox="0 0 100 1" preserveAspectRatio="none" role="img" aria-label={inWords(progress)}>
      {rects
        .filter(({ width }) => width > 0)
        .map(({ name, x, width }) => (
          <rect key={name} className={`bar-${name}`} x={x} width={width} height="1" />
        ))}
    </svg>
  );
}

function inWords({ totalTasks, succeeded, failed, pending }: Job['progress']): string {
  if (totalTasks === undefined) return 'Not counted yet';
  const waited = pending === 0 ? '' : `, ${grouped(pending)} awaited`;
  return `${percent(succeeded + failed, totalTasks)} of ${grouped(totalTasks)}: ${grouped(succeeded)} succeeded, ${grouped(failed)} failed${waited}`;
}
