import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type SyntheticEvent, useState } from 'react';
import type { Job } from '../../client/api';
import { changeJob } from '../../client/jobs';
import { problemsOf } from '../../form/check';
import { FormContext } from '../../form/form-context';
import { isSame, type JsonObject } from '../../form/json';
import type { RequestSchemas } from '../../form/request-schemas';
import { Members } from '../../form/schema-field';
import { useProblems } from '../../form/use-problems';
import { useRequestSchemas } from '../../form/use-request-schemas';
import { hasEnded } from '../../parts/lifecycle';
import { Problem } from '../../parts/problem';
import { changesOf, settingsOf } from './settings-of';

interface SettingsProps {
  readonly job: Job;
  readonly mayChange: boolean;
}

/** Priority, limits and tags of a job; a running one takes them over at once. */
export function Settings({ job, mayChange }: SettingsProps) {
  const { schemas, error } = useRequestSchemas();
  return (
    <section className="card stack" aria-labelledby="settings">
      <h2 id="settings">Priority, limits and tags</h2>
      {error !== null && <Problem error={error} />}
      {schemas && <SettingsForm job={job} mayChange={mayChange} schemas={schemas} />}
    </section>
  );
}

function SettingsForm({ job, mayChange, schemas }: SettingsProps & { readonly schemas: RequestSchemas }) {
  const queries = useQueryClient();
  const present = settingsOf(job);
  /** Undefined: nothing was written, and what is shown is what the job has. */
  const [written, setWritten] = useState<JsonObject>();
  const shown = written ?? present;
  const [limits, tags] = [schemas.member('Limits').members(), schemas.member('Tags')];
  const priority = { ...schemas.member('Priority'), required: true };
  const fields = [priority, ...limits, tags];
  const { form, attempt } = useProblems(fields.flatMap((field) => problemsOf(field, shown[field.name], field.name)));
  const know = () => queries.invalidateQueries({ queryKey: ['job', job.jobId] });
  const change = useMutation({
    mutationFn: (given: JsonObject) => changeJob(job.jobId, changesOf(given, present)),
    onSuccess: async () => {
      await know();
      setWritten(undefined);
    },
    // A part of it may hold.
    onError: know,
  });
  const write = (given: JsonObject): void => {
    change.reset();
    setWritten(given);
  };
  const submit = (submitted: SyntheticEvent<HTMLFormElement>): void => {
    submitted.preventDefault();
    if (attempt()) change.mutate(shown);
  };
  const isFixed = !mayChange || change.isPending;
  const isUnchanged = isSame(shown, present);
  return (
    <FormContext value={form}>
      <form className="stack" noValidate onSubmit={submit}>
        {change.error !== null && <Problem error={change.error} />}
        <fieldset className="settings-fields" disabled={isFixed || hasEnded(job.status)}>
          <legend className="unseen">Priority and limits</legend>
          <Members fields={[priority, ...limits]} value={shown} path="" onChange={write} />
        </fieldset>
        <fieldset className="settings-fields" disabled={isFixed}>
          <legend className="unseen">Tags</legend>
          <Members fields={[tags]} value={shown} path="" onChange={write} />
        </fieldset>
        {mayChange && (
          <div className="row">
            <button type="submit" className="button" disabled={change.isPending || isUnchanged}>
              Change
            </button>
            <button type="button" className="button" disabled={isUnchanged} onClick={() => setWritten(undefined)}>
              Undo
            </button>
            <span role="status" className="small muted">
              {change.isSuccess && isUnchanged && 'Changed. An empty limit is none.'}
            </span>
          </div>
        )}
      </form>
    </FormContext>
  );
}
