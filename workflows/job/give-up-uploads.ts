import { log, patched } from '@temporalio/workflow';
import type { JobInput } from '../../contracts/job';
import { failureOf } from '../chunk/failure-of';
import type { JobState } from './job-state';
import { clearingActivities } from '../proxies';

/**
 * True for a job that ends early. Histories of jobs that ended before uploads were given up replay without it: nothing may
 * be awaited for them, not even for a moment, since that would change the order of what follows.
 */
export function mayLeaveUploads({ pool }: JobState): boolean {
  return pool !== undefined && pool.begun > 0 && !pool.done && patched('give-up-uploads');
}

/**
 * Multipart uploads that nobody will go on with: their parts would cost for ever. What can't be cleared is no reason for a
 * job to fail; the worker's log names it.
 */
export async function giveUpUploads({ jobId, workspace, plan }: JobInput): Promise<void> {
  try {
    await clearingActivities(plan).giveUpUploads({ jobId, workspace });
  } catch (error) {
    log.warn('multipart uploads may be left', { ...failureOf(error) });
  }
}
