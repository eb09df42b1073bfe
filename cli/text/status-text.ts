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
export function preparingText({ preparing, progress }: Pick<Job, 'preparing' | 'progress'>): string | undefined {
  if (preparing === undefined || progress.totalTasks !== undefined) return undefined;
  const { read, rows, parts, partsDone } = preparing;
  const passing = read === rows ? '' : `, ${count(rows)} pass`;
  return `${count(read)} rows read${passing}${parts === 1 ? '' : `, ${partsDone} of ${parts} parts`}`;
}

/** What a job waits for: for a person's decision, in the words that make it. */
export function waitText({
  jobId,
  status,
  waitingFor,
}: Pick<Job, 'jobId' | 'status' | 'waitingFor'>): string | undefined {
  return status === 'Suspended' ? `drover confirm ${jobId}` : waitingFor;
}
