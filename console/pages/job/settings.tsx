import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SyntheticEvent } from 'react';
import type { Job } from '../../client/api';
import { type JobLimits, setLimits, setPriority } from '../../client/jobs';
import { Problem } from '../../parts/problem';
import { limitsFrom, thresholdText } from './limits';

interface SettingsProps {
  readonly job: Job;
  readonly mayChange: boolean;
}

/** Priority and limits, which a running job takes over at once. */
export function Settings({ job, mayChange }: SettingsProps) {
  const queries = useQueryClient();
  const change = useMutation({
    mutationFn: async ({ priority, limits }: { priority: number; limits: JobLimits }) => {
      if (priority !== job.priority) await setPriority(job.jobId, priority);
      if (JSON.stringify(limits) !== JSON.stringify(job.limits)) await setLimits(job.jobId, limits);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['job', job.jobId] }),
  });
  const submit = (submitted: SyntheticEvent<HTMLFormElement>): void => {
    submitted.preventDefault();
    const fields = new FormData(submitted.currentTarget);
    const of = (name: string): string => {
      const value = fields.get(name);
      return typeof value === 'string' ? value.trim() : '';
    };
    const given = { rate: of('rate'), bytes: of('bytes'), concurrency: of('concurrency'), threshold: of('threshold') };
    const limits = limitsFrom(given, job.limits);
    change.mutate({ priority: Number(of('priority')), limits });
  };
  const { priority, limits } = job;
  return (
    <section className="card stack" aria-labelledby="settings">
      <h2 id="settings">Priority and limits</h2>
      {change.error !== null && <Problem error={change.error} />}
      {/* A change by somebody else fills the fields anew. */}
      <form className="stack" key={JSON.stringify([priority, limits])} onSubmit={submit}>
        <fieldset className="settings-fields" disabled={!mayChange || change.isPending}>
          <legend className="unseen">Priority and limits</legend>
          <NumberField
            name="priority"
            label="Priority (the highest first)"
            value={priority}
            min={0}
            step={1}
            required
          />
          <NumberField name="rate" label="Tasks per second" value={limits.TasksPerSecond} min={0.001} step="any" />
          <NumberField name="bytes" label="Bytes per second" value={limits.BytesPerSecond} min={1} step={1} />
          <NumberField name="concurrency" label="Tasks at a time" value={limits.Concurrency} min={1} step={1} />
          <div className="field">
            <label htmlFor="threshold">Stop after failures: a number, or a share as 10 %</label>
            <input
              id="threshold"
              name="threshold"
              defaultValue={thresholdText(limits)}
              pattern="[0-9]+|[0-9.]+ *%( of [0-9]+)?"
            />
          </div>
        </fieldset>
        {mayChange && (
          <div className="row">
            <button type="submit" className="button" disabled={change.isPending}>
              Change
            </button>
            <span role="status" className="small muted">
              {change.isSuccess && 'Changed. An empty field is no limit.'}
            </span>
          </div>
        )}
      </form>
    </section>
  );
}

interface NumberFieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: number | undefined;
  readonly min: number;
  readonly step: number | 'any';
  readonly required?: boolean;
}

function NumberField({ name, label, value, min, step, required = false }: NumberFieldProps) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input
        id={name}
        name={name}
        type="number"
        inputMode="decimal"
        defaultValue={value}
        {...{ min, step, required }}
      />
    </div>
  );
}
