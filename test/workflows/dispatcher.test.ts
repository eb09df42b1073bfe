/**
 * Goal: priority and fair shares as jobs live them: who has the higher priority runs, the other shows Paused and comes back by
 * itself; a user's pause is another thing; lost dispatchers and dead jobs hold nobody up. Method: a real server, real
 * workflows and workers; batches are activities that take some time and hand back when cancelled.
 */
import { Context } from '@temporalio/activity';
import type { Activities, BatchLimits, BatchResult, Survey } from '../../contracts/engine/activities';
import { MESSAGES } from '../../contracts/engine/messages';
import { dispatcherWorkflowId, jobWorkflowId } from '../../contracts/engine/naming';
import type { JobInput, JobSnapshot } from '../../contracts/job';
import { temporalAddress } from '../support/addresses';
import { eventually } from '../support/eventually';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../support/workflows/workflow-runner';

const BATCH_MS = 300;
/** Batches of a job that ends when it is told to, never by itself: ten minutes of work for four slots. */
const ENDLESS = 8_000;
const WAITING = 'workers: jobs of higher or equal priority have them';
/** It takes a second or two; `npm run bench` measures it. Other suites run beside this one. */
const CHANGE_OF_HANDS_MS = 30_000;

let runner: WorkflowRunner | undefined;
let inFlight: Map<string, number>;
let limitsSeen: Map<string, BatchLimits | undefined>;
let survey: (members: readonly string[]) => Survey;

beforeEach(() => {
  inFlight = new Map();
  limitsSeen = new Map();
  survey = () => ({ batchSlots: 4, gone: [], strangers: [] });
});

afterEach(async () => {
  await runner?.client.workflow
    .getHandle(dispatcherWorkflowId(runner.taskQueue))
    .terminate()
    .catch(() => undefined);
  await runner?.close();
  runner = undefined;
});

function activities(batches: number): Activities {
  return {
    ...easyActivities(batches),
    surveyFleet: ({ members }) => Promise.resolve(survey(members)),
    prepareManifest: ({ request }) => {
      const own = Number(request.Description ?? batches);
      return Promise.resolve({ totalTasks: own * 1_000, batches: own });
    },
    runBatch: async ({ jobId, checkpoint, limits }): Promise<BatchResult> => {
      const context = Context.current();
      limitsSeen.set(jobId, limits);
      inFlight.set(jobId, (inFlight.get(jobId) ?? 0) + 1);
      const beat = setInterval(() => context.heartbeat(), 50);
      try {
        await context.sleep(BATCH_MS);
        return { status: 'done', tally: { succeeded: 1_000, failed: 0, pending: 0 } };
      } catch {
        const tally = checkpoint?.tally ?? { succeeded: 10, failed: 0, pending: 0 };
        return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
      } finally {
        clearInterval(beat);
        inFlight.set(jobId, (inFlight.get(jobId) ?? 0) - 1);
      }
    },
  };
}

async function start(): Promise<WorkflowRunner> {
  runner = await startWorkflowRunner(temporalAddress(), activities(ENDLESS), {
    worker: { maxConcurrentActivityTaskExecutions: 40 },
  });
  return runner;
}

function job(priority: number, batches: number): JobInput {
  const plan = { chunksInFlight: 4, batchesInFlight: 4 };
  return jobInput({ plan, request: { Priority: priority, Description: String(batches) } });
}

function reaches(jobId: string, status: JobSnapshot['status'], timeoutMs = CHANGE_OF_HANDS_MS): Promise<JobSnapshot> {
  return eventually(
    () => runner!.snapshot(jobId),
    (snapshot) => snapshot.status === status,
    timeoutMs,
  );
}

test('the higher priority takes the workers, the lower shows Paused and comes back by itself', async () => {
  const { start: run, snapshot } = await start();
  const low = job(1, ENDLESS);
  const high = job(5, ENDLESS);
  const lowHandle = await run(low);
  await reaches(low.jobId, 'Active');
  await eventually(
    () => Promise.resolve(inFlight.get(low.jobId) ?? 0),
    (batches) => batches > 1,
  );
  const highHandle = await run(high);
  const paused = await reaches(low.jobId, 'Paused');
  expect(paused).toMatchObject({ pausedBy: 'priority', waitingFor: WAITING });
  expect(await snapshot(high.jobId)).toMatchObject({ status: 'Active' });
  expect(inFlight.get(low.jobId)).toBe(0);
  await highHandle.signal(MESSAGES.cancel);
  await highHandle.result();
  const back = await reaches(low.jobId, 'Active');
  expect(back.pausedBy).toBeUndefined();
  await lowHandle.signal(MESSAGES.cancel);
  expect(await lowHandle.result()).toMatchObject({ status: 'Cancelled' });
});

