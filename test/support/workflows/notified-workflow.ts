import { condition, defineSignal, setHandler } from '@temporalio/workflow';
import { isTerminal } from '../../../contracts/engine/lifecycle';
import type { FailureReason, JobInput, JobStatus } from '../../../contracts/job';
import { JobEvents } from '../../../workflows/job/job-events';

/** Bundled by test/workflows/notifier.test.ts: a job that does nothing but change its status when told to. */
export const becomeSignal = defineSignal<[JobStatus, FailureReason[]?, string?]>('become');

export async function notifiedWorkflow(input: JobInput): Promise<void> {
  const events = new JobEvents(input);
  let ended = false;
  setHandler(becomeSignal, (status, failureReasons, reason) => {
    events.statusChanged(status, failureReasons, reason);
    ended = isTerminal(status);
  });
  await condition(() => ended);
  await events.handedOver();
}

export { notifierWorkflow } from '../../../workflows/notifier';
