import { Link } from '@tanstack/react-router';
import type { Job } from '../../client/api';
import { grouped } from '../../parts/numbers';
import { ProgressBar } from '../../parts/progress-bar';
import { Status } from '../../parts/status';
import { Time } from '../../parts/time';

export function JobTable({ jobs }: { readonly jobs: readonly Job[] }) {
  return (
    <div className="card table-frame" role="region" aria-label="List of jobs" tabIndex={0}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Status</th>
            <th scope="col" className="jobs-progress">
              Progress
            </th>
            <th scope="col" className="number">
              Failed
            </th>
            <th scope="col" className="wide-only number">
              Priority
            </th>
            <th scope="col" className="wide-only">
              Created
            </th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((job) => (
            <JobRow key={job.jobId} job={job} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function JobRow({ job }: { readonly job: Job }) {
  const { jobId, description, operation, status, waitingFor, progress, priority, createdAt } = job;
  return (
    <tr>
      <th scope="row" className="jobs-name">
        <Link to="/jobs/$jobId" params={{ jobId }}>
          {description ?? operation}
        </Link>
        <div className="muted small">
          {description !== undefined && `${operation} · `}
          <span className="mono">{jobId.slice(0, 8)}</span>
        </div>
      </th>
      <td>
        <Status status={status} />
        {waitingFor !== undefined && <div className="muted small jobs-waiting">{waitingFor}</div>}
      </td>
      <td>
        <ProgressBar progress={progress} />
        <div className="muted small">{doneText(job)}</div>
      </td>
      <td className={progress.failed > 0 ? 'number bad' : 'number'}>
        {progress.failed > 0 ? <strong>{grouped(progress.failed)}</strong> : '0'}
      </td>
      <td className="wide-only number">{priority}</td>
      <td className="wide-only">
        <Time at={createdAt} />
      </td>
    </tr>
  );
}

function doneText({ progress, preparing }: Job): string {
  const { totalTasks, succeeded, failed } = progress;
  if (totalTasks !== undefined) return `${grouped(succeeded + failed)} of ${grouped(totalTasks)}`;
  return preparing === undefined ? 'not counted yet' : `${grouped(preparing.read)} rows read`;
}
