import { Context } from '@temporalio/activity';
import { Client } from '@temporalio/client';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import type { Activities } from '../../contracts/engine/activities';
import { withoutStack } from '../../contracts/engine/failures';
import { MESSAGES } from '../../contracts/engine/messages';
import {
  chunkWorkflowId,
  dispatcherWorkflowId,
  jobWorkflowId,
  notifierWorkflowId,
  restoreWatchWorkflowId,
  WORKFLOW_TYPES,
} from '../../contracts/engine/naming';
import type { JobInput, JobStatus } from '../../contracts/job';
import type { ScheduledJobInput } from '../../contracts/schedule';
import type { jobWorkflow } from '../../workflows/job';
import { eventually } from '../support/eventually';
import { easyActivities, jobInput, type WorkflowRunner } from '../support/workflows/workflow-runner';

/** A life of a job whose histories are kept: what it does, and which of its workflows are worth keeping. */
export interface Scenario {
  readonly name: string;
  readonly input: JobInput;
  readonly activities: Activities;
  drive(runner: WorkflowRunner): Promise<void>;
  readonly workflowIds: (jobId: string, jobsQueueName: string) => Readonly<Record<string, string>>;
}

const toEnd = async (runner: WorkflowRunner, input: JobInput): Promise<void> => {
  const handle = await runner.start(input);
  await handle.result().catch(() => undefined);
};

const reaches = (runner: WorkflowRunner, jobId: string, wanted: JobStatus, timeoutMs?: number) =>
  eventually(
    () => runner.snapshot(jobId),
    ({ status }) => status === wanted,
    timeoutMs,
  );

function complete(): Scenario {
  const input = jobInput();
  return {
    name: 'complete',
    input,
    activities: easyActivities(12),
    drive: (runner) => toEnd(runner, input),
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), chunk: chunkWorkflowId(jobId, 0) }),
  };
}

type Started = ReturnType<WorkflowRunner['start']>;

const start = (runner: WorkflowRunner, input: JobInput): Started => runner.start(input);

/** As an API starts it that traces. */
function startTraced({ client, taskQueue }: WorkflowRunner, input: JobInput): Started {
  const carrier = { traceparent: `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01` };
  const headers = { '_tracer-data': defaultPayloadConverter.toPayload(carrier) };
  const tracing = new Client({
    connection: client.connection,
    interceptors: { workflow: [{ startWithDetails: (given, next) => next({ ...given, headers }) }] },
  });
  return tracing.workflow.start<typeof jobWorkflow>('jobWorkflow', {
    workflowId: jobWorkflowId(input.jobId),
    taskQueue,
    args: [input],
  });
}

function pausedAndResumed(
  name: string,
  start: (runner: WorkflowRunner, input: JobInput) => Started,
  [pause, resume]: readonly [string, string] = [MESSAGES.pause, MESSAGES.resume],
): Scenario {
  const input = jobInput({ request: { ConfirmationRequired: true } });
  const runBatch: Activities['runBatch'] = async ({ checkpoint }) => {
    if (checkpoint) return { status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } };
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    await context.cancelled.catch(() => undefined).finally(() => clearInterval(beat));
    const tally = { succeeded: 10, failed: 0, pending: 0 };
    return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
  };
  return {
    name,
    input,
    activities: { ...easyActivities(4), runBatch },
    drive: async (runner) => {
      const handle = await start(runner, input);
      const until = (status: JobStatus) => reaches(runner, input.jobId, status);
      await until('Suspended');
      await handle.signal(MESSAGES.confirm);
      await until('Active');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await handle.signal(pause, 'lunch');
      await until('Paused');
      await handle.signal(MESSAGES.setPriority, 50);
      await handle.signal(resume);
      await handle.result();
    },
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), chunk: chunkWorkflowId(jobId, 0) }),
  };
}

/** In the middle of its batches, which may have begun multipart uploads. */
function cancelled(): Scenario {
  const input = jobInput();
  const runBatch: Activities['runBatch'] = async () => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 100);
    await context.cancelled.catch(() => undefined).finally(() => clearInterval(beat));
    const tally = { succeeded: 10, failed: 0, pending: 0 };
    return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
  };
  return {
    name: 'cancelled',
    input,
    activities: { ...easyActivities(4), runBatch },
    drive: async (runner) => {
      const handle = await runner.start(input);
      await reaches(runner, input.jobId, 'Active');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await handle.signal(MESSAGES.cancel, 'wrong bucket');
      await handle.result();
    },
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), chunk: chunkWorkflowId(jobId, 0) }),
  };
}

