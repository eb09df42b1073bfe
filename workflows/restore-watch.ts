import { sleep } from '@temporalio/workflow';
import type { RestoreWatchInput } from '../contracts/engine/chunk';
import type { Tally } from '../contracts/engine/outcome';
import { reportActivities, restoreActivities } from './proxies';

/**
 * Waits until the restored objects of a stripe of chunks can be read, for days if need be. The wait is a timer and then
 * an activity that fails until all is there: neither holds a worker slot. Started again after a pause, it goes on from
 * what the workspace holds.
 *
 * Returns the tally of all tasks of the stripe, those included that were never awaited.
 */
export async function restoreWatchWorkflow(input: RestoreWatchInput): Promise<Tally> {
  const { jobId, workspace, wait, ranges } = input;
  const since = Date.parse(input.since);
  const firstCheckInMs = since + wait.firstCheckMs - Date.now();
  if (firstCheckInMs > 0) await sleep(firstCheckInMs);
  const deadline = new Date(since + wait.timeoutMs).toISOString();
  const tally = await restoreActivities().checkRestores({ jobId, workspace, wait, ranges, deadline });
  if (input.reportEnabled) {
    for (const range of ranges) await reportActivities().writeChunkReport({ jobId, workspace, range });
  }
  return tally;
}
