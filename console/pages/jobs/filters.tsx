import { useNavigate } from '@tanstack/react-router';
import type { JobStatus } from '../../client/api';
import { STATUSES } from '../../parts/lifecycle';
import { Status } from '../../parts/status';
import type { JobSearch } from './search';

/** Which jobs are listed. Every choice is a part of the address. */
export function Filters({ search }: { readonly search: JobSearch }) {
  const navigate = useNavigate({ from: '/jobs' });
  const chosen = search.status ?? [];
  const toggle = (status: JobStatus): void => {
    const next = chosen.includes(status) ? chosen.filter((each) => each !== status) : [...chosen, status];
    void navigate({ search: { ...search, status: next.length > 0 ? next : undefined, after: undefined } });
  };
  return (
    <div className="row" role="group" aria-label="States">
      {STATUSES.map((status) => (
        <button
          key={status}
          type="button"
          className="chip"
          aria-pressed={chosen.includes(status)}
          onClick={() => toggle(status)}
        >
          <Status status={status} />
        </button>
      ))}
    </div>
  );
}