/** A task of each batch waits, and goes on after a look; the job is paused meanwhile. */
function waited(): Scenario {
  const input = jobInput({
    plan: { wait: { kind: 'lists', what: 'restore', firstLookMs: 500, intervalMs: 200, intervalMaxMs: 200 } },
  });
  let resumed = false;
  return {
    name: 'waited',
    input,
    activities: {
      ...easyActivities(2),
      runBatch: ({ batch }) => {
        const isList = batch >= 100_000_000;
        const tally = isList ? { succeeded: 2, failed: 0, pending: 0 } : { succeeded: 999, failed: 0, pending: 1 };
        return Promise.resolve({ status: 'done', tally });
      },
      lookAtWaiting: () =>
        resumed
          ? Promise.resolve({ lists: 1, listed: 2, idleLooks: 1, nextLookAt: new Date().toISOString() })
          : Promise.reject(withoutStack(ApplicationFailure.create({ message: 'none', nextRetryDelay: 200 }))),
    },
    drive: async (runner) => {
      const handle = await runner.start(input);
      await eventually(
        () => runner.snapshot(input.jobId),
        ({ tally }) => tally.pending === 2,
      );
      await handle.signal(MESSAGES.pause);
      await reaches(runner, input.jobId, 'Paused');
      resumed = true;
      await handle.signal(MESSAGES.resume);
      await handle.result();
    },
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId) }),
  };
}

/** Its attempts end without a word of their own while the job is being stopped: what they did is looked up. */
function silentWhen(change: 'paused' | 'cancelled'): Scenario {
  const input = jobInput({ plan: { heartbeatTimeoutMs: 5_000 } });
  const tally = { succeeded: 10, failed: 0, pending: 0 };
  const runBatch: Activities['runBatch'] = async ({ checkpoint, takenUpAgain }) => {
    if (checkpoint || takenUpAgain) return { status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } };
    await new Promise((resolve) => setTimeout(resolve, 8_000));
    throw new Error('nobody listens any more');
  };
  return {
    name: `silent-when-${change}`,
    input,
    activities: {
      ...easyActivities(4),
      runBatch,
      recoverBatch: ({ batch }) =>
        Promise.resolve(
          change === 'paused' && batch === 0
            ? { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } }
            : null,
        ),
      // More than the job was told of.
      writeChunkReport: () => Promise.resolve(tally),
    },
    drive: async (runner) => {
      const handle = await runner.start(input);
      const until = (status: JobStatus) => reaches(runner, input.jobId, status, 30_000);
      await until('Active');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      if (change === 'paused') {
        await handle.signal(MESSAGES.pause, 'lunch');
        await until('Paused');
        await handle.signal(MESSAGES.resume);
      } else {
        await handle.signal(MESSAGES.cancel, 'wrong bucket');
      }
      await handle.result();
    },
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), chunk: chunkWorkflowId(jobId, 0) }),
  };
}

/** The reading of its manifest ends without a word while the job is cancelled. */
function silentManifest(): Scenario {
  const input = jobInput({ plan: { heartbeatTimeoutMs: 5_000 } });
  return {
    name: 'silent-manifest',
    input,
    activities: {
      ...easyActivities(4),
      prepareManifest: async () => {
        await new Promise((resolve) => setTimeout(resolve, 8_000));
        throw new Error('nobody listens any more');
      },
    },
    drive: async (runner) => {
      const handle = await runner.start(input);
      await reaches(runner, input.jobId, 'Preparing');
      await new Promise((resolve) => setTimeout(resolve, 1_000));
      await handle.signal(MESSAGES.cancel, 'wrong bucket');
      await handle.result();
    },
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId) }),
  };
}

function failed(): Scenario {
  const input = jobInput();
  // The paths of this machine have no place in a recorded history.
  const failure = withoutStack(ApplicationFailure.nonRetryable('The manifest changed', 'ManifestETagMismatch'));
  return {
    name: 'failed',
    input,
    activities: {
      ...easyActivities(8),
      runBatch: ({ batch }) => (batch === 3 ? Promise.reject(failure) : easyActivities(8).runBatch({} as never)),
    },
    drive: (runner) => toEnd(runner, input),
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), chunk: chunkWorkflowId(jobId, 0) }),
  };
}

