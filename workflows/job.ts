import { ApplicationFailure, CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';
import type { FailureReason, JobInput, JobSnapshot } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import { cutChunks } from './job/chunk-cut';
import { ChunkPool } from './job/chunk-pool';
import { failureOf } from './chunk/failure-of';
import { JobControl } from './job/job-control';
import { JobState } from './job/job-state';
import { manifestActivities } from './proxies';
import { runChunks } from './job/run-chunks';
import { awaitRestores } from './job/await-restores';
import { giveUpUploads, mayLeaveUploads } from './job/give-up-uploads';
import { writeJobReport } from './job/write-job-report';

/**
 * One job from its manifest to its report. Each step ends when it is done or when the job is to stop; what was done is
 * reported in either case. A failed job fails the workflow too, so that operators see it where they look for failures.
 */
export async function jobWorkflow(input: JobInput): Promise<JobSnapshot> {
  const state = new JobState(input);
  const control = new JobControl(input, state);
  // Cancellation arrives through the control alone: a report must still be written after it.
  await CancellationScope.nonCancellable(async () => {
    await runJob(input, state, control);
    await Promise.all([state.events.handedOver(), control.hasLeft()]);
  });
  if (state.failed) throw failureFor(state.failed);
  if (control.cancelledByTemporal) throw new CancelledFailure('the job was cancelled');
  return state.snapshot;
}

async function runJob(input: JobInput, state: JobState, control: JobControl): Promise<void> {
  try {
    await prepare(input, state, control);
    await confirm(input, state, control);
    await work(input, state, control);
  } catch (error) {
    const failure = failureOf(error);
    state.fail(failure.code, failure.message);
  }
  await conclude(input, state, control);
}

async function prepare(input: JobInput, state: JobState, control: JobControl): Promise<void> {
  state.enter('Preparing');
  const { jobId, createdAt, workspace, request, plan } = input;
  const job = { jobId, createdAt, workspace, request, plan };
  const { prepareManifest } = manifestActivities(plan);
  // One that waits for confirmation wants no workers yet.
  const announce = request.ConfirmationRequired ? {} : { announce: control.announcement() };
  const manifest = await control.interruptible(() => prepareManifest({ ...job, ...announce }));
  if (!manifest) return;
  state.totalTasks = manifest.totalTasks;
  state.pool = new ChunkPool(cutChunks(manifest.batches));
}

async function confirm(input: JobInput, state: JobState, control: JobControl): Promise<void> {
  if (control.shouldStop()) return;
  if (input.request.ConfirmationRequired && !control.confirmed) {
    state.enter('Suspended', 'confirmation by UpdateJobStatus (Ready), at most 30 days');
    const answered = await condition(() => control.confirmed || control.shouldStop(), LIMITS.confirmationTimeoutMs);
    if (!answered) state.fail('ConfirmationTimedOut', 'The job was not confirmed within 30 days.');
  }
  if (!control.shouldStop()) state.enter('Ready', 'workers');
}

/** Runs, waits and pauses by turns until everything is done or the job is to stop. Waiting for restores uses no worker slots, so the job gives up its share. */
async function work(input: JobInput, state: JobState, control: JobControl): Promise<void> {
  const pool = state.pool;
  if (!pool || state.failed) return;
  let waitSince: string | undefined;
  while (!control.shouldStop() && !(pool.done && pool.awaiting.length === 0)) {
    if (!pool.done) {
      if (!(await control.mayRun())) return;
      state.enter('Active');
      await runChunks(input, state, pool, control);
    } else {
      if (!(await control.mayWait())) return;
      state.enter('Active');
      waitSince ??= new Date().toISOString();
      await awaitRestores(input, state, pool, control, waitSince);
    }
  }
}

async function conclude(input: JobInput, state: JobState, control: JobControl): Promise<void> {
  control.leave();
  const cancelled = control.cancelled && !state.failed && !complete(state);
  if (cancelled) state.enter('Cancelling');
  else state.enter(state.failed ? 'Failing' : 'Completing');
  if (mayLeaveUploads(state)) await giveUpUploads(input);
  await writeJobReport(input, state);
  if (state.failed) state.enter('Failed');
  else state.enter(cancelled ? 'Cancelled' : 'Complete');
}

/** An empty manifest leaves nothing to carry out, so that a cancel is not too late. */
function complete({ pool }: JobState): boolean {
  return pool !== undefined && pool.cut.batches > 0 && pool.done && pool.awaiting.length === 0;
}

/** No stack: who reads it in the Temporal UI is no reader of our source. */
function failureFor({ FailureCode, FailureReason }: FailureReason): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(FailureReason, FailureCode);
  failure.stack = '';
  return failure;
}
