/**
 * Goal: the job and chunk workflows as Temporal really runs them. Method: a real server and real workers; activities are
 * replaced by ones that behave as the test says.
 */
import { Context } from '@temporalio/activity';
import { WorkflowFailedError } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities, BatchResult, RunBatchInput } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import { chunkWorkflowId, jobWorkflowId } from '../../../contracts/engine/naming';
import { LIMITS } from '../../../contracts/limits';
import { DEFAULT_FAILURE_THRESHOLD } from '../../../workflows/batches/failure-threshold';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

let runner: WorkflowRunner | undefined;

afterEach(async () => {
  await runner?.close();
  runner = undefined;
});

async function run(activities: Activities): Promise<WorkflowRunner> {
  runner = await startWorkflowRunner(temporalAddress(), activities);
  return runner;
}

async function eventsOf(workflowId: string): Promise<number> {
  if (!runner) throw new Error('no runner');
  const history = await runner.client.workflow.getHandle(workflowId).fetchHistory();
  return history.events?.length ?? 0;
}

test('a job runs from manifest to report, and costs few events', async () => {
  const { start } = await run(easyActivities(40));
  const input = jobInput();
  const snapshot = await (await start(input)).result();
  expect(snapshot).toMatchObject({
    status: 'Complete',
    totalTasks: 40_000,
    tally: { succeeded: 40_000, failed: 0, pending: 0 },
    reportManifestKey: 'manifest.json',
    chunksInFlight: [],
  });
  // 40 batches are 8 chunks of 5. Budgets: 6 events a batch and 9 a chunk, and those of the steps around them.
  expect(await eventsOf(chunkWorkflowId(input.jobId, 0))).toBeLessThanOrEqual(6 * 5 + 5 + 6);
  expect(await eventsOf(jobWorkflowId(input.jobId))).toBeLessThanOrEqual(9 * 8 + 40);
});

/** Batches that take long, and on cancellation hand back what they have: 100 rows each time. */
function slowBatches(seen: RunBatchInput[]): Activities['runBatch'] {
  return async (input): Promise<BatchResult> => {
    seen.push(input);
    const context = Context.current();
    const before = input.checkpoint?.tally.succeeded ?? 0;
    if (before > 0) return { status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } };
    const beat = setInterval(() => context.heartbeat(), 100);
    await context.cancelled.catch(() => undefined).finally(() => clearInterval(beat));
    return {
      status: 'interrupted',
      checkpoint: { v: 1, done: '', part: 'p', tally: { succeeded: 100, failed: 0, pending: 0 } },
    };
  };
}

test('pause hands back, resume goes on from there', async () => {
  const seen: RunBatchInput[] = [];
  const { start, snapshot } = await run({
    ...easyActivities(6),
    runBatch: slowBatches(seen),
    writeChunkReport: () => Promise.resolve({ succeeded: 4_100, failed: 0, pending: 0 }),
  });
  const input = jobInput();
  const handle = await start(input);
  await eventually(
    () => Promise.resolve(seen.length),
    (count) => count === 5,
  );
  const paused = Date.now();
  await handle.signal(MESSAGES.pause, 'lunch');
  const snapshotPaused = await eventually(
    () => snapshot(input.jobId),
    ({ status }) => status === 'Paused',
    6_000,
  );
  expect(Date.now() - paused).toBeLessThan(5_000);
  expect(snapshotPaused).toMatchObject({
    tally: { succeeded: 500 },
    statusUpdateReason: 'lunch',
    waitingFor: 'resume',
    chunksInFlight: [],
  });
  await handle.signal(MESSAGES.resume);
  await eventually(
    () => snapshot(input.jobId),
    ({ chunksInFlight }) => chunksInFlight.length === 1,
  );
  const resumed = seen.filter(({ checkpoint }) => checkpoint !== undefined);
  expect(resumed.map(({ batch }) => batch).sort()).toEqual([0, 1, 2, 3, 5]);
  expect(resumed.every(({ checkpoint }) => checkpoint?.tally.succeeded === 100)).toBe(true);
  // Batch 4 began only after the resume and hands back when it is cancelled; its chunk counts as its report says.
  await handle.signal(MESSAGES.cancel);
  expect(await handle.result()).toMatchObject({ status: 'Cancelled', tally: { succeeded: 5_100 } });
});

test('cancel ends soon and still writes the report', async () => {
  const reported: string[] = [];
  const easy = easyActivities(10);
  const { start } = await run({
    ...easy,
    runBatch: slowBatches([]),
    writeChunkReport: (input) => {
      reported.push(`chunk ${input.range.chunk}: ${(input.open ?? []).length} open`);
      return easy.writeChunkReport(input);
    },
    writeReport: (input) => {
      reported.push(`report of ${input.chunks} chunks`);
      return easy.writeReport(input);
    },
  });
  const handle = await start(jobInput());
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const cancelled = Date.now();
  await handle.signal(MESSAGES.cancel, 'wrong bucket');
  const snapshot = await handle.result();
  // Five seconds are promised where the machine is not busy; other suites run beside this one.
  expect(Date.now() - cancelled).toBeLessThan(15_000);
  expect(snapshot).toMatchObject({
    status: 'Cancelled',
    tally: { succeeded: 800 },
    statusUpdateReason: 'wrong bucket',
  });
  expect(reported).toEqual(['chunk 0: 4 open', 'chunk 1: 4 open', 'report of 2 chunks']);
});

