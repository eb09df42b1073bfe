import { log } from '@temporalio/workflow';
import { defined } from '../../contracts/defined';
import type { JobInput, JobSnapshot } from '../../contracts/job';
import { operationName } from '../../contracts/operation-element';

/** One line when a job's first step begins. Nothing is written on replay. */
export function logJobStarted(input: JobInput): void {
  const { Priority, RoleArn } = input.request;
  log.info('job started', { ...jobMembers(input), priority: Priority, role: RoleArn });
}

/** One line when a job has its last state: what came of it and why, how many tasks, and how long it took. */
export function logJobEnded(input: JobInput, snapshot: JobSnapshot): void {
  const { status, tally, totalTasks, failureReasons, statusUpdateReason, activeSeconds } = snapshot;
  const [failure] = failureReasons;
  const members = {
    ...jobMembers(input),
    status,
    ...(failure && { error: { code: failure.FailureCode, message: failure.FailureReason } }),
    ...defined({ reason: statusUpdateReason, tasks: totalTasks }),
    succeeded: tally.succeeded,
    failed: tally.failed,
    skipped: tally.skipped ?? 0,
    seconds: Math.round((Date.parse(snapshot.asOf) - Date.parse(input.createdAt)) / 1_000),
    activeSeconds,
  };
  if (status === 'Failed') log.warn('job ended', members);
  else log.info('job ended', members);
}

function jobMembers({ jobId, account, request }: JobInput) {
  return { jobId, account, operation: operationName(request.Operation) };
}
