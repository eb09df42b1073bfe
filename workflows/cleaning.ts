import { log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities, CleanedWorkspace } from '../contracts/engine/activities';
import { LIMITS } from '../contracts/limits';

/** One round through the workspace, begun by a schedule of Temporal's. What it may remove is decided where it is removed. */
export async function cleaningWorkflow(): Promise<CleanedWorkspace> {
  const { cleanWorkspace } = proxyActivities<Activities>({
    startToCloseTimeout: LIMITS.cleaning.timeoutMs,
    scheduleToCloseTimeout: LIMITS.cleaning.timeoutMs,
    heartbeatTimeout: LIMITS.cleaning.heartbeatTimeoutMs,
    retry: { initialInterval: '10s', backoffCoefficient: 2, maximumInterval: '10m' },
    summary: 'remove what no job needs any more',
  });
  const cleaned = await cleanWorkspace();
  const { folders, objects, manifests } = cleaned;
  setCurrentDetails(`Removed ${folders} job folders (${objects} objects) and ${manifests} uploaded manifests`);
  log.info('workspace cleaned', { ...cleaned });
  return cleaned;
}
