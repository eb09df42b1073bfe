import type { Job } from '../../client/api';
import { grouped } from '../../parts/numbers';
import { Time } from '../../parts/time';
import { duration, localTime } from '../../parts/times';
import { axisEnd, type RatePoint, ratesOf, type Sample, secondsLeft } from './samples';

interface RateProps {
  readonly job: Job;
  readonly samples: readonly Sample[];
}

/** How fast tasks are done, since the page is open, and when that will be all. */
export function Rate({ job, samples }: RateProps) {
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
      {points.length > 1 && <Chart points={points} limit={job.limits.TasksPerSecond} />}
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

const WIDTH = 600;
const HEIGHT = 140;

interface ChartProps {
  readonly points: readonly RatePoint[];
  readonly limit: number | undefined;
}

function Chart({ points, limit }: ChartProps) {
  const [first, last] = [points[0]?.atMs ?? 0, points.at(-1)?.atMs ?? 0];
  const end = axisEnd(Math.max(limit ?? 0, ...points.map(({ tasksPerSecond }) => tasksPerSecond)));
  const x = (atMs: number): number => (WIDTH * (atMs - first)) / Math.max(last - first, 1);
  const y = (rate: number): number => HEIGHT - (HEIGHT * rate) / end;
  const line = points.map(({ atMs, tasksPerSecond }) => `${x(atMs).toFixed(1)},${y(tasksPerSecond).toFixed(1)}`);
  return (
    <figure className="chart">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {limit !== undefined && <line className="chart-limit" x1="0" x2={WIDTH} y1={y(limit)} y2={y(limit)} />}
        <polyline className="chart-line" points={line.join(' ')} />
      </svg>
      <figcaption className="row row-apart small muted">
        <Time at={first} precise />
        <span>
          0 to {inTasks(end)} tasks/s{limit !== undefined && '; dashed: the limit'}
        </span>
        <Time at={last} precise />
      </figcaption>
      <details>
        <summary className="small">The same as a table</summary>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" className="number">
                Tasks/s
              </th>
            </tr>
          </thead>
          <tbody>
            {everyTenth(points).map(({ atMs, tasksPerSecond }) => (
              <tr key={atMs}>
                <td>{localTime(new Date(atMs), true)}</td>
                <td className="number">{inTasks(tasksPerSecond)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </figure>
  );
}

function everyTenth(points: readonly RatePoint[]): RatePoint[] {
  return points.filter((_point, index) => index % 10 === 0 || index === points.length - 1);
}

function inTasks(rate: number): string {
  return rate >= 10 ? grouped(Math.round(rate)) : String(Math.round(rate * 100) / 100);
}
