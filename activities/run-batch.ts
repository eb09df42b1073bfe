import { Context } from '@temporalio/activity';
import { defined } from '../contracts/defined';
import type { BatchResult, RunBatchInput } from '../contracts/engine/activities';
import { type BatchCheckpoint, checkpointOf, NOTHING_KNOWN } from '../contracts/engine/checkpoint';
import { workspaceKeys } from '../contracts/engine/naming';
import { LIMITS } from '../contracts/limits';
import { operationName } from '../contracts/operation-element';
import type { OperationContext } from '../operations/operation';
import { partScope } from '../reports';
import type { ObjectStore, RoleStores } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import { BatchProgress } from './batch/batch-progress';
import { readBatchRows } from './batch/batch-rows';
import { operationContext } from './batch/operation-context';
import { Pace } from './batch/pace';
import { runTasks, type TaskRun } from './batch/run-tasks';
import { giveUpUploads } from './batch/upload-notes';
import type { ActivityDependencies } from './dependencies';
import type { JobSpec, JobSpecs } from './job-spec';
import { type Lease, type Leased, underLease, unlessSilent } from './lease';
import { sourceContext } from './preparing/source-context';
import { taskCounter, type WorkMeter } from './work-meter';

/** From the request to stop until running requests are aborted. With the heartbeat's delay it stays below 5 s. */
const GRACE_MS = 1_500;

/**
 * Carries out one batch of tasks. A crash costs the work since the last checkpoint; an interruption costs none: what was
 * done is returned, and the batch goes on from there later.
 */
export function runBatchActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function runBatch(input: RunBatchInput): Promise<BatchResult> {
    const { info } = Context.current();
    const from = checkpointOf(info.heartbeatDetails) ?? input.checkpoint;
    // The former attempt ended without a result: the workspace may know more than `from` does.
    const isUnclear = input.takenUpAgain === true || info.attempt > 1;
    let progress: BatchProgress | undefined;
    const onOpened = (opened: BatchProgress) => (progress = opened);
    return underLease(
      dependencies,
      input.jobId,
      async (leased) => {
        if (from) leased.lease.beat(from);
        try {
          const { meter } = dependencies;
          return await carryOut(await specs.load(input), { ...leased, input, from, isUnclear, onOpened, meter });
        } catch (error) {
          // Before it began. What a former attempt may have done besides is read by the chunk.
          if (error !== leased.signal.reason || !isAskedToStop() || isUnclear) throw error;
          return interrupted(from);
        }
      },
      { details: () => progress?.checkpoint ?? from, endsItself: true, bytes: bytePaceOf(input) },
    );
  };
}

interface Attempt extends Leased {
  readonly input: RunBatchInput;
  readonly from: BatchCheckpoint | undefined;
  readonly isUnclear: boolean;
  readonly onOpened: (progress: BatchProgress) => void;
  readonly meter: WorkMeter | undefined;
}

interface OpenedBatch extends Attempt {
  readonly workspace: ObjectStore;
  readonly role: RoleStores;
  readonly progress: BatchProgress;
}

async function carryOut(spec: JobSpec, attempt: Attempt): Promise<BatchResult> {
  const { input, from, isUnclear, lease, stores, signal, meter } = attempt;
  const role = stores.forRole(spec.request.RoleArn, spec.account);
  const workspace = stores.workspace();
  const rows = await readBatchRows(input, spec, sourceContext(stores, spec, input, signal));
  const scope = partScope(spec.request.Report);
  const opening = BatchProgress.open(workspace, input, scope, rows.length, { from, isUnclear });
  const progress = await unlessSilent(lease, signal, opening);
  if (progress === undefined) return interrupted(from);
  attempt.onOpened(progress);
  const takenUpAgain = isUnclear || from !== undefined;
  const restores = input.limits?.restores;
  const operationUses = operationContext(input, spec.createdAt, input.batch, role, workspace, takenUpAgain, restores);
  const count = meter && taskCounter(meter, operationName(spec.request.Operation));
  const stopped = await runUntilStopped(lease, progress, {
    rows,
    ...bindOperation(spec, operationUses),
    ...limitsOf(input, spec),
    stop: signal,
    isDone: (index) => progress.isDone(index),
    onOutcome: (index, task, outcome) => {
      progress.add(index, task, outcome);
      count?.(task, outcome);
    },
  });
  if (stopped) return handBack(lease, progress);
  // A former attempt or a lost answer has left uploads, and no task went on with them.
  const mayBeLeft = takenUpAgain || operationUses.uploads.left > 0;
  const allDealtWith = !mayBeLeft || (await abortUploadsLeft({ ...attempt, workspace, role, progress }));
  if (!allDealtWith) return handBack(lease, progress);
  const finished = progress.finish().then(() => true);
  if (!(await unlessSilent(lease, signal, finished))) return handBack(lease, progress);
  return { status: 'done', tally: progress.tally };
}

