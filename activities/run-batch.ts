import { Context } from '@temporalio/activity';
import type { BatchResult, RunBatchInput } from '../contracts/activities';
import type { BatchCheckpoint } from '../contracts/checkpoint';
import { LIMITS } from '../contracts/limits';
import type { PerformTask } from '../operations/operation';
import { parseOperation } from '../operations';
import { partScope } from '../reports';
import { setOwner } from '../storage/abort';
import type { ObjectStore, RoleStores } from '../storage/object-store';
import { BatchProgress } from './batch-progress';
import { readBatchRows } from './batch-rows';
import type { ActivityDependencies } from './dependencies';
import { heartbeating } from './heartbeat';
import type { JobSpec, JobSpecs } from './job-spec';
import { runTasks } from './run-tasks';
import { uploadNotes } from './upload-notes';

/** From the word to stop until running requests are given up. With the heartbeat's delay it stays below 5 s. */
const GRACE_MS = 1_500;

/**
 * Carries out one batch of tasks. A crash costs the work since the last checkpoint; an interruption costs none: what was
 * done is returned, and the batch goes on from there later.
 */
export function runBatchActivity({ stores }: ActivityDependencies, specs: JobSpecs) {
  return async function runBatch(input: RunBatchInput): Promise<BatchResult> {
    const context = Context.current();
    const spec = await specs.load(input);
    const role = stores.forRole(spec.request.RoleArn);
    const from = (context.info.heartbeatDetails as BatchCheckpoint | undefined) ?? input.checkpoint;
    if (from) context.heartbeat(from);
    const rows = await readBatchRows(stores, role, input, spec, context.cancellationSignal);
    const scope = partScope(spec.request.Report);
    const progress = await BatchProgress.open(stores.workspace(), input, scope, rows.length, from);
    const stopped = await runUntilStopped(input.jobId, progress, {
      rows,
      perform: bindOperation(input, spec, role, stores.workspace()),
      requestsInFlight: Math.min(spec.plan.requestsInFlight, input.limits?.requestsInFlight ?? Infinity),
      ...(input.limits?.tasksPerSecond === undefined ? {} : { tasksPerSecond: input.limits.tasksPerSecond }),
      stop: context.cancellationSignal,
      isDone: (index) => progress.isDone(index),
      onOutcome: (index, task, outcome) => {
        progress.add(index, task, outcome);
      },
    });
    if (stopped) return handBack(progress);
    await progress.finish();
    return { status: 'done', tally: progress.tally };
  };
}

function bindOperation(input: RunBatchInput, spec: JobSpec, role: RoleStores, workspace: ObjectStore): PerformTask {
  const { operation, parameters } = parseOperation(spec.request.Operation);
  return operation.bind(parameters, {
    jobId: input.jobId,
    createdAt: new Date(spec.createdAt),
    storeFor: (bucket, access) => role.storeFor(bucket, access),
    functions: role.functions,
    webhooks: role.webhooks,
    transfer: role.transfer,
    uploads: uploadNotes(workspace, input, input.batch),
  });
}

/** True when the batch was stopped before all its tasks were done. A fault of the surroundings is thrown, after a flush. */
async function runUntilStopped(
  jobId: string,
  progress: BatchProgress,
  run: Omit<Parameters<typeof runTasks>[0], 'giveUp'>,
): Promise<boolean> {
  const giveUp = new AbortController();
  setOwner(giveUp.signal, jobId);
  const onStop = (): void => {
    setTimeout(() => {
      giveUp.abort(run.stop.reason);
    }, GRACE_MS).unref();
  };
  run.stop.addEventListener('abort', onStop, { once: true });
  const flusher = setInterval(() => {
    // A failed flush only delays the checkpoint; the next one, or the end of the batch, tells.
    progress.flush().then(
      (checkpoint) => {
        Context.current().heartbeat(checkpoint);
      },
      () => undefined,
    );
  }, LIMITS.checkpointIntervalMs);
  try {
    await heartbeating(
      () => runTasks({ ...run, giveUp: giveUp.signal }),
      () => progress.checkpoint,
    );
  } catch (error) {
    Context.current().heartbeat(await progress.flush());
    throw error;
  } finally {
    clearInterval(flusher);
    run.stop.removeEventListener('abort', onStop);
  }
  return run.rows.some((_, index) => !progress.isDone(index));
}

/**
 * The job asked to stop: the checkpoint is the result. A worker that shuts down, or a server that took the batch away, must
 * not end it: the details of the last heartbeat let another worker go on.
 */
async function handBack(progress: BatchProgress): Promise<BatchResult> {
  const context = Context.current();
  const checkpoint = await progress.flush().catch(() => progress.checkpoint);
  if (checkpoint && context.cancellationDetails?.cancelRequested) return { status: 'interrupted', checkpoint };
  if (checkpoint) context.heartbeat(checkpoint);
  return context.cancelled;
}
