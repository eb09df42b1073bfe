/**
 * Goal: a job that ends early has its multipart uploads given up once, when no batch runs any more, report or not; one that
 * ends by itself asks for nothing. Method: jobs on a real server, with activities that tell what was called.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import { jobWorkflowId } from '../../../contracts/engine/naming';
import type { JobInput } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import {
  easyActivities,
  jobInput,
  REQUEST,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

let runner: WorkflowRunner | undefined;

afterEach(async () => {
  await runner?.close();
  runner = undefined;
});

/** Batches end when they are stopped, half a second later. What was called stands in `called`. */
function telling(called: string[], overrides: Partial<Activities> = {}): Activities {
  const easy = easyActivities(8);
  return {
    ...easy,
    runBatch: async () => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 50);
      await context.cancelled.catch(() => undefined);
      await new Promise((go) => setTimeout(go, 500));
      clearInterval(beat);
      called.push('runBatch ended');
      const tally = { succeeded: 10, failed: 0, pending: 0 };
      return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
    },
    giveUpUploads: ({ workspace }) => {
      called.push(`giveUpUploads ${workspace.prefix}`);
      return Promise.resolve();
    },
    writeChunkReport: (input) => {
      called.push('writeChunkReport');
      return easy.writeChunkReport(input);
    },
    ...overrides,
  };
}

async function cancelled(input: JobInput, activities: Activities): Promise<string> {
  runner = await startWorkflowRunner(temporalAddress(), activities);
  const { snapshot } = runner;
  const handle = await runner.start(input);
  await eventually(
    () => snapshot(input.jobId),
    ({ status }) => status === 'Active',
  );
  await new Promise((go) => setTimeout(go, 500));
  await handle.signal(MESSAGES.cancel);
  return (await handle.result()).status;
}

test.each([true, false])('a job that is cancelled, with a report: %s', async (Enabled) => {
  const called: string[] = [];
  const input = jobInput({ request: { Report: { ...REQUEST.Report, Enabled } } });
  expect(await cancelled(input, telling(called))).toBe('Cancelled');
  const given = called.filter((call) => call.startsWith('giveUpUploads'));
  expect(given).toEqual([`giveUpUploads ${input.workspace.prefix}`]);
  expect(called.lastIndexOf('runBatch ended')).toBeLessThan(called.indexOf(given[0] ?? ''));
  expect(called.includes('writeChunkReport')).toBe(Enabled);
});

test('a job that fails', async () => {
  const called: string[] = [];
  const failure = ApplicationFailure.nonRetryable('The manifest changed', 'ManifestETagMismatch');
  runner = await startWorkflowRunner(temporalAddress(), telling(called, { runBatch: () => Promise.reject(failure) }));
  await expect((await runner.start(jobInput())).result()).rejects.toThrow();
  expect(called.filter((call) => call.startsWith('giveUpUploads'))).toHaveLength(1);
});

test('what can’t be given up does not fail a job', async () => {
  const refused = ApplicationFailure.nonRetryable('no such role', 'RoleNotConfigured');
  const activities = telling([], { giveUpUploads: () => Promise.reject(refused) });
  expect(await cancelled(jobInput(), activities)).toBe('Cancelled');
});

test('a store out of reach is asked again, but not for ever', async () => {
  const called: string[] = [];
  const down = ApplicationFailure.retryable('nothing listens there', 'StoreUnreachable');
  const giveUpUploads = (): Promise<void> => (called.push('asked') > 1 ? Promise.resolve() : Promise.reject(down));
  const input = jobInput();
  expect(await cancelled(input, telling([], { giveUpUploads }))).toBe('Cancelled');
  expect(called).toHaveLength(2);
  const history = await runner?.client.workflow.getHandle(jobWorkflowId(input.jobId)).fetchHistory();
  const scheduled = history?.events?.map((event) => event.activityTaskScheduledEventAttributes);
  const asking = scheduled?.find((activity) => activity?.activityType?.name === 'giveUpUploads');
  expect(Number(asking?.scheduleToCloseTimeout?.seconds) * 1_000).toBe(LIMITS.multipart.giveUpTimeoutMs);
});

test('a job that ends by itself has nothing to give up', async () => {
  const called: string[] = [];
  const { runBatch } = easyActivities(8);
  runner = await startWorkflowRunner(temporalAddress(), telling(called, { runBatch }));
  expect((await (await runner.start(jobInput())).result()).status).toBe('Complete');
  expect(called.filter((call) => call.startsWith('giveUpUploads'))).toEqual([]);
});
