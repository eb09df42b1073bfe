/**
 * Goal: what the design takes for granted of Temporal's activities. Method: a real server; the real batch activity on an
 * in-memory store that counts every copy, so that work done twice shows; for a crash, a worker process that is killed.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter, type Payload } from '@temporalio/common';
import type { Activities, BatchResult } from '../../contracts/engine/activities';
import type { BatchCheckpoint } from '../../contracts/engine/checkpoint';
import { MESSAGES } from '../../contracts/engine/messages';
import { chunkWorkflowId, objectsQueue, restoreWatchWorkflowId } from '../../contracts/engine/naming';
import type { JobInput } from '../../contracts/job';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import { type JobFixture, jobFixture, reportRows } from '../support/job-fixture';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
  type WorkflowRunnerOptions,
} from '../support/workflows/workflow-runner';

const ROWS = 300;
const COPY_MS = 200;

const open: WorkflowRunner[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((runner) => runner.close()));
});

async function startRunner(activities: Activities, options: WorkflowRunnerOptions = {}): Promise<WorkflowRunner> {
  const runner = await startWorkflowRunner(temporalAddress(), activities, options);
  open.push(runner);
  return runner;
}

/** One batch of copies that takes some 6 s, and the input of its job. */
function slowCopies(): { fixture: JobFixture; input: JobInput; copies: () => string[] } {
  const fixture = jobFixture({ rows: ROWS, plan: { requestsInFlight: 10 } });
  fixture.store.faults.delay(COPY_MS, { method: 'copyObject', times: Infinity });
  const input = { ...jobInput({ request: fixture.request, plan: fixture.plan }) };
  const copies = (): string[] =>
    fixture.store.calls.filter(({ method }) => method === 'copyObject').map(({ key }) => key);
  return { fixture, input, copies };
}

async function untilCopied(copies: () => string[], count: number): Promise<void> {
  await eventually(
    () => Promise.resolve(copies().length),
    (done) => done >= count,
  );
}

interface BatchHistory {
  readonly scheduled: number;
  /** The attempt number of each start that the history tells of: an attempt that is tried again leaves none. */
  readonly attempts: readonly number[];
  readonly results: readonly BatchResult[];
}

async function batchHistory({ client }: WorkflowRunner, jobId: string, runId?: string): Promise<BatchHistory> {
  const { events } = await client.workflow.getHandle(chunkWorkflowId(jobId, 0), runId).fetchHistory();
  const scheduled = (events ?? []).filter(
    (event) => event.activityTaskScheduledEventAttributes?.activityType?.name === 'runBatch',
  );
  const ids = scheduled.map(({ eventId }) => String(eventId));
  const ofBatch = (id: unknown): boolean => ids.includes(String(id));
  return {
    scheduled: scheduled.length,
    attempts: (events ?? []).flatMap(({ activityTaskStartedEventAttributes: started }) =>
      started && ofBatch(started.scheduledEventId) ? [started.attempt ?? 0] : [],
    ),
    results: (events ?? []).flatMap(({ activityTaskCompletedEventAttributes: completed }) =>
      completed && ofBatch(completed.scheduledEventId) ? [batchResult(completed.result?.payloads?.[0])] : [],
    ),
  };
}

function batchResult(payload: unknown): BatchResult {
  return defaultPayloadConverter.fromPayload<BatchResult>(payload as Payload);
}

test('cancelled, a batch returns what it has done, and goes on from there', async () => {
  const { fixture, input, copies } = slowCopies();
  const runner = await startRunner(fixture.activities);
  const handle = await runner.start(input);
  await untilCopied(copies, 60);
  await handle.signal(MESSAGES.pause);
  const paused = await eventually(
    () => runner.snapshot(input.jobId),
    ({ status }) => status === 'Paused',
    6_000,
  );
  const done = copies().length;
  expect(done).toBeLessThan(ROWS);
  expect(paused.tally).toEqual({ succeeded: done, failed: 0, pending: 0 });
  const { scheduled, results } = await batchHistory(runner, input.jobId);
  expect(scheduled).toBe(1);
  expect(results).toEqual([
    {
      status: 'interrupted',
      checkpoint: expect.objectContaining({ tally: { succeeded: done, failed: 0, pending: 0 } }),
    },
  ]);
  await handle.signal(MESSAGES.resume);
  const snapshot = await handle.result();
  expect(snapshot).toMatchObject({ status: 'Complete', tally: { succeeded: ROWS } });
  expectEachOnce(fixture, copies(), snapshot.reportManifestKey);
});

