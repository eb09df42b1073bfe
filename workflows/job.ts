import { CancellationScope, CancelledFailure, condition } from '@temporalio/workflow';
import { IllegalTransition } from '../contracts/engine/lifecycle';
import type { JobInput, JobSnapshot } from '../contracts/job';
import { LIMITS } from '../contracts/limits';
import { failureOf, lastingFailure } from './failures';
import { abortUploads, mayLeaveUploads } from './job/abort-uploads';
import { awaitRestores } from './job/await-restores';
import { cutChunks } from './job/chunk-cut';
import { ChunkPool } from './job/chunk-pool';
import { receiveSignals } from './job/control/job-signals';
import { logJobEnded, logJobStarted } from './job/job-log';
import { type JobRun, newJobRun } from './job/job-run';
import type { JobState } from './job/job-state';
import { readSource } from './job/read-source';
import { runChunks } from './job/run-chunks';
import { workWithWaits } from './job/work-with-waits';
import { writeJobReport } from './job/write-job-report';
import { manifestActivities } from './proxies';

/**
 * One job from its manifest to its report. Each step ends when it is done or when the job is to stop; what was done is
 * reported in either case. A failed job fails the workflow too, so that operators see it where they look for failures.
 */
export async function jobWorkflow(input: JobInput): Promise<JobSnapshot> {
  const run = newJobRun(input);
  receiveSignals(run);
  const { state, intents, share } = run;
  // A cancellation arrives as an intent alone: a report must still be written after it.
  await CancellationScope.nonCancellable(async () => {
    await runJob(run);
    await Promise.all([state.events.handedOver(), share.sent()]);
  });
  if (state.failed) throw lastingFailure(state.failed.FailureCode, state.failed.FailureReason);
  if (intents.cancelledByTemporal) throw new CancelledFailure('the job was cancelled');
  return state.snapshot;
}

async function runJob(run: JobRun): Promise<void> {
  try {
    await prepare(run);
    await confirm(run);
    await work(run);
  } catch (error) {
    if (error instanceof IllegalTransition) throw error;
    const failure = failureOf(error);
    run.state.fail(failure.code, failure.message);
  }
  await conclude(run);
}

async function prepare(run: JobRun): Promise<void> {
  const { input, state, gate, share } = run;
  logJobStarted(input);
  state.enter('Preparing');
  const { jobId, createdAt, workspace, request, plan } = input;
  const job = { jobId, createdAt, workspace, request, plan };
  const { prepareManifest } = manifestActivities(plan);
  // A job that waits for confirmation wants no workers yet.
  const announce = request.ConfirmationRequired ? {} : { announce: share.announcement() };
  const first = await gate.interruptible(() => prepareManifest({ ...job, ...announce }), { restarts: true });
  const manifest =
    first && 'parts' in first
      ? await readSource(run, first, async (listAs) => {
          const again = await gate.interruptible(() => prepareManifest({ ...job, listAs }), { restarts: true });
          return again && 'parts' in again ? again : undefined;
        })
      : first;
  if (!manifest) return;
  state.sealed(manifest);
  state.totalTasks = manifest.totalTasks;
  state.generatedManifest = manifest.generatedManifest;
  state.pool = new ChunkPool(cutChunks(manifest.batches));
}

async function confirm({ input, state, intents, gate }: JobRun): Promise<void> {
  if (gate.shouldStop()) return;
  if (input.request.ConfirmationRequired && !intents.confirmed) {
    state.enter('Suspended', 'confirmation by UpdateJobStatus (Ready), at most 30 days');
    const answered = await condition(() => intents.confirmed || gate.shouldStop(), LIMITS.job.confirmationTimeoutMs);
    if (!answered) state.fail('ConfirmationTimedOut', 'The job was not confirmed within 30 days.');
  }
  if (!gate.shouldStop()) state.enter('Ready', 'workers');
}

/**
 * Runs, waits and pauses by turns until everything is done or the job is to stop. Waiting for restores uses no worker slots, so
 * the job leaves its share to others meanwhile.
 */
async function work(run: JobRun): Promise<void> {
  const { state, gate, input } = run;
  const { pool } = state;
  if (!pool || state.failed) return;
  const { wait } = input.plan;
  if (wait?.kind === 'lists') {
    await workWithWaits(run, pool, wait);
    return;
  }
  let waitSince: string | undefined;
  while (!gate.shouldStop() && !pool.settled) {
    if (!pool.done) {
      if (!(await gate.mayRun())) return;
      state.enter('Active');
      await runChunks(run, pool);
    } else {
      if (!(await gate.mayWait())) return;
      state.enter('Active');
      waitSince ??= new Date().toISOString();
      await awaitRestores(run, pool, waitSince);
    }
  }
}

/** What a person who stopped the job wants to know: it has taken hold, whatever the store does. */
const OWED = 'the report of what was done; no task runs any more';

async function conclude({ input, state, intents, share }: JobRun): Promise<void> {
  share.leave();
  const cancelled = intents.cancelled && !state.failed && !complete(state);
  const ending = cancelled ? 'Cancelling' : state.failed ? 'Failing' : 'Completing';
  state.enter(ending, ending === 'Completing' ? undefined : OWED);
  if (mayLeaveUploads(state)) await abortUploads(input);
  await writeJobReport(input, state);
  if (state.failed) state.enter('Failed');
  else state.enter(cancelled ? 'Cancelled' : 'Complete');
  logJobEnded(input, state.snapshot);
}

/** An empty manifest leaves nothing to carry out, so that a cancel is not too late. */
function complete({ pool }: JobState): boolean {
  return pool !== undefined && pool.cut.batches > 0 && pool.settled;
}
