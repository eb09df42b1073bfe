import { useState } from 'react';
import type { Schemas } from '../../client/api';
import { type Action, ACTIONS } from '../../parts/lifecycle';
import { grouped } from '../../parts/numbers';
import { changeable } from './bulk';
import { BulkDialog } from './bulk-dialog';
import type { JobSearch } from './search';

/** An action on all jobs that match, with how many these are; a job that has been asked for is confirmed one by one. */
const OFFERED = ACTIONS.filter((action) => action !== 'confirm');
const VERBS: Readonly<Record<Action, string>> = {
  confirm: 'Confirm',
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry failed tasks of',
};

interface BulkActionsProps {
  readonly search: JobSearch;
  readonly page: Schemas['JobList'] | undefined;
}

export function BulkActions({ search, page }: BulkActionsProps) {
  const [asked, setAsked] = useState<Action>();
  if (page === undefined) return null;
  const hasMore = page.nextToken !== undefined || search.after !== undefined;
  const offered = OFFERED.map((action) => ({ action, count: changeable(action, page.jobs).length })).filter(
    ({ count }) => count > 0,
  );
  if (offered.length === 0 && asked === undefined) return null;
  return (
    <div className="row" role="group" aria-label="All jobs that match">
      {offered.map(({ action, count }) => (
        <button key={action} type="button" className="button" onClick={() => setAsked(action)}>
          {VERBS[action]} {grouped(count)}
          {hasMore && ' or more'}
        </button>
      ))}
      {asked !== undefined && (
        <BulkDialog action={asked} verb={VERBS[asked]} search={search} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}
