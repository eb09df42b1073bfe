/**
 * Goal: whatever is done to a job at whatever moment, it goes through the states by the documented transitions only, ends, and
 * has counted every task once. Method: a model of the states as oracle; jobs on a real server under random scripts of signals,
 * many at a time with a dispatcher that lets some of them pre-empt others. The states are read from the jobs' histories.
 */
import { Context } from '@temporalio/activity';
import { ApplicationFailure, defaultPayloadConverter } from '@temporalio/common';
import fc from 'fast-check';
import type { Activities, BatchResult } from '../../../contracts/engine/activities';
import { isTerminal, TRANSITIONS } from '../../../contracts/engine/lifecycle';
import { MESSAGES } from '../../../contracts/engine/messages';
import { dispatcherWorkflowId, jobWorkflowId, SEARCH_ATTRIBUTES } from '../../../contracts/engine/naming';
import type { JobSnapshot, JobStatus } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { temporalAddress } from '../../support/addresses';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

const JOBS = 40;
const ROWS = 1_000;
/** Alone, the longest script takes some seconds. */
const STUCK_MS = 90_000;

interface Act {
  /** Not before the job has begun with its tasks: on a busy machine all acts would come too early otherwise. */
  readonly begun: boolean;
  readonly afterMs: number;
  readonly signal: 'pause' | 'resume' | 'cancel' | 'confirm' | 'setPriority' | 'setLimits' | 'temporalCancel';
  readonly argument: number;
}

interface Script {
  readonly batches: number;
  readonly confirmation: boolean;
  readonly priority: number;
  /** Tasks of this batch number fail for good, and the job with them. */
  readonly brokenBatch: number | undefined;
  readonly acts: readonly Act[];
}

const script: fc.Arbitrary<Script> = fc.record({
  batches: fc.integer({ min: 0, max: 25 }),
  confirmation: fc.boolean(),
  priority: fc.integer({ min: 1, max: 2 }),
  brokenBatch: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined }),
  acts: fc.array(
    fc.record({
      begun: fc.boolean(),
      afterMs: fc.integer({ min: 0, max: 300 }),
      signal: fc.constantFrom(
        'pause' as const,
        'pause' as const,
        'resume' as const,
        'resume' as const,
        'confirm' as const,
        'setPriority' as const,
        'setLimits' as const,
        'cancel' as const,
        'temporalCancel' as const,
      ),
      argument: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 8 },
  ),
});

let runner: WorkflowRunner;

beforeAll(async () => {
  runner = await startWorkflowRunner(temporalAddress(), activities(), {
    worker: { maxConcurrentActivityTaskExecutions: 60 },
  });
});

/** Signals that nobody waits for: a client must not be closed under them. */
const underWay: Promise<unknown>[] = [];

afterAll(async () => {
  await Promise.all(underWay);
  await runner.client.workflow.getHandle(dispatcherWorkflowId(runner.taskQueue)).terminate();
  await runner.close();
});

function activities(): Activities {
  const easy = easyActivities(0);
  return {
    ...easy,
    surveyFleet: () => Promise.resolve({ batchSlots: 60, gone: [], strangers: [] }),
    prepareManifest: async ({ request }) => {
      const { batches } = JSON.parse(request.Description ?? '{}') as Script;
      await Context.current().sleep(30);
      return { totalTasks: batches * ROWS, batches };
    },
    runBatch: async ({ batch, checkpoint, jobId }): Promise<BatchResult> => {
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 50);
      try {
        await context.sleep(20 + (batch % 5) * 20);
        if (batch === brokenBatches.get(jobId)) throw ApplicationFailure.nonRetryable('a defect', 'InternalError');
        return { status: 'done', tally: { succeeded: ROWS, failed: 0, pending: 0 } };
      } catch (error) {
        if (!context.cancellationDetails?.cancelRequested) throw error;
        const succeeded = Math.min(ROWS - 1, (checkpoint?.tally.succeeded ?? 0) + 100);
        const tally = { succeeded, failed: 0, pending: 0 };
        return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
      } finally {
        clearInterval(beat);
      }
    },
  };
}

const brokenBatches = new Map<string, number>();

interface Ending {
  readonly script: Script;
  readonly statuses: readonly JobStatus[];
  readonly last: JobSnapshot;
}

async function play(each: Script): Promise<Ending> {
  const input = jobInput({
    plan: { chunksInFlight: 2, batchesInFlight: 2 },
    request: {
      Priority: each.priority,
      ConfirmationRequired: each.confirmation,
      Description: JSON.stringify({ batches: each.batches }),
    },
  });
  if (each.brokenBatch !== undefined) brokenBatches.set(input.jobId, each.brokenBatch);
  const handle = await runner.start(input);
  const send = async (act: Act): Promise<void> => {
    if (act.signal === 'temporalCancel') await handle.cancel();
    else if (act.signal === 'setPriority') await handle.signal(MESSAGES.setPriority, act.argument);
    else if (act.signal === 'setLimits') await handle.signal(MESSAGES.setLimits, { Concurrency: act.argument * 16 });
    else await handle.signal(MESSAGES[act.signal], `act ${act.argument}`);
  };
  for (const act of each.acts) {
    if (act.begun) await hasBegun(input.jobId);
    await new Promise((resolve) => setTimeout(resolve, act.afterMs));
    // It may have ended by now.
    await send(act).catch(() => undefined);
  }
  // Nobody is left waiting for a person.
  const release = setInterval(() => {
    for (const signal of [MESSAGES.resume, MESSAGES.confirm]) {
      underWay.push(handle.signal(signal).catch(() => undefined));
    }
  }, 500);
  const tooLong = deadline(input.jobId, each);
  try {
    await Promise.race([handle.result().catch(() => undefined), tooLong.promise]);
  } finally {
    clearInterval(release);
    clearTimeout(tooLong.timer);
  }
  const description = await handle.describe();
  const last = (description.memo as { snapshot: JobSnapshot }).snapshot;
  return { script: each, statuses: await statusesOf(input.jobId), last };
}

