import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { Job } from '../../client/api';
import { act } from '../../client/jobs';
import { Dialog } from '../../parts/dialog';
import { type Action, ACTIONS, canBe } from '../../parts/lifecycle';
import { counted } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { ScheduleDialog } from './schedule-dialog';

const LABELS: Readonly<Record<Action, string>> = {
  confirm: 'Confirm: run it',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry failed tasks',
};

/** What can be done to the job as it is now. What can't be taken back is asked back. */
export function JobActions({ job }: { readonly job: Job }) {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'confirm' | 'cancel'>();
  const change = useMutation({
    mutationFn: (action: Action) => act(action, job.jobId),
    onSuccess: async (made) => {
      setAsked(undefined);
      await queries.invalidateQueries({ queryKey: ['job', job.jobId] });
      if (made !== undefined) await navigate({ to: '/jobs/$jobId', params: { jobId: made } });
    },
  });
  const [isScheduling, setIsScheduling] = useState(false);
  const start = (action: Action): void => {
    change.reset();
    if (action === 'confirm' || action === 'cancel') setAsked(action);
    else change.mutate(action);
  };
  return (
    <div className="stack-close">
      <div className="row">
        {ACTIONS.filter((action) => canBe(action, job)).map((action) => (
          <button
            key={action}
            type="button"
            className={action === 'confirm' ? 'button button-main' : 'button'}
            disabled={change.isPending}
            onClick={() => start(action)}
          >
            {LABELS[action]}
            {action === 'retry' && ` (${counted(job.progress.failed, 'task')})`}
          </button>
        ))}
        <Link className="button" to="/new" search={{ like: job.jobId }}>
          Make another like this
        </Link>
        <button type="button" className="button" onClick={() => setIsScheduling(true)}>
          On a schedule
        </button>
      </div>
      {isScheduling && job.request !== undefined && (
        <ScheduleDialog request={job.request} onClose={() => setIsScheduling(false)} />
      )}
      {change.error !== null && asked === undefined && <Problem error={change.error} />}
      {asked !== undefined && (
        <Dialog title={asked === 'cancel' ? 'Cancel this job' : 'Confirm this job'} onClose={() => setAsked(undefined)}>
          <p>{asked === 'cancel' ? cancelText(job) : confirmText(job)}</p>
          {change.error !== null && <Problem error={change.error} />}
          <div className="row">
            <button
              type="button"
              className={asked === 'cancel' ? 'button button-danger' : 'button button-main'}
              disabled={change.isPending}
              onClick={() => change.mutate(asked)}
            >
              {asked === 'cancel' ? 'Cancel the job' : `Run it on ${counted(job.progress.totalTasks ?? 0, 'object')}`}
            </button>
            <button type="button" className="button" onClick={() => setAsked(undefined)}>
              Leave it as it is
            </button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

function cancelText({ progress: { totalTasks, succeeded, failed } }: Job): string {
  const left =
    totalTasks === undefined ? '' : ` ${counted(totalTasks - succeeded - failed, 'task')} will not be tried.`;
  return `A cancelled job can't go on.${left} What is done stays done, and is in the report.`;
}

function confirmText({ operation, progress: { totalTasks = 0 } }: Job): string {
  return `${operation} will be carried out on ${counted(totalTasks, 'object')}, with the parameters shown below.`;
}