function expectEachOnce({ store }: JobFixture, copies: readonly string[], manifestKey: string | undefined): void {
  expect([...new Set(copies)]).toHaveLength(ROWS);
  expect(copies).toHaveLength(ROWS);
  const rows = reportRows(store, 'reports', manifestKey ?? '');
  expect([...new Set(rows)]).toHaveLength(ROWS);
  expect(rows).toHaveLength(ROWS);
}

test('shut down, a worker ends no batch: another goes on from its last heartbeat', async () => {
  const { fixture, input, copies } = slowCopies();
  const prefix = `test-shutdown-${input.jobId}`;
  const first = await startWorkflowRunner(temporalAddress(), fixture.activities, { prefix });
  const handle = await first.start(input);
  await untilCopied(copies, 60);
  const second = await startRunner(fixture.activities, { prefix, queue: 'jobs' });
  await first.close();
  const handedOver = copies().length;
  expect(handedOver).toBeLessThan(ROWS);
  await startRunner(fixture.activities, { prefix, queue: 'objects' });
  const result = await second.client.workflow.getHandle(handle.workflowId).result();
  expect(result).toMatchObject({ status: 'Complete', tally: { succeeded: ROWS, failed: 0 } });
  expectEachOnce(fixture, copies(), (result as { reportManifestKey?: string }).reportManifestKey);
  const history = await batchHistory(second, input.jobId);
  expect(history.scheduled).toBe(1);
  expect(history.attempts).toEqual([2]);
  expect(history.results).toMatchObject([{ status: 'done' }]);
});

test('killed, a worker leaves the details of its last heartbeat', async () => {
  const input = jobInput();
  const prefix = `test-kill-${input.jobId}`;
  const details: BatchCheckpoint = { v: 1, done: 'AAE=', part: 'p1', tally: { succeeded: 7, failed: 1, pending: 0 } };
  const script = join(__dirname, '..', 'support', 'workflows', 'doomed-worker.cjs');
  const child = spawn(process.execPath, [script, temporalAddress(), objectsQueue(prefix), JSON.stringify(details)]);
  try {
    const jobs = await startRunner(easyActivities(1), { prefix, queue: 'jobs' });
    const handle = await jobs.start(input);
    const chunk = jobs.client.workflow.getHandle(chunkWorkflowId(input.jobId, 0));
    await eventually(
      () => chunk.describe().catch(() => undefined),
      (description) => (description?.raw.pendingActivities?.[0]?.heartbeatDetails?.payloads?.length ?? 0) > 0,
      30_000,
    );
    child.kill('SIGKILL');
    const seen: unknown[] = [];
    const runBatch = (): Promise<BatchResult> => {
      const { attempt, heartbeatDetails } = Context.current().info;
      seen.push({ attempt, heartbeatDetails });
      return Promise.resolve({ status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } });
    };
    await startRunner({ ...easyActivities(1), runBatch }, { prefix, queue: 'objects' });
    expect(await handle.result()).toMatchObject({ status: 'Complete' });
    expect(seen).toEqual([{ attempt: 2, heartbeatDetails: details }]);
  } finally {
    child.kill('SIGKILL');
  }
});

test('attempts that name the time of the next one leave no events', async () => {
  const wait = { kind: 'restore' as const, firstCheckMs: 0, intervalMs: 200, timeoutMs: 60_000 };
  const attempts: number[] = [];
  const input = jobInput({ plan: { wait } });
  const runner = await startRunner({
    ...easyActivities(1, 10),
    runBatch: () => Promise.resolve({ status: 'done', tally: { succeeded: 0, failed: 0, pending: 10 } }),
    checkRestores: () => {
      attempts.push(Context.current().info.attempt);
      return Promise.reject(ApplicationFailure.create({ message: 'not yet', nextRetryDelay: wait.intervalMs }));
    },
  });
  const handle = await runner.start(input);
  const watch = runner.client.workflow.getHandle(restoreWatchWorkflowId(input.jobId, 0));
  const eventsAfter = async (count: number): Promise<number | undefined> => {
    await eventually(
      () => Promise.resolve(attempts.length),
      (made) => made >= count,
    );
    return (await watch.fetchHistory()).events?.length;
  };
  const early = await eventsAfter(2);
  expect(early).toBeDefined();
  expect(await eventsAfter(6)).toBe(early);
  const cancelled = Date.now();
  await handle.signal(MESSAGES.cancel);
  expect(await handle.result()).toMatchObject({ status: 'Cancelled' });
  expect(Date.now() - cancelled).toBeLessThan(5_000);
});
