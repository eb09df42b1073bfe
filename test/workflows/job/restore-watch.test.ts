/**
 * Goal: a job that waits for restores waits for days, without events, without a worker slot, and ends when the last object
 * is readable. Method: the time-skipping server for the two days; the real one for what cancelling does.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { Activities } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import { jobWorkflowId, restoreWatchWorkflowId } from '../../../contracts/engine/naming';
import type { RestoreWait } from '../../../contracts/engine/plan';
import { temporalAddress, timeSkippingServerPath } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { easyActivities, jobInput, startWorkflowRunner } from '../../support/workflows/workflow-runner';

const HOUR_MS = 3_600_000;
const WAIT: RestoreWait = {
  kind: 'restore',
  firstCheckMs: HOUR_MS,
  intervalMs: HOUR_MS / 2,
  timeoutMs: 7 * 24 * HOUR_MS,
};

/** All tasks of the one batch are accepted; they are readable from the `looks`-th look on. */
function restoringActivities(looks: number, attempts: number[], wait: RestoreWait = WAIT): Activities {
  return {
    ...easyActivities(1, 10),
    runBatch: () => Promise.resolve({ status: 'done', tally: { succeeded: 0, failed: 0, pending: 10 } }),
    writeChunkReport: () => Promise.resolve({ succeeded: 4, failed: 6, pending: 0 }),
    checkRestores: () => {
      const { attempt } = Context.current().info;
      attempts.push(attempt);
      if (attempt >= looks) return Promise.resolve({ succeeded: 9, failed: 1, pending: 0 });
      const nextRetryDelay = wait.intervalMs;
      return Promise.reject(ApplicationFailure.create({ message: '0 of 10', nextRetryDelay, category: 'BENIGN' }));
    },
  };
}

test('two days of waiting cost a minute of nobody’s time and no events', async () => {
  const executable = { type: 'existing-path' as const, path: timeSkippingServerPath() };
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  const attempts: number[] = [];
  const runner = await startWorkflowRunner('', restoringActivities(95, attempts), {
    client: env.client,
    connection: env.nativeConnection,
  });
  try {
    const began = await env.currentTimeMs();
    // The watch alone: this server does not know memo updates, which the job makes.
    const { jobId, workspace } = jobInput();
    const ranges = [{ chunk: 0, firstBatch: 0, batches: 1 }];
    const handle = await env.client.workflow.start('restoreWatchWorkflow', {
      workflowId: restoreWatchWorkflowId(jobId, 0),
      taskQueue: runner.taskQueue,
      args: [{ jobId, workspace, wait: WAIT, ranges, since: new Date(began).toISOString(), reportEnabled: true }],
    });
    expect(await handle.result()).toEqual({ succeeded: 9, failed: 1, pending: 0 });
    expect(attempts).toHaveLength(95);
    expect((await env.currentTimeMs()) - began).toBeGreaterThanOrEqual(48 * HOUR_MS);
    expect((await handle.fetchHistory()).events?.length).toBeLessThan(25);
  } finally {
    await runner.close();
    await env.teardown();
  }
});

test('a waiting job says what it waits for, and cancels at once', async () => {
  const wait = { ...WAIT, firstCheckMs: 0 };
  const attempts: number[] = [];
  const runner = await startWorkflowRunner(temporalAddress(), restoringActivities(1_000, attempts, wait));
  try {
    const input = jobInput({ plan: { wait } });
    const handle = await runner.start(input);
    await eventually(
      () => Promise.resolve(attempts.length),
      (count) => count === 1,
    );
    expect(await runner.snapshot(input.jobId)).toMatchObject({
      status: 'Active',
      tally: { succeeded: 0, pending: 10 },
      waitingFor: 'restores: 10 objects are not readable yet',
    });
    const cancelled = Date.now();
    await handle.signal(MESSAGES.cancel);
    expect(await handle.result()).toMatchObject({
      status: 'Cancelled',
      reportManifestKey: 'manifest.json',
      // As the report has it: some had become readable before.
      tally: { succeeded: 4, failed: 6, pending: 0 },
    });
    expect(Date.now() - cancelled).toBeLessThan(5_000);
    expect(attempts).toEqual([1]);
    const description = await runner.client.workflow.getHandle(jobWorkflowId(input.jobId)).describe();
    expect(description.status.name).toBe('COMPLETED');
  } finally {
    await runner.close();
  }
});
