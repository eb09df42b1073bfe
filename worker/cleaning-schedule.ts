import { Client, ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import type { NativeConnection } from '@temporalio/worker';
import type { Config } from '../config/config';
import { cleaningId, jobsQueue, WORKFLOW_TYPES } from '../contracts/engine/naming';
import { LIMITS } from '../contracts/limits';

/** Has Temporal begin a round of cleaning each day, or, where the configuration does not ask for it, no more. Any number of workers may say so at once. */
export async function scheduleCleaning(
  connection: NativeConnection,
  { temporal, workspace }: Pick<Config, 'temporal' | 'workspace'>,
): Promise<void> {
  const { schedule } = new Client({ connection, namespace: temporal.namespace });
  const taskQueue = jobsQueue(temporal.taskQueue);
  const scheduleId = cleaningId(taskQueue);
  if (workspace.keepMs === undefined) {
    await schedule.getHandle(scheduleId).delete().catch(unlessMissing);
    return;
  }
  await schedule
    .create({
      scheduleId,
      spec: { intervals: [{ every: LIMITS.cleaning.intervalMs }] },
      policies: { overlap: 'SKIP', catchupWindow: LIMITS.cleaning.intervalMs },
      action: { type: 'startWorkflow', workflowType: WORKFLOW_TYPES.cleaning, workflowId: scheduleId, taskQueue },
    })
    .catch(unlessThere);
}

function unlessMissing(error: unknown): void {
  if (!(error instanceof ScheduleNotFoundError)) throw error;
}

function unlessThere(error: unknown): void {
  if (!(error instanceof ScheduleAlreadyRunning)) throw error;
}
