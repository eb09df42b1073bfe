import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { SyntheticEvent } from 'react';
import type { JobStatus, Schemas } from '../../client/api';
import { operationsQuery } from '../../client/operations';
import { textIn } from '../../parts/form-text';
import { STATUSES } from '../../parts/lifecycle';
import { grouped } from '../../parts/numbers';
import { Status } from '../../parts/status';
import { isFiltered, type JobSearch } from './search';

interface FiltersProps {
  readonly search: JobSearch;
  readonly counts: Schemas['JobCounts'] | undefined;
}

/** Which jobs are listed. Every choice is a part of the address. */
export function Filters({ search, counts }: FiltersProps) {
  const navigate = useNavigate({ from: '/jobs' });
  const go = (change: JobSearch): void => {
    void navigate({ search: { ...search, ...change, after: undefined } });
  };
  return (
    <div className="stack">
      <StatusFilter chosen={search.status ?? []} counts={counts} onChange={(status) => go({ status })} />
      {/* Another address, as by the way back, fills the fields anew. */}
      <FieldFilters key={JSON.stringify(search)} search={search} onChange={go} />
    </div>
  );
}

interface StatusFilterProps {
  readonly chosen: readonly JobStatus[];
  readonly counts: FiltersProps['counts'];
  readonly onChange: (chosen: readonly JobStatus[] | undefined) => void;
}

/** States that no job has are left out, once that is known. */
function StatusFilter({ chosen, counts, onChange }: StatusFilterProps) {
  const toggle = (status: JobStatus): void => {
    const next = chosen.includes(status) ? chosen.filter((each) => each !== status) : [...chosen, status];
    onChange(next.length > 0 ? next : undefined);
  };
  const shown = STATUSES.filter((status) => chosen.includes(status) || (counts?.byStatus[status] ?? 0) > 0);
  return (
    <div className="row jobs-states" role="group" aria-label="States">
      {shown.map((status) => (
        <button
          key={status}
          type="button"
          className="chip"
          aria-pressed={chosen.includes(status)}
          onClick={() => toggle(status)}
        >
          <Status status={status} /> {counts !== undefined && grouped(counts.byStatus[status])}
        </button>
      ))}
    </div>
  );
}

interface FieldFiltersProps {
  readonly search: JobSearch;
  readonly onChange: (change: JobSearch) => void;
}

function FieldFilters({ search, onChange }: FieldFiltersProps) {
  const { data: operations } = useQuery(operationsQuery);
  const submit = (given: SyntheticEvent<HTMLFormElement>): void => {
    given.preventDefault();
    const form = given.currentTarget;
    const of = (name: string): string | undefined => textIn(form, name).trim() || undefined;
    onChange({ text: of('text'), operation: of('operation'), tag: of('tag'), from: of('from'), to: of('to') });
  };
  const names = ['Pipeline', ...(operations?.operations ?? []).map(({ name }) => name)];
  return (
    <form className="row jobs-fields" role="search" aria-label="Jobs" onSubmit={submit}>
      <Field name="text" label="Id, description or operation" type="search" value={search.text} />
      <div className="field">
        <label htmlFor="operation">Operation</label>
        {/* Filled anew when the operations are known. */}
        <select id="operation" name="operation" key={names.length} defaultValue={search.operation ?? ''}>
          <option value="">all</option>
          {names.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </div>
      <Field name="tag" label="Tag, as key=value" type="text" value={search.tag} pattern="[^=]+=.*" />
      <Field name="from" label="Created from" type="date" value={search.from} />
      <Field name="to" label="Created until" type="date" value={search.to} />
      <button type="submit" className="button">
        Filter
      </button>
      {isFiltered(search) && (
        <button type="button" className="button" onClick={() => onChange(NO_FILTER)}>
          Show all
        </button>
      )}
    </form>
  );
}

const NO_FILTER: JobSearch = {
  status: undefined,
  text: undefined,
  operation: undefined,
  tag: undefined,
  from: undefined,
  to: undefined,
};

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly value: string | undefined;
  readonly pattern?: string;
}

function Field({ name, label, type, value, pattern }: FieldProps) {
  return (
    <div className="field">
      <label htmlFor={name}>{label}</label>
      <input id={name} name={name} type={type} defaultValue={value ?? ''} pattern={pattern} />
    </div>
  );
}
