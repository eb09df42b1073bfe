import { proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities, BatchLimits } from '../contracts/engine/activities';
import { objectsQueueBeside } from '../contracts/engine/naming';
import type { ListedWait, OperationPlan } from '../contracts/engine/plan';
import { LIMITS } from '../contracts/limits';

/** Faults of the environment are retried until they pass: failures that can't pass are marked non-retryable where they are raised. */
const RETRY = { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '30s' } as const;

/** Waiting for the activity to end on cancellation is what brings its partial result back: the SDK's default would drop it. */
const WAIT = { cancellationType: 'WAIT_CANCELLATION_COMPLETED', retry: RETRY } as const;

/** The plan's time-out; the default for a job of a former version, or where the plan is not at hand. */
type HeartbeatPlan = Pick<OperationPlan, 'heartbeatTimeoutMs'>;

function heartbeatTimeout({ heartbeatTimeoutMs }: HeartbeatPlan): number {
  return heartbeatTimeoutMs ?? LIMITS.batch.heartbeatTimeoutMs;
}

export function manifestActivities(
  plan: HeartbeatPlan,
  part?: number,
): Pick<Activities, 'prepareManifest' | 'preparePart' | 'sealManifest'> {
  return proxyActivities<Activities>({
    ...WAIT,
    startToCloseTimeout: LIMITS.job.manifestTimeoutMs,
    heartbeatTimeout: heartbeatTimeout(plan),
    summary: part === undefined ? 'read the manifest' : `read part ${part} of the source`,
  });
}

/** A batch that its job's limits hold back takes longer than its operation would. */
function batchTimeoutMs(plan: OperationPlan, limits: BatchLimits = {}): number {
  const { tasksPerSecond = Infinity, bytesPerSecond, restores = {} } = limits;
  if (bytesPerSecond !== undefined) return LIMITS.batch.limitedTimeoutMs;
  const perSecond = Math.min(
    tasksPerSecond,
    ...Object.values(restores).map(({ requestsPerSecond = Infinity }) => requestsPerSecond),
  );
  return plan.batchTimeoutMs + Math.ceil((plan.batchRows / perSecond) * 1_000);
}

export function batchActivity(
  plan: OperationPlan,
  batch: number,
  activityId: string,
  limits: BatchLimits | undefined,
): Pick<Activities, 'runBatch'> {
  return proxyActivities<Activities>({
    ...WAIT,
    taskQueue: objectsQueueBeside(workflowInfo().taskQueue),
    startToCloseTimeout: batchTimeoutMs(plan, limits),
    heartbeatTimeout: heartbeatTimeout(plan),
    activityId,
    summary: `batch ${batch}`,
  });
}

/** In the queue of batches, because manifests and reports may keep the other one busy for hours. */
export function recoveryActivities(plan: HeartbeatPlan, batch: number): Pick<Activities, 'recoverBatch'> {
  return proxyActivities<Activities>({
    ...WAIT,
    taskQueue: objectsQueueBeside(workflowInfo().taskQueue),
    startToCloseTimeout: LIMITS.batch.recoverTimeoutMs,
    scheduleToCloseTimeout: LIMITS.batch.recoverTimeoutMs,
    heartbeatTimeout: heartbeatTimeout(plan),
    summary: `read what batch ${batch} has done`,
  });
}

export function reportActivities(plan: HeartbeatPlan = {}): Pick<Activities, 'writeChunkReport' | 'writeReport'> {
  return proxyActivities<Activities>({
    ...WAIT,
    startToCloseTimeout: LIMITS.job.reportTimeoutMs,
    heartbeatTimeout: heartbeatTimeout(plan),
    summary: 'write report files',
  });
}

/** A list from the workspace, and a request for each upload that was left. No job waits for it without end. */
export function clearingActivities(plan: HeartbeatPlan): Pick<Activities, 'giveUpUploads'> {
  return proxyActivities<Activities>({
    ...WAIT,
    scheduleToCloseTimeout: LIMITS.multipart.giveUpTimeoutMs,
    heartbeatTimeout: heartbeatTimeout(plan),
    summary: 'abort multipart uploads',
  });
}

/** Polls by failing, and sets the time of the next attempt itself: attempts add no events, and an activity in back-off holds no worker slot. */
export function lookActivities(plan: HeartbeatPlan, { what }: ListedWait): Pick<Activities, 'lookAtWaiting'> {
  return proxyActivities<Activities>({
    ...WAIT,
    startToCloseTimeout: LIMITS.looks.timeoutMs,
    heartbeatTimeout: Math.max(heartbeatTimeout(plan), LIMITS.looks.heartbeatTimeoutMs),
    summary: `look what of the awaited is there: ${what}`,
  });
}

/** The same in jobs of former versions. */
export function restoreActivities(): Pick<Activities, 'checkRestores'> {
  return proxyActivities<Activities>({
    ...WAIT,
    startToCloseTimeout: LIMITS.job.reportTimeoutMs,
    heartbeatTimeout: LIMITS.batch.heartbeatTimeoutMs,
    summary: 'check restored objects',
  });
}

/**
 * Single short calls, run by the worker that has the workflow: each costs one event instead of six, and does not wait in a queue
 * behind manifests that are being read.
 */
export function dispatchActivities(): Pick<Activities, 'tellDispatcher' | 'tellShares'> {
  return proxyLocalActivities<Activities>({
    startToCloseTimeout: LIMITS.dispatch.callTimeoutMs,
    scheduleToCloseTimeout: LIMITS.dispatch.timeoutMs,
    retry: { ...RETRY, initialInterval: '200ms', maximumInterval: '5s' },
  });
}

/** A survey that fails is not worth a retry: the next one is due soon. */
export function surveyActivities(): Pick<Activities, 'surveyFleet'> {
  return proxyActivities<Activities>({
    startToCloseTimeout: LIMITS.dispatch.surveyTimeoutMs,
    scheduleToCloseTimeout: LIMITS.dispatch.surveyTimeoutMs,
    retry: { maximumAttempts: 1 },
    summary: 'survey workers and jobs',
  });
}

/** A look that fails is not worth more attempts than time: the next one is due. */
export function pausingActivities(): Pick<Activities, 'tellPause'> {
  return proxyActivities<Activities>({
    startToCloseTimeout: LIMITS.pauseAll.lookTimeoutMs,
    scheduleToCloseTimeout: LIMITS.pauseAll.lookTimeoutMs,
    retry: RETRY,
    summary: 'tell jobs of the pause of all',
  });
}
