import type { Job, JobStatus } from '../client/api';

/** All states, in the order in which a job may pass them. */
export const STATUSES = [
  'New',
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Completing',
  'Complete',
  'Cancelling',
  'Cancelled',
  'Failing',
  'Failed',
] as const satisfies readonly JobStatus[];

/** What a state means to one who looks: it runs, somebody must decide, it went well or badly, or it is over. */
export type Mood = 'runs' | 'waits' | 'good' | 'bad' | 'over';

const MOODS: Readonly<Record<JobStatus, Mood>> = {
  New: 'runs',
  Preparing: 'runs',
  Suspended: 'waits',
  Ready: 'runs',
  Active: 'runs',
  Pausing: 'waits',
  Paused: 'waits',
  Completing: 'runs',
  Complete: 'good',
  Cancelling: 'over',
  Cancelled: 'over',
  Failing: 'bad',
  Failed: 'bad',
};

export function moodOf(status: JobStatus): Mood {
  return MOODS[status];
}

const ENDED: readonly JobStatus[] = ['Complete', 'Cancelled', 'Failed'];

export function hasEnded(status: JobStatus): boolean {
  return ENDED.includes(status);
}

/** What a person can have done to a job. */
export const ACTIONS = ['confirm', 'pause', 'resume', 'cancel', 'retry'] as const;
export type Action = (typeof ACTIONS)[number];

const CAN_STILL_RUN: readonly JobStatus[] = ['New', 'Preparing', 'Suspended', 'Ready', 'Active', 'Pausing', 'Paused'];
const CAN_BE_PAUSED: readonly JobStatus[] = ['New', 'Preparing', 'Ready', 'Active'];

/** Whether an action would change the job. The API decides; this is what is offered. */
export function canBe(action: Action, job: Pick<Job, 'status' | 'pausedBy' | 'progress'>): boolean {
  const { status, pausedBy, progress } = job;
  switch (action) {
    case 'confirm':
      return status === 'Suspended';
    case 'pause':
      return CAN_BE_PAUSED.includes(status) || pausedBy === 'priority' || pausedBy === 'all';
    case 'resume':
      return (status === 'Paused' || status === 'Pausing') && pausedBy !== 'priority' && pausedBy !== 'all';
    case 'cancel':
      return CAN_STILL_RUN.includes(status);
    case 'retry':
      return hasEnded(status) && progress.failed > 0;
  }
}
