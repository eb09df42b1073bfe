import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense } from 'react';
import type { Job } from '../../client/api';
import { type Sample, samplesQuery } from '../../client/samples';
import { inTasks } from '../../parts/numbers';
import { Time } from '../../parts/time';
import { duration } from '../../parts/times';
import { type RatePoint, ratesOf, secondsLeft } from './rates';

const NONE: readonly Sample[] = [];

/** Most jobs are looked at when they have ended: the chart's library is fetched for the others. */
const RateChart = lazy(async () => ({ default: (await import('./rate-chart')).RateChart }));

/** How fast tasks are done, since the page is open, and when that will be all. */
export function Rate({ job }: { readonly job: Job }) {
  const { data: samples = NONE } = useQuery(samplesQuery(job.jobId));
  const { totalTasks, succeeded, failed, activeSeconds } = job.progress;
  const done = succeeded + failed;
  const points = ratesOf(samples);
  const present = job.status === 'Active' ? points.at(-1)?.tasksPerSecond : undefined;
  const left = totalTasks === undefined ? undefined : secondsLeft(totalTasks - done, present);
  return (
    <section className="card stack" aria-labelledby="rate-title">
      <h2 id="rate-title">Rate</h2>
      <dl className="facts">
        {present !== undefined && <Fact name="Now" value={`${inTasks(present)} tasks/s`} />}
        {activeSeconds > 0 && <Fact name="On average" value={`${inTasks(done / activeSeconds)} tasks/s`} />}
        {job.limits.TasksPerSecond !== undefined && (
          <Fact name="Limit" value={`${inTasks(job.limits.TasksPerSecond)} tasks/s`} />
        )}
        <Fact name="Active for" value={duration(activeSeconds)} />
        {left !== undefined && <Fact name="Left at this rate" value={`about ${duration(left)}`} />}
      </dl>
      {points.length > 1 && (
        <>
          <Suspense fallback={<div className="chart" />}>
            <RateChart points={points} />
          </Suspense>
          <RateTable points={points} />
        </>
      )}
    </section>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

/** The chart for those who do not see it. */
function RateTable({ points }: { readonly points: readonly RatePoint[] }) {
  return (
    <details>
      <summary className="small">The same as a table</summary>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col" className="number">
              Tasks/s
            </th>
            <th scope="col" className="number">
              Limit
            </th>
          </tr>
        </thead>
        <tbody>
          {everyTenth(points).map(({ atMs, tasksPerSecond, limit }) => (
            <tr key={atMs}>
              <td>
                <Time at={atMs} precise />
              </td>
              <td className="number">{inTasks(tasksPerSecond)}</td>
              <td className="number">{limit === undefined ? 'none' : inTasks(limit)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}

function everyTenth(points: readonly RatePoint[]): RatePoint[] {
  return points.filter((_point, index) => index % 10 === 0 || index === points.length - 1);
}
