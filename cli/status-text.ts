import type { Job } from './api-client';

/** The status, and for a pause whose it is. */
export function statusText({ status, pausedBy }: Pick<Job, 'status' | 'pausedBy'>): string {
  return pausedBy === undefined ? status : `${status} (by ${pausedBy})`;
}