test('a change of priority changes hands, both ways', async () => {
  const { start: run } = await start();
  const a = job(5, ENDLESS);
  const b = job(4, ENDLESS);
  const aHandle = await run(a);
  await reaches(a.jobId, 'Active');
  const bHandle = await run(b);
  await eventually(
    () => runner!.snapshot(b.jobId),
    ({ status, waitingFor }) => status === 'Ready' && waitingFor === WAITING,
  );
  await bHandle.signal(MESSAGES.setPriority, 6);
  await reaches(a.jobId, 'Paused');
  await reaches(b.jobId, 'Active');
  await aHandle.signal(MESSAGES.setPriority, 7);
  await reaches(b.jobId, 'Paused');
  await reaches(a.jobId, 'Active');
  await Promise.all([aHandle, bHandle].map((handle) => handle.signal(MESSAGES.cancel)));
  const ends = await Promise.all([aHandle.result(), bHandle.result()]);
  expect(ends.map(({ status }) => status)).toEqual(['Cancelled', 'Cancelled']);
});

test('a user’s pause gives the workers away and stays until resumed', async () => {
  const { start: run, snapshot } = await start();
  const high = job(5, ENDLESS);
  const low = job(1, 20);
  const highHandle = await run(high);
  await reaches(high.jobId, 'Active');
  const lowHandle = await run(low);
  await reaches(low.jobId, 'Ready');
  await highHandle.signal(MESSAGES.pause, 'lunch');
  expect(await reaches(high.jobId, 'Paused')).toMatchObject({ pausedBy: 'user', waitingFor: 'resume' });
  expect(await lowHandle.result()).toMatchObject({ status: 'Complete' });
  expect(await snapshot(high.jobId)).toMatchObject({ status: 'Paused', pausedBy: 'user' });
  await highHandle.signal(MESSAGES.resume);
  await reaches(high.jobId, 'Active');
  await highHandle.signal(MESSAGES.cancel);
  await highHandle.result();
});

test('a pause by the user of a job that is paused by priority lasts', async () => {
  const { start: run, snapshot } = await start();
  const low = job(1, ENDLESS);
  const high = job(5, ENDLESS);
  const lowHandle = await run(low);
  await reaches(low.jobId, 'Active');
  const highHandle = await run(high);
  await reaches(low.jobId, 'Paused');
  await lowHandle.signal(MESSAGES.pause);
  await highHandle.signal(MESSAGES.cancel);
  await highHandle.result();
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(await snapshot(low.jobId)).toMatchObject({ status: 'Paused', pausedBy: 'user' });
  await lowHandle.signal(MESSAGES.resume);
  await reaches(low.jobId, 'Active');
  await lowHandle.signal(MESSAGES.cancel);
  expect(await lowHandle.result()).toMatchObject({ status: 'Cancelled' });
});

test('equals share alike, and a small one is done soon', async () => {
  const { start: run } = await start();
  const big = job(5, ENDLESS);
  const bigHandle = await run(big);
  await eventually(
    () => Promise.resolve(inFlight.get(big.jobId) ?? 0),
    (batches) => batches === 4,
  );
  const other = job(5, ENDLESS);
  const otherHandle = await run(other);
  await eventually(
    () => Promise.resolve([inFlight.get(big.jobId), inFlight.get(other.jobId)].join()),
    (batches) => batches === '2,2',
  );
  const began = Date.now();
  const small = job(5, 1);
  await (await run(small)).result();
  expect(Date.now() - began).toBeLessThan(5_000);
  await Promise.all([bigHandle, otherHandle].map((handle) => handle.signal(MESSAGES.cancel)));
  await Promise.all([bigHandle.result(), otherHandle.result()]);
});

test('a job that was ended from outside holds nobody up', async () => {
  const { start: run, client } = await start();
  const high = job(5, ENDLESS);
  const low = job(1, 20);
  await run(high);
  await reaches(high.jobId, 'Active');
  const lowHandle = await run(low);
  await reaches(low.jobId, 'Ready');
  survey = () => ({ batchSlots: 4, gone: [high.jobId], strangers: [] });
  await client.workflow.getHandle(jobWorkflowId(high.jobId)).terminate('by hand');
  expect(await lowHandle.result()).toMatchObject({ status: 'Complete' });
}, 60_000);

