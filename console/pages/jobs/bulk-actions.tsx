import { useState } from 'react';
import type { Schemas } from '../../client/api';
import { grouped } from '../../parts/numbers';
import type { BulkAction } from './bulk';
import { BulkDialog } from './bulk-dialog';
import type { JobSearch } from './search';

/** A job that has to be confirmed is looked at first, one by one. */
const OFFERED = ['pause', 'resume', 'cancel', 'retry'] as const;
const VERBS: Readonly<Record<BulkAction, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel',
  retry: 'Retry failed tasks of',
};

interface BulkActionsProps {
  readonly search: JobSearch;
  readonly counts: Schemas['JobCounts'] | undefined;
}

/** An action on all jobs that match, with how many these are. */
export function BulkActions({ search, counts }: BulkActionsProps) {
  const [asked, setAsked] = useState<BulkAction>();
  const offered = OFFERED.filter((action) => (counts?.changeable[action] ?? 0) > 0);
  if (counts === undefined || (offered.length === 0 && asked === undefined)) return null;
  return (
    <div className="row" role="group" aria-label="All jobs that match">
      <span className="muted small">All that match:</span>
      {offered.map((action) => (
        <button key={action} type="button" className="button" onClick={() => setAsked(action)}>
          {VERBS[action]} {grouped(counts.changeable[action])}
          {!counts.isComplete && ' or more'}
        </button>
      ))}
      {asked !== undefined && (
        <BulkDialog action={asked} verb={VERBS[asked]} search={search} onClose={() => setAsked(undefined)} />
      )}
    </div>
  );
}
