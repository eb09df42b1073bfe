/**
 * Goal: whatever way a batch's attempt ends while its job is interrupted, the job pauses, changes its limits or is cancelled,
 * and knows what was flushed. Method: a real server; a worker process that is killed, or none, or attempts that fail; the
 * workspace's word is a fake's.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities, BatchResult } from '../../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../../contracts/engine/checkpoint';
import { MESSAGES } from '../../../contracts/engine/messages';
import { chunkWorkflowId, objectsQueue } from '../../../contracts/engine/naming';
import type { JobInput } from '../../../contracts/job';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

const ROWS = 1_000;
const HEARTBEAT_TIMEOUT_MS = 5_000;
/** What the workspace has: more than the last heartbeat told. */
const FLUSHED: BatchCheckpoint = { v: 1, done: 'AAE=', part: '9-ab', tally: { succeeded: 8, failed: 1, pending: 0 } };
const HEARD: BatchCheckpoint = { ...FLUSHED, part: '5-cd', tally: { succeeded: 4, failed: 1, pending: 0 } };

const open: WorkflowRunner[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(open.splice(0).map((runner) => runner.close()));
});

interface Scene {
  readonly input: JobInput;
  readonly jobs: WorkflowRunner;
  /** A worker for batches that works. Gives the checkpoints with which batches were begun. */
  rescue(found?: BatchResult | null): Promise<(BatchCheckpoint | undefined)[]>;
}

type Ending = (input: JobInput, prefix: string, jobs: () => WorkflowRunner) => Promise<void>;

/** A job of one batch whose attempt has ended, or will, without a word. */
async function scene(end: Ending): Promise<Scene> {
  const input = jobInput({ plan: { heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS } });
  const prefix = `test-interrupted-${input.jobId}`;
  const jobs = await startRunner(easyActivities(1), { prefix, queue: 'jobs' });
  await jobs.start(input);
  await end(input, prefix, () => jobs);
  return {
    input,
    jobs,
    rescue: async (found = { status: 'interrupted', checkpoint: FLUSHED }) => {
      const begun: (BatchCheckpoint | undefined)[] = [];
      const runBatch: Activities['runBatch'] = ({ checkpoint }) => {
        begun.push(checkpoint);
        return Promise.resolve({ status: 'done', tally: { succeeded: ROWS - 1, failed: 1, pending: 0 } });
      };
      const activities = { ...easyActivities(1), runBatch, recoverBatch: () => Promise.resolve(found) };
      await untilStopped(input, jobs);
      await startRunner(activities, { prefix, queue: 'objects' });
      return begun;
    },
  };
}

async function startRunner(...[activities, options]: [Activities, Parameters<typeof startWorkflowRunner>[2]]) {
  const runner = await startWorkflowRunner(temporalAddress(), activities, options);
  open.push(runner);
  return runner;
}

const killed: Ending = async (input, prefix, jobs) => {
  const script = join(__dirname, '..', '..', 'support', 'workflows', 'doomed-worker.cjs');
  const child = spawn(process.execPath, [script, temporalAddress(), objectsQueue(prefix), JSON.stringify(HEARD)]);
  children.push(child);
  await untilPending(input, jobs(), (pending) => (pending?.heartbeatDetails?.payloads?.length ?? 0) > 0);
  child.kill('SIGKILL');
};

const inBackOff: Ending = async (input, prefix, jobs) => {
  const runBatch: Activities['runBatch'] = () => {
    Context.current().heartbeat(HEARD);
    return Promise.reject(ApplicationFailure.create({ message: 'away', nextRetryDelay: '5 minutes' }));
  };
  const failing = await startWorkflowRunner(
    temporalAddress(),
    { ...easyActivities(1), runBatch },
    { prefix, queue: 'objects' },
  );
  await untilPending(input, jobs(), (pending) => (pending?.attempt ?? 0) > 1);
  await failing.close();
};

const neverPickedUp: Ending = async (input, _prefix, jobs) => {
  await untilPending(input, jobs(), (pending) => pending !== undefined);
};

/** temporal.api.enums.v1.PendingActivityState. */
const CANCEL_REQUESTED = 3;

/** The chunk has stopped its batches. A worker that came earlier could carry them out before it knows that the job is interrupted. */
async function untilStopped({ jobId }: JobInput, { client }: WorkflowRunner): Promise<void> {
  const chunk = client.workflow.getHandle(chunkWorkflowId(jobId, 0));
  await eventually(
    async () => (await chunk.describe()).raw.pendingActivities ?? [],
    (pending) =>
      pending.length > 0 &&
      pending.every(
        ({ activityType, state }) => activityType?.name === 'recoverBatch' || Number(state) === CANCEL_REQUESTED,
      ),
    30_000,
  );
}

interface Pending {
  readonly attempt?: number | null;
  readonly heartbeatDetails?: { readonly payloads?: unknown[] | null } | null;
}

async function untilPending(
  { jobId }: JobInput,
  { client }: WorkflowRunner,
  wanted: (pending: Pending | undefined) => boolean,
): Promise<void> {
  const chunk = client.workflow.getHandle(chunkWorkflowId(jobId, 0));
  await eventually(
    () => chunk.describe().catch(() => undefined),
    (description) => wanted(description?.raw.pendingActivities?.[0]),
    30_000,
  );
}

const ENDINGS: readonly (readonly [name: string, end: Ending])[] = [
  ['the worker was killed', killed],
  ['an attempt failed and waits to be tried again', inBackOff],
  ['no worker has picked it up', neverPickedUp],
];