test('Temporal’s own cancel is a cancel too', async () => {
  const { start, client } = await run({ ...easyActivities(10), runBatch: slowBatches([]) });
  const input = jobInput();
  const handle = await start(input);
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await handle.cancel();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  const description = await client.workflow.getHandle(jobWorkflowId(input.jobId)).describe();
  expect(description.status.name).toBe('CANCELLED');
  expect(description.memo?.snapshot).toMatchObject({ status: 'Cancelled' });
});

test('an unreadable manifest fails the job with its reason', async () => {
  const { start, client } = await run({
    ...easyActivities(1),
    prepareManifest: () =>
      Promise.reject(ApplicationFailure.nonRetryable('The manifest was not found', 'ManifestNotFound')),
  });
  const input = jobInput();
  await expect((await start(input)).result()).rejects.toThrow(WorkflowFailedError);
  const description = await client.workflow.getHandle(jobWorkflowId(input.jobId)).describe();
  expect(description.memo?.snapshot).toMatchObject({
    status: 'Failed',
    failureReasons: [{ FailureCode: 'ManifestNotFound', FailureReason: 'The manifest was not found' }],
  });
});

test('a job most of whose tasks fail is stopped, and reported', async () => {
  let ran = 0;
  const { start, snapshot } = await run({
    ...easyActivities(100),
    runBatch: async () => {
      ran += 1;
      await new Promise((resolve) => setTimeout(resolve, 50));
      return { status: 'done', tally: { succeeded: 400, failed: 600, pending: 0 } };
    },
  });
  const input = jobInput();
  await expect((await start(input)).result()).rejects.toThrow(WorkflowFailedError);
  expect(await snapshot(input.jobId)).toMatchObject({
    status: 'Failed',
    failureReasons: [{ FailureCode: 'FailureThresholdExceeded' }],
    reportManifestKey: 'manifest.json',
  });
  expect(ran).toBeLessThan(60);
});

test('a batch that can’t go on fails the job, and what was done is reported', async () => {
  const { start, snapshot } = await run({
    ...easyActivities(10),
    runBatch: ({ batch }) =>
      batch === 7
        ? Promise.reject(ApplicationFailure.nonRetryable('The manifest changed', 'ManifestETagMismatch'))
        : Promise.resolve({ status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } }),
  });
  const input = jobInput();
  await expect((await start(input)).result()).rejects.toThrow(WorkflowFailedError);
  expect(await snapshot(input.jobId)).toMatchObject({
    status: 'Failed',
    failureReasons: [{ FailureCode: 'ManifestETagMismatch', FailureReason: 'The manifest changed' }],
    reportManifestKey: 'manifest.json',
  });
});

test('confirmation holds a job until it is given', async () => {
  const { start, snapshot } = await run(easyActivities(1));
  const input = jobInput({ request: { ConfirmationRequired: true } });
  const handle = await start(input);
  const suspended = await eventually(
    () => snapshot(input.jobId),
    ({ status }) => status === 'Suspended',
  );
  expect(suspended).toMatchObject({ totalTasks: 1_000, tally: { succeeded: 0 } });
  expect(suspended.suspendedAt).toBeDefined();
  await handle.signal(MESSAGES.confirm);
  expect(await handle.result()).toMatchObject({ status: 'Complete' });
});

test('a long chunk continues as new and its job sees one result', async () => {
  const batches = LIMITS.chunks.runBatchesMax + 50;
  const input = jobInput({ plan: { batchesInFlight: 16 } });
  const { client, taskQueue } = await run(easyActivities(batches));
  const handle = await client.workflow.start('chunkWorkflow', {
    workflowId: chunkWorkflowId(input.jobId, 0),
    taskQueue,
    args: [
      {
        ...input,
        range: { chunk: 0, firstBatch: 0, batches },
        state: { started: 0, open: [], tally: { succeeded: 0, failed: 0, pending: 0 } },
        reportEnabled: true,
        lanes: 16,
        failureThreshold: DEFAULT_FAILURE_THRESHOLD,
      },
    ],
  });
  expect(await handle.result()).toMatchObject({
    status: 'done',
    state: { started: batches, open: [], tally: { succeeded: batches * 1_000 } },
  });
  const first = await client.workflow.getHandle(handle.workflowId, handle.firstExecutionRunId).describe();
  expect(first.status.name).toBe('CONTINUED_AS_NEW');
});

test('signals that make no sense change nothing', async () => {
  const { start, snapshot } = await run(easyActivities(1));
  const input = jobInput({ request: { ConfirmationRequired: true } });
  const handle = await start(input);
  await eventually(
    () => snapshot(input.jobId),
    ({ status }) => status === 'Suspended',
  );
  await handle.signal(MESSAGES.setPriority, 'very high');
  await handle.signal(MESSAGES.setPriority, -1);
  await handle.signal('no-such-signal', {});
  await handle.signal(MESSAGES.chunkTally);
  await handle.signal(MESSAGES.confirm, { not: 'a reason' });
  expect(await handle.result()).toMatchObject({ status: 'Complete', priority: 10 });
});
