import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { actOnSchedule, type Schedule, type ScheduleAction, scheduleQuery } from '../../client/schedules';
import { Dialog } from '../../parts/dialog';
import { Problem } from '../../parts/problem';
import { Status } from '../../parts/status';
import { Time } from '../../parts/time';
import { specText } from './spec-text';

interface ScheduleCardProps {
  readonly schedule: Schedule;
  readonly mayChange: boolean;
}

const NEXT_SHOWN = 3;

export function ScheduleCard({ schedule, mayChange }: ScheduleCardProps) {
  const { scheduleId, operation, description, spec, overlap, paused, note, nextRunTimes } = schedule;
  const [isOpen, setIsOpen] = useState(false);
  return (
    <section className="card stack" aria-label={scheduleId}>
      <div className="row row-apart">
        <div>
          <h2>{scheduleId}</h2>
          <p className="muted small">
            {description ?? operation} · {specText(spec)} · when the former run has not ended: {overlap}
          </p>
        </div>
        {mayChange && <ScheduleActions schedule={schedule} />}
      </div>
      {paused ? (
        <p>{note === undefined || note === 'Paused' ? 'Paused' : `Paused: ${note}`}. No run is due.</p>
      ) : (
        <p>
          Next:{' '}
          {nextRunTimes.length === 0
            ? 'none'
            : nextRunTimes.slice(0, NEXT_SHOWN).map((time, index) => (
                <span key={time}>
                  {index > 0 && ', '}
                  <Time at={time} />
                </span>
              ))}
        </p>
      )}
      <details onToggle={({ currentTarget }) => setIsOpen(currentTarget.open)}>
        <summary>Last runs</summary>
        {isOpen && <Runs scheduleId={scheduleId} />}
      </details>
    </section>
  );
}

function Runs({ scheduleId }: { readonly scheduleId: string }) {
  const { data, error } = useQuery(scheduleQuery(scheduleId));
  if (data === undefined) return error === null ? <p className="muted">Reading …</p> : <Problem error={error} />;
  if (data.runs.length === 0) return <p className="muted">None yet.</p>;
  return (
    <ul className="stack-close">
      {data.runs.map(({ startedAt, jobId, status, failure }) => (
        <li key={startedAt}>
          <Time at={startedAt} /> <Status status={status} />{' '}
          {jobId !== undefined && (
            <Link to="/jobs/$jobId" params={{ jobId }}>
              its job
            </Link>
          )}
          {failure !== undefined && <span className="bad"> {failure.message}</span>}
        </li>
      ))}
    </ul>
  );
}

function ScheduleActions({ schedule: { scheduleId, paused } }: Pick<ScheduleCardProps, 'schedule'>) {
  const queries = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  const change = useMutation({
    mutationFn: (action: ScheduleAction) => actOnSchedule(action, scheduleId),
    onSuccess: async () => {
      setIsAsked(false);
      await queries.invalidateQueries({ queryKey: ['schedules'] });
      await queries.invalidateQueries({ queryKey: ['schedule', scheduleId] });
    },
  });
  const button = (action: ScheduleAction, text: string) => (
    <button type="button" className="button" disabled={change.isPending} onClick={() => change.mutate(action)}>
      {text}
    </button>
  );
  return (
    <div className="stack-close">
      <div className="row">
        {button('run', 'Run now')}
        {paused ? button('resume', 'Resume') : button('pause', 'Pause')}
        <button type="button" className="button" onClick={() => setIsAsked(true)}>
          Delete
        </button>
      </div>
      {change.error !== null && !isAsked && <Problem error={change.error} />}
      {isAsked && (
        <Dialog title={`Delete the schedule ${scheduleId}`} onClose={() => setIsAsked(false)}>
          <p>No more jobs are made of it. A job that is running goes on.</p>
          {change.error !== null && <Problem error={change.error} />}
          <div className="row">
            <button type="button" className="button button-danger" onClick={() => change.mutate('delete')}>
              Delete it
            </button>
            <button type="button" className="button" onClick={() => setIsAsked(false)}>
              Keep it
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}