describe.each(ENDINGS)('%s', (_name, end) => {
  test('pause: it pauses with what was flushed, and goes on from there', async () => {
    const { input, jobs, rescue } = await scene(end);
    const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
    await handle.signal(MESSAGES.pause);
    const begun = await rescue();
    const paused = await eventually(
      () => jobs.snapshot(input.jobId),
      ({ status }) => status !== 'Pausing' && status !== 'Active',
      30_000,
    );
    expect(paused).toMatchObject({ status: 'Paused', tally: FLUSHED.tally, failureReasons: [] });
    await handle.signal(MESSAGES.resume);
    expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: ROWS - 1, failed: 1 } });
    expect(begun).toEqual([FLUSHED]);
  });

  test('new limits: it goes on under them', async () => {
    const { input, jobs, rescue } = await scene(end);
    const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
    await handle.signal(MESSAGES.setLimits, { TasksPerSecond: 100_000 });
    const begun = await rescue();
    expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: ROWS - 1, failed: 1 } });
    expect(begun).toEqual([FLUSHED]);
  });

  test('cancel: it is cancelled, with all that was flushed', async () => {
    const { input, jobs, rescue } = await scene(end);
    const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
    await handle.signal(MESSAGES.cancel);
    await rescue();
    expect(await handle.result()).toMatchObject({ status: 'Cancelled', tally: FLUSHED.tally, failureReasons: [] });
  });
});

test('a batch that came to its end and could not say so is not run again', async () => {
  const { input, jobs, rescue } = await scene(killed);
  const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
  await handle.signal(MESSAGES.setLimits, { TasksPerSecond: 100_000 });
  const begun = await rescue({ status: 'done', tally: { succeeded: ROWS, failed: 0, pending: 0 } });
  expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: ROWS } });
  expect(begun).toEqual([]);
});

test('nothing was flushed: it goes on from where it was', async () => {
  const { input, jobs, rescue } = await scene(neverPickedUp);
  const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
  await handle.signal(MESSAGES.pause);
  const begun = await rescue(null);
  await eventually(
    () => jobs.snapshot(input.jobId),
    ({ status }) => status === 'Paused',
    30_000,
  );
  await handle.signal(MESSAGES.resume);
  expect(await handle.result()).toMatchObject({ status: 'Complete' });
  expect(begun).toEqual([undefined]);
});

test('slots that were opened by a signal know what was flushed, too', async () => {
  const input = jobInput({ plan: { heartbeatTimeoutMs: HEARTBEAT_TIMEOUT_MS, batchesInFlight: 1 } });
  const prefix = `test-interrupted-${input.jobId}`;
  const jobs = await startRunner(easyActivities(3), { prefix, queue: 'jobs' });
  const handle = await jobs.start(input);
  await untilPending(input, jobs, (pending) => pending !== undefined);
  const chunk = jobs.client.workflow.getHandle(chunkWorkflowId(input.jobId, 0));
  await chunk.signal(MESSAGES.chunkSlots, 3);
  await eventually(
    () => chunk.describe(),
    ({ raw }) => raw.pendingActivities?.length === 3,
  );
  await handle.signal(MESSAGES.pause);
  const recoverBatch = (): Promise<BatchResult> => Promise.resolve({ status: 'interrupted', checkpoint: FLUSHED });
  await untilStopped(input, jobs);
  await startRunner({ ...easyActivities(3), recoverBatch }, { prefix, queue: 'objects' });
  const paused = await eventually(
    () => jobs.snapshot(input.jobId),
    ({ status }) => status !== 'Pausing' && status !== 'Active',
    30_000,
  );
  expect(paused).toMatchObject({ status: 'Paused', tally: { succeeded: 24, failed: 3 } });
  await handle.signal(MESSAGES.resume);
  expect(await handle.result()).toMatchObject({ status: 'Complete' });
});

test('the worker that looks for what was flushed falls silent, too: another looks', async () => {
  const { input, jobs } = await scene(neverPickedUp);
  const handle = jobs.client.workflow.getHandle(`job-${input.jobId}`);
  await handle.signal(MESSAGES.cancel);
  let looks = 0;
  let release = (): void => undefined;
  const recoverBatch: Activities['recoverBatch'] = async () => {
    looks += 1;
    if (looks === 1) {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
    }
    return { status: 'interrupted', checkpoint: FLUSHED };
  };
  const prefix = `test-interrupted-${input.jobId}`;
  await untilStopped(input, jobs);
  await startRunner({ ...easyActivities(1), recoverBatch }, { prefix, queue: 'objects' });
  expect(await handle.result()).toMatchObject({ status: 'Cancelled', tally: FLUSHED.tally });
  expect(looks).toBe(2);
  release();
});

test('cancelled while the worker that read the manifest is dead: cancelled, not failed', async () => {
  const input = jobInput();
  const prefix = `test-interrupted-${input.jobId}`;
  let reading = false;
  let release = (): void => undefined;
  const prepareManifest: Activities['prepareManifest'] = async () => {
    reading = true;
    // No beat comes from it, as from a process that is gone.
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return { totalTasks: ROWS, batches: 1 };
  };
  const jobs = await startRunner({ ...easyActivities(1), prepareManifest }, { prefix });
  const handle = await jobs.start(input);
  await eventually(
    () => Promise.resolve(reading),
    (begun) => begun,
  );
  await handle.signal(MESSAGES.cancel);
  expect(await handle.result()).toMatchObject({ status: 'Cancelled', failureReasons: [] });
  release();
});
