import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { Dialog } from '../../parts/dialog';
import { counted, grouped } from '../../parts/numbers';
import { Problem } from '../../parts/problem';
import { actOnAll, type BulkAction, type BulkOutcome, findAll } from './bulk';
import { filterOf, type JobSearch } from './search';

type Step =
  | { readonly name: 'counting'; readonly count: number }
  | { readonly name: 'asking'; readonly jobIds: readonly string[] }
  | { readonly name: 'acting'; readonly jobIds: readonly string[]; readonly outcome: BulkOutcome }
  | { readonly name: 'done'; readonly jobIds: readonly string[]; readonly outcome: BulkOutcome }
  | { readonly name: 'failed'; readonly error: unknown };

interface BulkDialogProps {
  readonly action: BulkAction;
  readonly verb: string;
  readonly search: JobSearch;
  readonly onClose: () => void;
}

/** Counts all that match, asks with that count, and does it one job after the other. */
export function BulkDialog({ action, verb, search, onClose }: BulkDialogProps) {
  const [step, setStep] = useState<Step>({ name: 'counting', count: 0 });
  const queries = useQueryClient();
  const stop = useRef(new AbortController());
  // Counted once, for the filter that stood there when the dialog was opened.
  const filter = useRef(filterOf(search));
  useEffect(() => {
    const counting = new AbortController();
    const { signal } = counting;
    findAll(action, filter.current, signal, (count) => setStep({ name: 'counting', count })).then(
      (jobIds) => setStep({ name: 'asking', jobIds }),
      (error: unknown) => {
        if (!signal.aborted) setStep({ name: 'failed', error });
      },
    );
    return () => counting.abort();
  }, [action]);

  const run = async (jobIds: readonly string[]): Promise<void> => {
    setStep({ name: 'acting', jobIds, outcome: { done: 0, failures: [] } });
    const { signal } = stop.current;
    const outcome = await actOnAll(action, jobIds, signal, (soFar) =>
      setStep({ name: 'acting', jobIds, outcome: soFar }),
    );
    setStep({ name: 'done', jobIds, outcome });
    await queries.invalidateQueries({ queryKey: ['jobs'] });
    await queries.invalidateQueries({ queryKey: ['job-counts'] });
  };
  const close = (): void => {
    stop.current.abort();
    onClose();
  };
  return (
    <Dialog title={`${verb} all jobs that match`} onClose={close}>
      <Progress step={step} verb={verb} />
      <div className="row">
        {step.name === 'asking' && step.jobIds.length > 0 && (
          <button
            type="button"
            className={action === 'cancel' ? 'button button-danger' : 'button button-main'}
            onClick={() => void run(step.jobIds)}
          >
            {verb} {counted(step.jobIds.length, 'job')}
          </button>
        )}
        <button type="button" className="button" onClick={close}>
          {step.name === 'acting' ? 'Stop here' : step.name === 'done' ? 'Close' : 'Leave them as they are'}
        </button>
      </div>
    </Dialog>
  );
}

function Progress({ step, verb }: { readonly step: Step; readonly verb: string }) {
  switch (step.name) {
    case 'counting':
      return <p role="status">Counting: {grouped(step.count)} so far …</p>;
    case 'asking':
      return step.jobIds.length === 0 ? (
        <p role="status">There is none left that this would change.</p>
      ) : (
        <p role="status">
          {verb} {counted(step.jobIds.length, 'job')}: all that match the filters now, on every page of the list.
        </p>
      );
    case 'acting':
      return (
        <p role="status">
          {grouped(step.outcome.done + step.outcome.failures.length)} of {grouped(step.jobIds.length)} …
        </p>
      );
    case 'done':
      return <Outcome outcome={step.outcome} asked={step.jobIds.length} />;
    case 'failed':
      return <Problem error={step.error} />;
  }
}

function Outcome({ outcome: { done, failures }, asked }: { readonly outcome: BulkOutcome; readonly asked: number }) {
  return (
    <div className="stack-close" role="status">
      <p>
        Done for {grouped(done)} of {counted(asked, 'job')}.
      </p>
      {failures.length > 0 && (
        <ul className="jobs-report" tabIndex={0} aria-label="Refused">
          {failures.map(({ jobId, message }) => (
            <li key={jobId}>
              <span className="mono">{jobId.slice(0, 8)}</span>: {message}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