const NOT_BEGUN: readonly JobStatus[] = ['New', 'Preparing', 'Suspended', 'Ready'];
const BEGINS_WITHIN_MS = 5_000;

/** Waits for it, but not for ever: nobody may have confirmed the job. */
async function hasBegun(jobId: string): Promise<void> {
  const until = Date.now() + BEGINS_WITHIN_MS;
  while (Date.now() < until && (await statusesOf(jobId)).every((status) => NOT_BEGUN.includes(status))) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** Rejects when a job is stuck, with all that tells why. */
function deadline(jobId: string, each: Script): { readonly promise: Promise<never>; readonly timer: NodeJS.Timeout } {
  let timer!: NodeJS.Timeout;
  const promise = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const dispatcher = runner.client.workflow.getHandle(dispatcherWorkflowId(runner.taskQueue));
      Promise.all([runner.snapshot(jobId), dispatcher.query(MESSAGES.members), statusesOf(jobId)]).then(
        (known) => reject(new Error(`stuck: ${JSON.stringify({ jobId, each, known })}`)),
        reject,
      );
    }, STUCK_MS);
  });
  return { promise, timer };
}

/** In order of their publication: each is a search attribute first of all. */
async function statusesOf(jobId: string): Promise<JobStatus[]> {
  const { events } = await runner.client.workflow.getHandle(jobWorkflowId(jobId)).fetchHistory();
  const statuses: JobStatus[] = ['New'];
  for (const { upsertWorkflowSearchAttributesEventAttributes: upsert } of events ?? []) {
    const payload = upsert?.searchAttributes?.indexedFields?.[SEARCH_ATTRIBUTES.status];
    if (payload) statuses.push([defaultPayloadConverter.fromPayload<JobStatus | [JobStatus]>(payload)].flat()[0]!);
  }
  return statuses;
}

/** How it may end, by what was done to it. */
function mayEnd({ acts, brokenBatch, batches }: Script): JobStatus[] {
  const cancelled = acts.some(({ signal }) => signal === 'cancel' || signal === 'temporalCancel');
  const broken = brokenBatch !== undefined && brokenBatch < batches;
  return [
    ...(broken ? [] : (['Complete'] as const)),
    ...(cancelled ? (['Cancelled'] as const) : []),
    ...(broken ? (['Failed'] as const) : []),
  ];
}

test(`${JOBS} jobs under random scripts keep to the transitions, end as they may, and count every task once`, async () => {
  const seed = Date.now() % 1e9;
  const endings = await Promise.all(fc.sample(script, { seed, numRuns: JOBS }).map(play));
  const seen = new Set<string>();
  for (const { script: each, statuses, last } of endings) {
    const context = `seed ${seed}: ${JSON.stringify(each)} went ${statuses.join(' → ')}`;
    statuses.forEach((status, index) => {
      const next = statuses[index + 1];
      if (next === undefined) return;
      seen.add(`${status} → ${next}`);
      if (!TRANSITIONS[status].includes(next)) throw new Error(`${status} → ${next} is no transition. ${context}`);
    });
    const end = statuses.at(-1)!;
    if (!isTerminal(end) || !mayEnd(each).includes(end)) throw new Error(`ended ${end}. ${context}`);
    expect({
      context,
      end: last.status,
      told: last.states?.map(({ status }) => status),
      terminated: last.terminatedAt !== undefined,
    }).toEqual({ context, end, told: statuses.slice(1).slice(-LIMITS.job.statesToldMax), terminated: true });
    const { succeeded, failed, pending } = last.tally;
    const total = each.batches * ROWS;
    if (end === 'Complete') expect({ context, succeeded }).toEqual({ context, succeeded: total });
    expect({ context, within: succeeded + failed + pending <= total }).toEqual({ context, within: true });
  }
  // The scripts would prove little if they never got anywhere.
  expect(seen.size).toBeGreaterThanOrEqual(10);
}, 180_000);

test('every state can be reached, and only the ended ones are left nowhere', () => {
  const reached = new Set<JobStatus>(['New']);
  for (const status of reached) for (const next of TRANSITIONS[status]) reached.add(next);
  expect([...reached].sort()).toEqual(Object.keys(TRANSITIONS).sort());
  for (const [status, next] of Object.entries(TRANSITIONS)) {
    expect({ status, leaves: next.length > 0 }).toEqual({ status, leaves: !isTerminal(status as JobStatus) });
  }
});
