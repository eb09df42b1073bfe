import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { SyntheticEvent } from 'react';
import type { Job } from '../../client/api';
import { createSchedule } from '../../client/schedules';
import { Dialog } from '../../parts/dialog';
import { textIn } from '../../parts/form-text';
import { Problem } from '../../parts/problem';
import { templateOf } from './request';

interface ScheduleDialogProps {
  readonly request: NonNullable<Job['request']>;
  readonly onClose: () => void;
}

/** The same again, whenever it is due. */
export function ScheduleDialog({ request, onClose }: ScheduleDialogProps) {
  const navigate = useNavigate();
  const make = useMutation({ mutationFn: createSchedule, onSuccess: () => navigate({ to: '/schedules' }) });
  const submit = (given: SyntheticEvent<HTMLFormElement>): void => {
    given.preventDefault();
    const form = given.currentTarget;
    const of = (name: string): string => textIn(form, name).trim();
    make.mutate({
      scheduleId: of('scheduleId'),
      spec: { Cron: of('cron'), TimeZone: of('timeZone') },
      template: templateOf(request),
    });
  };
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  return (
    <Dialog title="On a schedule" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>A job with this request is made whenever it is due, of the manifest or source as it is then.</p>
        {make.error !== null && <Problem error={make.error} />}
        <div className="field">
          <label htmlFor="scheduleId">Name</label>
          <input id="scheduleId" name="scheduleId" required pattern="[A-Za-z0-9_.\-]{1,64}" autoCapitalize="none" />
        </div>
        <div className="field">
          <label htmlFor="cron">When, as cron: minute hour day month weekday</label>
          <input id="cron" name="cron" required defaultValue="0 2 * * *" className="mono" />
        </div>
        <div className="field">
          <label htmlFor="timeZone">Time zone of it</label>
          <input id="timeZone" name="timeZone" required defaultValue={zone} />
        </div>
        <div className="row">
          <button type="submit" className="button button-main" disabled={make.isPending}>
            Make the schedule
          </button>
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
        </div>
      </form>
    </Dialog>
  );
}
