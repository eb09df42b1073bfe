import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';
import { type AllPaused, pauseAll, pauseQuery, resumeAll } from '../../client/pause';
import { Dialog } from '../../parts/dialog';
import { textIn } from '../../parts/form-text';
import { counted } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { Time } from '../../parts/time';

/** The pause of all jobs of the account: whether there is one, its beginning and its end. */
export function PauseAll({ mayChange }: { readonly mayChange: boolean }) {
  const { data: pause } = useQuery(pauseQuery);
  const queries = useQueryClient();
  const [isAsked, setIsAsked] = useState(false);
  const change = useMutation({
    mutationFn: (reason: string | undefined) => (reason === undefined ? resumeAll() : pauseAll(reason)),
    onSuccess: async (now) => {
      setIsAsked(false);
      queries.setQueryData(pauseQuery.queryKey, now);
      await queries.invalidateQueries({ queryKey: ['jobs'] });
      await queries.invalidateQueries({ queryKey: ['job-counts'] });
    },
  });
  if (pause === undefined) return null;
  return (
    <>
      {pause.paused && (
        <div className="notice row" role="status">
          <Paused pause={pause} />
          {mayChange && (
            <button
              type="button"
              className="button"
              disabled={change.isPending}
              onClick={() => change.mutate(undefined)}
            >
              Resume everything
            </button>
          )}
        </div>
      )}
      {!pause.paused && mayChange && (
        <button type="button" className="button" onClick={() => setIsAsked(true)}>
          Pause everything
        </button>
      )}
      {change.error !== null && !isAsked && <Problem error={change.error} />}
      {isAsked && (
        <Question
          error={change.error}
          isPending={change.isPending}
          onPause={(reason) => change.mutate(reason)}
          onClose={() => setIsAsked(false)}
        />
      )}
    </>
  );
}

function Paused({ pause: { since, reason, jobsAtWork } }: { readonly pause: AllPaused }) {
  return (
    <span>
      <strong>All jobs are paused</strong>
      {since !== undefined && (
        <>
          {' '}
          since <Time at={since} />
        </>
      )}
      {reason !== undefined && `: ${reason}`}.
      {jobsAtWork > 0 &&
        ` ${counted(jobsAtWork, 'job')} still ${jobsAtWork === 1 ? 'has' : 'have'} requests under way.`}
    </span>
  );
}

interface QuestionProps {
  readonly error: Error | null;
  readonly isPending: boolean;
  readonly onPause: (reason: string) => void;
  readonly onClose: () => void;
}

function Question({ error, isPending, onPause, onClose }: QuestionProps) {
  const submit = (given: SyntheticEvent<HTMLFormElement>): void => {
    given.preventDefault();
    onPause(textIn(given.currentTarget, 'reason').trim());
  };
  return (
    <Dialog title="Pause everything" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <p>
          No job of the account sends requests any more, and jobs that are made later wait, too, until everything is
          resumed.
        </p>
        {error !== null && <Problem error={error} />}
        <div className="field">
          <label htmlFor="reason">Reason, shown to all who look</label>
          <input id="reason" name="reason" maxLength={256} />
        </div>
        <div className="row">
          <button type="submit" className="button button-danger" disabled={isPending}>
            Pause all jobs
          </button>
          <button type="button" className="button" onClick={onClose}>
            Leave them as they are
          </button>
        </div>
      </form>
    </Dialog>
  );
}