function bytePaceOf({ limits }: RunBatchInput): Pace | undefined {
  return limits?.bytesPerSecond === undefined ? undefined : new Pace(limits.bytesPerSecond);
}

/** The job's limit of concurrency counts tasks, also where one request has several. */
function limitsOf({ limits }: RunBatchInput, { plan }: JobSpec) {
  return {
    requestsInFlight: plan.requestsInFlight,
    ...defined({ tasksInFlight: limits?.requestsInFlight, tasksPerSecond: limits?.tasksPerSecond }),
  };
}

/**
 * A store out of reach is waited for, but not for ever: all tasks of the batch are done. False when the batch was stopped
 * meanwhile.
 */
async function abortUploadsLeft({ input, workspace, role, lease, signal, progress }: OpenedBatch): Promise<boolean> {
  const { bucket, prefix } = input.workspace;
  const uploads = { workspace, role, bucket, prefix: workspaceKeys.uploads(prefix, input.batch) };
  try {
    const givenUp = giveUpUploads(uploads, signal).then(() => true);
    return (await unlessSilent(lease, signal, givenUp)) ?? false;
  } catch (error) {
    if (signal.aborted) return false;
    if (error instanceof StoreError && Context.current().info.attempt >= LIMITS.multipart.giveUpAttemptsMax) {
      return true;
    }
    lease.beat(await progress.flush());
    throw error;
  }
}

function bindOperation(spec: JobSpec, context: OperationContext): Pick<TaskRun, 'perform' | 'group'> {
  const operation = spec.operation();
  const group = operation.bindGroup?.(context);
  return { perform: operation.bind(context), ...(group && { group }) };
}

/** True when the batch was stopped before all its tasks were done. A fault of the surroundings is thrown, after a flush. */
async function runUntilStopped(lease: Lease, progress: BatchProgress, run: Omit<TaskRun, 'giveUp'>): Promise<boolean> {
  const giveUp = new AbortController();
  const onStop = (): void => {
    setTimeout(() => {
      giveUp.abort(run.stop.reason);
    }, GRACE_MS).unref();
  };
  const onLeaseEnd = (): void => {
    giveUp.abort(lease.signal.reason);
  };
  lease.signal.addEventListener('abort', onLeaseEnd, { once: true });
  run.stop.addEventListener('abort', onStop, { once: true });
  const flusher = setInterval(() => {
    // A failed flush only delays the checkpoint; the next one, or the end of the batch, tells.
    progress.flush().then(
      (checkpoint) => {
        lease.beat(checkpoint);
      },
      () => undefined,
    );
  }, LIMITS.batch.checkpointIntervalMs);
  try {
    // Tasks that a silent store holds up, past the end of their requests, are left: the next attempt does them again.
    await unlessSilent(lease, giveUp.signal, runTasks({ ...run, giveUp: giveUp.signal }));
  } catch (error) {
    lease.beat(await progress.flush());
    throw error;
  } finally {
    clearInterval(flusher);
    run.stop.removeEventListener('abort', onStop);
    lease.signal.removeEventListener('abort', onLeaseEnd);
  }
  return run.rows.some((_, index) => !progress.isDone(index));
}

/**
 * The job asked to stop: the checkpoint is the result. A worker that shuts down, or a server that took the batch away, must
 * not end it: the details of the last heartbeat let another worker go on.
 */
async function handBack(lease: Lease, progress: BatchProgress): Promise<BatchResult> {
  // A flush that a silent store holds up goes on by itself: the rows are found in the workspace when they get there.
  const flushed = progress.flush().catch(() => progress.checkpoint);
  const checkpoint = (await unlessSilent(lease, AbortSignal.abort(), flushed)) ?? progress.checkpoint;
  if (isAskedToStop()) return interrupted(checkpoint);
  lease.check();
  if (checkpoint) lease.beat(checkpoint);
  return Context.current().cancelled;
}

function isAskedToStop(): boolean {
  return Context.current().cancellationDetails?.cancelRequested === true;
}

/** The activity's result, whatever is known: without one the chunk would have to read the workspace, which may be what hangs. */
function interrupted(checkpoint: BatchCheckpoint | undefined): BatchResult {
  return { status: 'interrupted', checkpoint: checkpoint ?? NOTHING_KNOWN };
}