test('a dispatcher that someone terminated is started by the next word, and finds the jobs', async () => {
  const { start: run, client, taskQueue } = await start();
  const low = job(1, ENDLESS);
  const lowHandle = await run(low);
  await reaches(low.jobId, 'Active');
  await client.workflow.getHandle(dispatcherWorkflowId(taskQueue)).terminate('by mistake');
  survey = (members) => ({ batchSlots: 4, gone: [], strangers: members.includes(low.jobId) ? [] : [low.jobId] });
  const highHandle = await run(job(5, ENDLESS));
  await reaches(low.jobId, 'Paused');
  await highHandle.signal(MESSAGES.cancel);
  await highHandle.result();
  await reaches(low.jobId, 'Active');
  await lowHandle.signal(MESSAGES.cancel);
  expect(await lowHandle.result()).toMatchObject({ status: 'Cancelled' });
});

test('of more equals than slots as many run as there are slots', async () => {
  const { start: run, snapshot } = await start();
  const crowd = Array.from({ length: 12 }, () => job(5, ENDLESS));
  const handles = await Promise.all(crowd.map((each) => run(each)));
  const active = async (): Promise<number> => {
    const snapshots = await Promise.all(crowd.map(({ jobId }) => snapshot(jobId)));
    return snapshots.filter(({ status }) => status === 'Active').length;
  };
  await eventually(active, (count) => count === 4);
  // A job that runs is left its turn; when one leaves, the next takes its place.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await active()).toBe(4);
  const running = await Promise.all(crowd.map(({ jobId }) => snapshot(jobId)));
  const first = running.findIndex(({ status }) => status === 'Active');
  await handles[first]!.signal(MESSAGES.cancel);
  await handles[first]!.result();
  await eventually(active, (count) => count === 4);
  const others = handles.filter((_, index) => index !== first);
  await Promise.all(others.map((handle) => handle.signal(MESSAGES.cancel)));
  await Promise.all(others.map((handle) => handle.result()));
}, 60_000);

test('limits: fewer batches with their parts at once, and back', async () => {
  const { start: run, snapshot } = await start();
  const input = job(5, ENDLESS);
  const handle = await run(input);
  await eventually(
    () => Promise.resolve(inFlight.get(input.jobId) ?? 0),
    (batches) => batches === 4,
  );
  await handle.signal(MESSAGES.setLimits, { TasksPerSecond: 300, Concurrency: 10 });
  await eventually(
    () => Promise.resolve({ batches: inFlight.get(input.jobId) ?? 0, limits: limitsSeen.get(input.jobId) }),
    ({ batches, limits }) => batches === 1 && limits !== undefined,
  );
  expect(await snapshot(input.jobId)).toMatchObject({ limits: { TasksPerSecond: 300, Concurrency: 10 } });
  // 300 a second would be two batches, 10 requests are one: all of both limits is its part.
  expect(limitsSeen.get(input.jobId)).toEqual({ tasksPerSecond: 300, requestsInFlight: 10 });
  await handle.signal(MESSAGES.setLimits, { TasksPerSecond: -1 });
  await handle.signal(MESSAGES.setLimits, {});
  await eventually(
    () => Promise.resolve(inFlight.get(input.jobId) ?? 0),
    (batches) => batches === 4,
  );
  expect(await snapshot(input.jobId)).toMatchObject({ status: 'Active', limits: {} });
  await handle.signal(MESSAGES.cancel);
  await handle.result();
});

test('the failure threshold can be changed while the job runs', async () => {
  runner = await startWorkflowRunner(temporalAddress(), {
    ...activities(200),
    runBatch: async () => {
      await Context.current().sleep(20);
      return { status: 'done', tally: { succeeded: 900, failed: 100, pending: 0 } };
    },
  });
  const input = jobInput({ request: { Limits: { FailureThreshold: { FailedTasks: 1e6 } } } });
  const handle = await runner.start(input);
  await reaches(input.jobId, 'Active');
  await handle.signal(MESSAGES.setLimits, { FailureThreshold: { FailedTasks: 500 } });
  await expect(handle.result()).rejects.toMatchObject({
    cause: { type: 'FailureThresholdExceeded', message: expect.stringContaining('more than the 500 that') as string },
  });
});
