/**
 * Goal: objects that wait for two days cost few of Temporal's actions and hold nothing meanwhile, and what has become readable
 * goes on at the next look. Method: the time-skipping server; the store is a number of readable objects that grows with time.
 */
import { ApplicationFailure } from '@temporalio/common';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { nextLookMs } from '../../../activities/waiting/next-look';
import type { Activities } from '../../../contracts/engine/activities';
import { isListBatch, listBatch, SEARCH_ATTRIBUTES } from '../../../contracts/engine/naming';
import type { ListedWait } from '../../../contracts/engine/plan';
import { timeSkippingServerPath } from '../../support/addresses';
import { bundleOf } from '../../support/workflows/bundle-of';
import type { waitingWorkflow } from '../../support/workflows/waiting-workflow';
import { easyActivities, jobInput, startWorkflowRunner } from '../../support/workflows/workflow-runner';

const HOUR_MS = 3_600_000;
const ROWS = 1_000;
const BATCHES = 200;
const WAIT: ListedWait = {
  kind: 'lists',
  what: 'restore',
  firstLookMs: HOUR_MS,
  intervalMs: HOUR_MS / 2,
  intervalMaxMs: HOUR_MS,
};

/** Bulk retrievals: from the 12th hour to the 48th, about as many in each. */
function readableAt(waitedMs: number): number {
  const share = (waitedMs - 12 * HOUR_MS) / (36 * HOUR_MS);
  return Math.floor(Math.min(1, Math.max(0, share)) * BATCHES * ROWS);
}

class Archive {
  /** Attempts of activities. */
  attempts = 0;
  looks = 0;
  /** From the look that made a list to its first batch, in milliseconds of the server's time. */
  readonly delaysMs: number[] = [];
  private lists = 0;
  private listed = 0;
  private lastListAt: number | undefined;
  private idle = 0;

  constructor(private readonly now: () => Promise<number>) {}

  get activities(): Activities {
    return {
      ...easyActivities(BATCHES, ROWS),
      runBatch: async ({ batch }) => {
        this.attempts += 1;
        const now = await this.now();
        if (!isListBatch(batch)) return { status: 'done', tally: { succeeded: 0, failed: 0, pending: ROWS } };
        if (this.lastListAt !== undefined) this.delaysMs.push(now - this.lastListAt);
        this.lastListAt = undefined;
        return { status: 'done', tally: { succeeded: this.sizeOf(batch), failed: 0, pending: 0 } };
      },
      writeChunkReport: () => {
        this.attempts += 1;
        return Promise.resolve({ succeeded: 0, failed: 0, pending: 0 });
      },
      lookAtWaiting: async (input) => {
        this.attempts += 1;
        const now = await this.now();
        const toWaitMs = Date.parse(input.notBefore) - now;
        if (toWaitMs > 0) throw again(toWaitMs);
        this.looks += 1;
        const waitedMs = now - Date.parse(input.since);
        const found = readableAt(waitedMs) - this.listed;
        this.idle = found > 0 ? 0 : this.idle + 1;
        const delayMs = nextLookMs(WAIT, { idleLooks: this.idle, waitedMs });
        if (found === 0 && input.mode === 'poll') throw again(delayMs);
        this.list(found, now);
        const nextLookAt = new Date(now + delayMs).toISOString();
        return { lists: this.lists, listed: this.listed, idleLooks: this.idle, nextLookAt };
      },
    };
  }

  private readonly sizes: number[] = [];

  private list(count: number, now: number): void {
    if (count > 0) this.lastListAt = now;
    for (let left = count; left > 0; left -= ROWS) {
      this.sizes.push(Math.min(ROWS, left));
      this.lists += 1;
    }
    this.listed += count;
  }

  private sizeOf(batch: number): number {
    return this.sizes[batch - listBatch(0)] ?? 0;
  }
}

function again(nextRetryDelay: number): ApplicationFailure {
  return ApplicationFailure.create({ message: 'waiting', nextRetryDelay, category: 'BENIGN' });
}

test('200,000 objects over 48 hours', async () => {
  const executable = { type: 'existing-path' as const, path: timeSkippingServerPath() };
  const env = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  // The jobs' own attribute, on the children.
  const keyword = 2;
  const searchAttributes = { [SEARCH_ATTRIBUTES.jobId]: keyword } as Record<string, number>;
  await env.connection.operatorService.addSearchAttributes({ namespace: 'default', searchAttributes });
  const archive = new Archive(() => env.currentTimeMs());
  const workflowBundle = await bundleOf(require.resolve('../../support/workflows/waiting-workflow'));
  const runner = await startWorkflowRunner('', archive.activities, {
    client: env.client,
    connection: env.nativeConnection,
    worker: { workflowBundle },
  });
  try {
    const input = jobInput({ plan: { wait: WAIT, batchRows: ROWS } });
    const handle = await env.client.workflow.start<typeof waitingWorkflow>('waitingWorkflow', {
      workflowId: `job-${input.jobId}`,
      taskQueue: runner.taskQueue,
      args: [input, BATCHES],
    });
    const { tally, said, left } = await handle.result();
    const events = (await handle.fetchHistory()).events ?? [];
    const of = (member: keyof (typeof events)[number]): number =>
      events.filter((event) => Boolean(event[member])).length;
    const children = of('startChildWorkflowExecutionInitiatedEventAttributes');
    const timers = of('timerStartedEventAttributes');
    // A word to the dispatcher when the job leaves its share, and one when it joins again.
    const actions = archive.attempts + 2 * children + timers + 2 * left;
    expect(tally).toEqual({ succeeded: BATCHES * ROWS, failed: 0, pending: 0 });
    expect(said).toContain('restore: 200,000 of 200,000 objects');
    expect(left).toBeGreaterThan(0);
    // A million had 2,836, all but 2,000 of them for its batches and lists.
    expect(actions).toBeLessThanOrEqual(1_500);
    // The job's own history is far from what Temporal warns of.
    expect(events.length).toBeLessThan(5_000);
    expect(Math.max(...archive.delaysMs)).toBeLessThan(10_000);
  } finally {
    await runner.close();
    await env.teardown();
  }
});
