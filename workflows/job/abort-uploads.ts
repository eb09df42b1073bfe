import { log, patched } from '@temporalio/workflow';
import type { JobInput } from '../../contracts/job';
import { failureOf } from '../failures';
import { clearingActivities } from '../proxies';
import type { JobState } from './job-state';

/**
 * True for a job that ends early. Histories of jobs that ended before there was this step replay without it: nothing may be
 * awaited for them, not even for a moment, since that would change the order of what follows.
 */
export function mayLeaveUploads({ pool }: JobState): boolean {
  return pool !== undefined && pool.begun > 0 && !pool.done && patched('give-up-uploads');
}

/**
 * Aborts the multipart uploads that nobody will go on with: their parts would cost for ever. The job does not fail when that
 * does not succeed; the worker's log names the uploads.
 */
export async function abortUploads({ jobId, workspace, plan }: JobInput): Promise<void> {
  try {
    await clearingActivities(plan).giveUpUploads({ jobId, workspace });
  } catch (error) {
    log.warn('multipart uploads may be left', { error: failureOf(error) });
  }
}
