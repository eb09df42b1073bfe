/**
 * Goal: a source is read part by part, some at a time; a pause hands back what is under way and a resume goes on with it, a cancel
 * ends it, and a listing that can't be trusted is begun anew. Method: the job workflow on a real server, with activities that say
 * what is asked of them.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { Activities, PreparedPart } from '../../../contracts/engine/activities';
import { jobWorkflowId } from '../../../contracts/engine/naming';
import { LIMITS } from '../../../contracts/limits';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

const READ: PreparedPart = { read: 10, rows: 5, bytes: 100, files: 1, attempt: 'a' };
/** What Temporal may be asked for a list of a thousand million keys, in events of the job's workflow. */
const EVENTS_MAX = 20_000;

let runner: WorkflowRunner | undefined;

afterEach(async () => {
  await runner?.close();
  runner = undefined;
});

async function start(activities: Partial<Activities>) {
  runner = await startWorkflowRunner(temporalAddress(), { ...easyActivities(3), ...activities });
  const input = jobInput();
  return { runner, input, handle: await runner.start(input) };
}

/** Lasts until it is told to end, or is cancelled. */
async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const beats = setInterval(() => {
    context.heartbeat();
  }, 100);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(beats);
  }
}

test('all parts are read once, no more than some at a time, and make one manifest', async () => {
  const read: number[] = [];
  let running = 0;
  let most = 0;
  const { handle, input } = await start({
    prepareManifest: () => Promise.resolve({ parts: LIMITS.source.partsMax, plan: 'p', files: LIMITS.source.partsMax }),
    preparePart: async ({ part }) => {
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      read.push(part);
      return READ;
    },
  });
  const snapshot = await handle.result();
  expect(read.sort((a, b) => a - b)).toEqual(Array.from({ length: LIMITS.source.partsMax }, (_, part) => part));
  expect(most).toBeLessThanOrEqual(LIMITS.source.partsInFlight);
  expect(snapshot).toMatchObject({ status: 'Complete', totalTasks: 3_000 });
  const parts = LIMITS.source.partsMax;
  expect(snapshot.preparing).toEqual({
    ...{ read: 10 * parts, rows: 5 * parts, bytes: 100 * parts, files: parts, filesTotal: parts },
    ...{ parts, partsDone: parts },
  });
  const { events } = await runner!.client.workflow.getHandle(jobWorkflowId(input.jobId)).fetchHistory();
  expect(events?.length).toBeLessThan(EVENTS_MAX / 4);
});

test('a pause hands back the parts under way, and a resume goes on with them', async () => {
  let attempts = 0;
  let isSlow = true;
  const { handle, input } = await start({
    prepareManifest: () => Promise.resolve({ parts: 3, plan: 'p' }),
    preparePart: () => {
      attempts++;
      return isSlow ? untilCancelled() : Promise.resolve(READ);
    },
  });
  await eventually(
    () => Promise.resolve(attempts),
    (count) => count === 3,
  );
  await handle.signal('pause', 'lunch');
  const paused = await eventually(
    () => runner!.snapshot(input.jobId),
    ({ waitingFor }) => waitingFor?.startsWith('resume') === true,
  );
  expect(paused).toMatchObject({ status: 'Preparing', statusUpdateReason: 'lunch' });
  isSlow = false;
  await handle.signal('resume');
  expect(await handle.result()).toMatchObject({ status: 'Complete', preparing: { partsDone: 3 } });
  expect(attempts).toBe(6);
});

test('a cancel ends the reading', async () => {
  let isBegun = false;
  const { handle } = await start({
    prepareManifest: () => Promise.resolve({ parts: 2, plan: 'p' }),
    preparePart: () => {
      isBegun = true;
      return untilCancelled();
    },
  });
  await eventually(
    () => Promise.resolve(isBegun),
    (begun) => begun,
  );
  await handle.signal('cancel');
  expect(await handle.result()).toMatchObject({ status: 'Cancelled' });
});

test('a listing that contradicts itself is begun anew as it can be trusted', async () => {
  const asked: unknown[] = [];
  const { handle } = await start({
    prepareManifest: ({ listAs }) => {
      asked.push(listAs);
      return Promise.resolve({ parts: listAs === undefined ? 4 : 1, plan: 'p' });
    },
    preparePart: () => Promise.resolve(asked.length === 1 ? { ...READ, listAs: { herd: 'pages' } } : READ),
  });
  expect(await handle.result()).toMatchObject({
    status: 'Complete',
    preparing: { read: 10, rows: 5, parts: 1, partsDone: 1 },
  });
  expect(asked).toEqual([undefined, { herd: 'pages' }]);
});

test('what is wrong with a part fails the job in its words', async () => {
  const message = 's3://herd/list.csv: row 7 has no key';
  const { handle, input } = await start({
    prepareManifest: () => Promise.resolve({ parts: 9, plan: 'p' }),
    preparePart: ({ part }) =>
      part === 4
        ? Promise.reject(ApplicationFailure.nonRetryable(message, 'InvalidManifestContent'))
        : Promise.resolve(READ),
  });
  await expect(handle.result()).rejects.toThrow();
  const snapshot = await runner!.snapshot(input.jobId);
  expect(snapshot.failureReasons).toEqual([{ FailureCode: 'InvalidManifestContent', FailureReason: message }]);
});