function restored(): Scenario {
  const input = jobInput({
    plan: { wait: { kind: 'restore', firstCheckMs: 500, intervalMs: 200, timeoutMs: 60_000 } },
  });
  return {
    name: 'restored',
    input,
    activities: {
      ...easyActivities(1),
      runBatch: () => Promise.resolve({ status: 'done', tally: { succeeded: 0, failed: 0, pending: 1_000 } }),
      checkRestores: () => Promise.resolve({ succeeded: 999, failed: 1, pending: 0 }),
    },
    drive: (runner) => toEnd(runner, input),
    workflowIds: (jobId) => ({ job: jobWorkflowId(jobId), watch: restoreWatchWorkflowId(jobId, 0) }),
  };
}

/** Limits change while it runs, a job of higher priority takes the workers, and a target is told of every status. */
function limitedAndPreempted(): Scenario {
  const input = jobInput({
    plan: { chunksInFlight: 4 },
    request: { Priority: 1, Limits: { FailureThreshold: { FailedTasks: 100 } } },
  });
  const told = { ...input, notify: ['hook'] };
  const runBatch: Activities['runBatch'] = async ({ checkpoint }) => {
    const context = Context.current();
    const beat = setInterval(() => context.heartbeat(), 50);
    try {
      await context.sleep(200);
      return { status: 'done', tally: { succeeded: 999, failed: 1, pending: 0 } };
    } catch {
      const tally = checkpoint?.tally ?? { succeeded: 10, failed: 0, pending: 0 };
      return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
    } finally {
      clearInterval(beat);
    }
  };
  return {
    name: 'limited-and-preempted',
    input: told,
    activities: {
      ...easyActivities(40),
      runBatch,
      surveyFleet: () => Promise.resolve({ batchSlots: 6, gone: [], strangers: [] }),
    },
    drive: async (runner) => {
      const handle = await runner.start(told);
      const until = (status: JobStatus) => reaches(runner, input.jobId, status);
      await until('Active');
      await handle.signal(MESSAGES.setLimits, { Concurrency: 20 });
      await new Promise((resolve) => setTimeout(resolve, 500));
      await handle.signal(MESSAGES.setLimits, {});
      await handle.signal(MESSAGES.setTags, [{ Key: 'herd', Value: 'cows' }]);
      const high = await runner.start(jobInput({ request: { Priority: 9 } }));
      await until('Paused');
      await high.result();
      await handle.result();
    },
    workflowIds: (jobId, jobsQueueName) => ({
      job: jobWorkflowId(jobId),
      chunk: chunkWorkflowId(jobId, 0),
      dispatcher: dispatcherWorkflowId(jobsQueueName),
      notifier: notifierWorkflowId(jobId),
    }),
  };
}

/** `admitted`: as of the release in which a run asks first whether its account may start a job. */
function scheduled(name: 'scheduled' | 'admitted'): Scenario {
  const input = jobInput();
  const { ClientRequestToken: _token, Manifest, ...template } = input.request;
  const { ETag: _etag, ...Location } = Manifest!.Location;
  const run: ScheduledJobInput = {
    scheduleId: 'nightly',
    account: input.account,
    template: { ...template, Manifest: { Spec: Manifest!.Spec, Location } },
    plan: input.plan,
    workspace: { bucket: 'workspace', prefix: 'jobs/' },
    region: input.region,
  };
  const workflowId = `schedule-${input.jobId}`;
  return {
    name,
    input,
    activities: easyActivities(2),
    drive: async ({ client, taskQueue }) => {
      await client.workflow.execute(WORKFLOW_TYPES.scheduledJob, { workflowId, taskQueue, args: [run] });
    },
    workflowIds: () => ({ run: workflowId }),
  };
}

function cleaned(): Scenario {
  const input = jobInput();
  const workflowId = `cleaning-${input.jobId}`;
  return {
    name: 'cleaned',
    input,
    activities: easyActivities(1),
    drive: async ({ client, taskQueue }) => {
      await client.workflow.execute(WORKFLOW_TYPES.cleaning, { workflowId, taskQueue, args: [] });
    },
    workflowIds: () => ({ round: workflowId }),
  };
}

export function scenarios(): Scenario[] {
  return [
    complete(),
    pausedAndResumed('paused-and-resumed', start),
    pausedAndResumed('traced', startTraced),
    pausedAndResumed('paused-with-all', start, [MESSAGES.pauseWithAll, MESSAGES.resumeWithAll]),
    cancelled(),
    silentWhen('paused'),
    silentWhen('cancelled'),
    silentManifest(),
    failed(),
    restored(),
    waited(),
    limitedAndPreempted(),
    scheduled('scheduled'),
    scheduled('admitted'),
    cleaned(),
  ];
}
