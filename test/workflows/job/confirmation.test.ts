/**
 * Goal: a job that nobody confirms fails after 30 days, not before and not later, and one that is confirmed in time does not.
 * Method: the real server. The 30 days are read from the timer in the job's history; what happens at its end is seen with
 * workflows that wait for two seconds (the time-skipping server does not know the memo updates that jobs make).
 */
import type { Activities } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import type { JobStatus } from '../../../contracts/job';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { bundleOf } from '../../support/workflows/bundle-of';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

const DAY_S = 24 * 3_600;
const unconfirmed = () => jobInput({ request: { ConfirmationRequired: true } });

const reported: string[] = [];
const activities: Activities = {
  ...easyActivities(1),
  writeReport: (input) => {
    reported.push(input.jobId);
    return Promise.resolve({ manifestKey: 'manifest.json' });
  },
};

async function within<T>(runner: Promise<WorkflowRunner>, work: (runner: WorkflowRunner) => Promise<T>): Promise<T> {
  const started = await runner;
  try {
    return await work(started);
  } finally {
    await started.close();
  }
}

function isIn(runner: WorkflowRunner, jobId: string, status: JobStatus) {
  return eventually(
    () => runner.snapshot(jobId),
    (snapshot) => snapshot.status === status,
  );
}

test('a suspended job waits for 30 days, and the wait ends with the confirmation', async () => {
  await within(startWorkflowRunner(temporalAddress(), activities), async (runner) => {
    const input = unconfirmed();
    const handle = await runner.start(input);
    await isIn(runner, input.jobId, 'Suspended');
    const timersOf = async () =>
      ((await handle.fetchHistory()).events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
        timer ? [Number(timer.startToFireTimeout?.seconds)] : [],
      );
    expect(await timersOf()).toEqual([30 * DAY_S]);
    await handle.signal(MESSAGES.confirm);
    await handle.result();
    expect(await runner.snapshot(input.jobId)).toMatchObject({ status: 'Complete', failureReasons: [] });
  });
});

test('a job that nobody confirms fails when the wait is over, without a task or a report', async () => {
  const workflowBundle = await bundleOf(require.resolve('../../support/workflows/impatient-workflows'));
  const runner = startWorkflowRunner(temporalAddress(), activities, { worker: { workflowBundle } });
  await within(runner, async (started) => {
    const [late, early, cancelled] = [unconfirmed(), unconfirmed(), unconfirmed()];
    const handles = await Promise.all([late, early, cancelled].map((input) => started.start(input)));
    await isIn(started, early.jobId, 'Suspended');
    await handles[1]!.signal(MESSAGES.confirm);
    await isIn(started, cancelled.jobId, 'Suspended');
    await handles[2]!.signal(MESSAGES.cancel);
    await Promise.allSettled(handles.map((handle) => handle.result()));

    await expect(handles[0]!.result()).rejects.toMatchObject({ cause: { type: 'ConfirmationTimedOut' } });
    expect(await started.snapshot(late.jobId)).toMatchObject({
      status: 'Failed',
      totalTasks: 1_000,
      tally: { succeeded: 0, failed: 0, pending: 0 },
      failureReasons: [
        { FailureCode: 'ConfirmationTimedOut', FailureReason: 'The job was not confirmed within 30 days.' },
      ],
    });
    expect(reported).not.toContain(late.jobId);
    expect((await started.snapshot(early.jobId)).status).toBe('Complete');
    expect((await started.snapshot(cancelled.jobId)).status).toBe('Cancelled');
  });
});
