import './job.css';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { Job } from '../../client/api';
import { jobQuery } from '../../client/jobs';
import { useMayChange } from '../../parts/may-change';
import { grouped, percent } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { ProgressBar } from '../../parts/progress-bar';
import { Status } from '../../parts/status';
import { Time } from '../../parts/time';
import { timesIn } from '../../parts/times-in-text';
import { Facts } from './facts';
import { Failures } from './failures';
import { JobActions } from './job-actions';
import { Rate } from './rate';
import { Report, type ReportFilter } from './report';
import { Settings } from './settings';
import { Timeline } from './timeline';

const route = getRouteApi('/jobs/$jobId');

export function JobPage() {
  const { jobId } = route.useParams();
  const { data: job, error, dataUpdatedAt } = useQuery(jobQuery(jobId));
  if (job !== undefined) return <Shown key={jobId} job={job} nowMs={dataUpdatedAt} />;
  return (
    <div className="stack">
      <title>Job · Drover</title>
      <h1>Job</h1>
      {error === null ? <p className="muted">Reading …</p> : <Problem error={error} />}
    </div>
  );
}

interface ShownProps {
  readonly job: Job;
  /** When the job was looked at. */
  readonly nowMs: number;
}

function Shown({ job, nowMs }: ShownProps) {
  const mayChange = useMayChange();
  const [filter, setFilter] = useState<ReportFilter>({ rows: job.progress.failed > 0 ? 'failed' : 'succeeded' });
  const choose = (code: string): void => {
    setFilter({ rows: 'failed', code });
    document.getElementById('report')?.scrollIntoView();
  };
  return (
    <div className="stack">
      <title>{`${job.description ?? job.operation} · Drover`}</title>
      <nav aria-label="Place" className="small">
        <Link to="/jobs">Jobs</Link>
      </nav>
      <header className="row row-apart">
        <div>
          <h1>{job.description ?? job.operation}</h1>
          <p className="muted small">
            {job.operation} · <span className="mono job-id">{job.jobId}</span>
          </p>
        </div>
        {mayChange && <JobActions job={job} />}
      </header>
      <State job={job} nowMs={nowMs} />
      <div className="columns">
        <Rate job={job} />
        <Settings job={job} mayChange={mayChange} />
      </div>
      <Failures job={job} onChoose={choose} />
      <div className="columns">
        <Facts job={job} />
        <Timeline job={job} nowMs={nowMs} />
      </div>
      <Report job={job} filter={filter} onFilter={setFilter} />
    </div>
  );
}

/** How it stands: in one glance, live. */
function State({ job, nowMs }: ShownProps) {
  const { status, waitingFor, pausedBy, progress, preparing, failureReasons } = job;
  const { totalTasks, succeeded, failed, skipped, pending } = progress;
  return (
    <section className="card stack" aria-label="State">
      <div className="row">
        <strong>
          <Status status={status} />
        </strong>
        {totalTasks !== undefined && <span>{percent(succeeded + failed, totalTasks)}</span>}
        {pausedBy === 'priority' && <span className="muted">Jobs of higher priority run: it goes on by itself.</span>}
      </div>
      <ProgressBar progress={progress} />
      <dl className="facts">
        <Count name="Tasks" count={totalTasks} />
        <Count name="Succeeded" count={succeeded} />
        <Count name="Skipped among them" count={skipped} />
        <Count name="Failed" count={failed} isBad={failed > 0} />
        {pending > 0 && <Count name="Awaited" count={pending} />}
        {totalTasks === undefined && preparing !== undefined && (
          <>
            <Count name="Rows read" count={preparing.read} />
            <Count name="Rows that match" count={preparing.rows} />
          </>
        )}
      </dl>
      {waitingFor !== undefined && (
        <p className="notice">
          Waits for:{' '}
          {timesIn(waitingFor, nowMs).map((piece) =>
            typeof piece === 'number' ? <Time key={piece} at={piece} /> : <span key={piece}>{piece}</span>,
          )}
        </p>
      )}
      {failureReasons.map(({ FailureCode, FailureReason, Advice }) => (
        <div key={FailureCode} className="problem">
          <strong>{FailureReason}</strong>
          {Advice !== undefined && <p>{Advice}</p>}
          <p className="small muted">{FailureCode}</p>
        </div>
      ))}
    </section>
  );
}

interface CountProps {
  readonly name: string;
  readonly count: number | undefined;
  readonly isBad?: boolean;
}

function Count({ name, count, isBad = false }: CountProps) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={isBad ? 'bad' : undefined}>{count === undefined ? 'not known yet' : grouped(count)}</dd>
    </div>
  );
}
