import { preparingText } from '../../contracts/text/preparing-text';
import type { Job } from '../api-client';
import { count } from '../output';

/** The status, and for a pause whose it is. */
export function statusText({ status, pausedBy }: Pick<Job, 'status' | 'pausedBy'>): string {
  return pausedBy === undefined ? status : `${status} (by ${pausedBy})`;
}

/** Tasks that were passed over, which count as succeeded, too. Undefined for none. */
export function skippedText({ skipped = 0 }: Job['progress']): string | undefined {
  return skipped === 0 ? undefined : count(skipped);
}

/** Rows that will fail, or have. Undefined for none. */
export function refusedRowsText({ preparing }: Job): string | undefined {
  const { refusedRows = 0 } = preparing ?? {};
  return refusedRows === 0 ? undefined : `${count(refusedRows)} in buckets that the role may not use`;
}

/** What has been read of the source. Undefined when there is nothing to read in parts, or the tasks are known. */
export function readText({ preparing, progress }: Pick<Job, 'preparing' | 'progress'>): string | undefined {
  return preparing === undefined || progress.totalTasks !== undefined ? undefined : preparingText(preparing);
}

/** What a job waits for: for a person's decision, in the words that make it. */
export function waitText({
  jobId,
  status,
  waitingFor,
}: Pick<Job, 'jobId' | 'status' | 'waitingFor'>): string | undefined {
  return status === 'Suspended' ? `drover confirm ${jobId}` : waitingFor;
}
