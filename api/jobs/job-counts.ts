import { effectOf, isTerminal } from '../../contracts/engine/lifecycle';
import { JOB_STATUSES, type JobSnapshot, type JobStatus } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { hasStatus, type JobFilter } from './job-filter';
import { type JobRecord, recordedSnapshot } from './job-view';

/** What can be done to all jobs of a list at once. */
export const BULK_ACTIONS = ['pause', 'resume', 'cancel', 'retry'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export interface JobCounts {
  /** Jobs that pass the filter, whatever their status. */
  readonly byStatus: Readonly<Record<JobStatus, number>>;
  /** Jobs that the filter lists, its statuses included. */
  readonly jobs: number;
  /** Those among them that an action would change. */
  readonly changeable: Readonly<Record<BulkAction, number>>;
  /** False: there are more jobs than were looked through, and the counts are of the newest. */
  readonly isComplete: boolean;
}

/** `records` are all jobs that pass the filter but for its statuses. */
export async function countJobs(records: AsyncIterable<JobRecord>, filter: JobFilter): Promise<JobCounts> {
  const byStatus = zeros(JOB_STATUSES);
  const changeable = zeros(BULK_ACTIONS);
  let jobs = 0;
  let looked = 0;
  for await (const record of records) {
    if (looked === LIMITS.api.jobsLookedThroughMax) return { byStatus, jobs, changeable, isComplete: false };
    looked += 1;
    const snapshot = recordedSnapshot(record);
    byStatus[snapshot.status] += 1;
    if (!hasStatus(record, filter)) continue;
    jobs += 1;
    for (const action of BULK_ACTIONS) if (wouldChange(action, snapshot)) changeable[action] += 1;
  }
  return { byStatus, jobs, changeable, isComplete: true };
}

function wouldChange(action: BulkAction, { status, pausedBy, tally }: JobSnapshot): boolean {
  // Others have paused it: a person can pause it, too, and not resume it alone.
  const byOthers = pausedBy === 'priority' || pausedBy === 'all';
  switch (action) {
    case 'pause':
      return byOthers || effectOf('pause', status) === 'changes';
    case 'resume':
      return (status === 'Paused' || status === 'Pausing') && !byOthers;
    case 'cancel':
      return effectOf('cancel', status) === 'changes';
    case 'retry':
      return isTerminal(status) && tally.failed > 0;
  }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>;
}
