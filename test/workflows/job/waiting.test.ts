/**
 * Goal: a job whose tasks wait goes on with those that can, says what it waits for, and can be paused, limited and cancelled meanwhile.
 * Method: jobs on a real Temporal server whose activities say what a look would find.
 */
import { ApplicationFailure } from '@temporalio/common';
import type { Activities, LookInput } from '../../../contracts/engine/activities';
import { MESSAGES } from '../../../contracts/engine/messages';
import { isListBatch, listBatch } from '../../../contracts/engine/naming';
import type { ListedWait } from '../../../contracts/engine/plan';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import {
  easyActivities,
  jobInput,
  startWorkflowRunner,
  type WorkflowRunner,
} from '../../support/workflows/workflow-runner';

const WAIT: ListedWait = { kind: 'lists', what: 'restore', firstLookMs: 0, intervalMs: 200, intervalMaxMs: 200 };

/** Ten tasks that wait, in one batch. */
class Waiting {
  readonly looks: LookInput[] = [];
  readonly lists: number[] = [];
  found = { lists: 0, listed: 0 };

  get activities(): Activities {
    return {
      ...easyActivities(1, 10),
      runBatch: ({ batch }) => {
        const tally = { succeeded: 0, failed: 0, pending: 10 };
        if (!isListBatch(batch)) return Promise.resolve({ status: 'done', tally });
        this.lists.push(batch);
        return Promise.resolve({ status: 'done', tally: { succeeded: 5, failed: 0, pending: 0 } });
      },
      lookAtWaiting: (input) => {
        this.looks.push(input);
        const { lists, listed } = this.found;
        const nextLookAt = new Date(Date.now() + 200).toISOString();
        if (lists > input.lists || input.mode !== 'poll') {
          return Promise.resolve({ lists, listed, idleLooks: 0, nextLookAt });
        }
        return Promise.reject(ApplicationFailure.create({ message: 'none', nextRetryDelay: 200, category: 'BENIGN' }));
      },
      writeChunkReport: ({ open }) =>
        Promise.resolve(open ? { succeeded: 0, failed: 10, pending: 0 } : { succeeded: 0, failed: 0, pending: 0 }),
    };
  }
}

let runner: WorkflowRunner;
let waiting: Waiting;

beforeEach(async () => {
  waiting = new Waiting();
  runner = await startWorkflowRunner(temporalAddress(), waiting.activities);
});

afterEach(() => runner.close());

function looks(count: number): Promise<unknown> {
  return eventually(
    () => Promise.resolve(waiting.looks.length),
    (made) => made >= count,
  );
}

test('what can go on runs as a batch, and the job ends when nothing waits', async () => {
  const input = jobInput({ plan: { wait: WAIT } });
  const handle = await runner.start(input);
  await looks(2);
  expect(await runner.snapshot(input.jobId)).toMatchObject({
    status: 'Active',
    tally: { pending: 10 },
    waitingFor: 'restore: 10 of 10 objects',
  });
  waiting.found = { lists: 1, listed: 5 };
  await eventually(
    () => runner.snapshot(input.jobId),
    ({ tally }) => tally.succeeded === 5 && tally.pending === 5,
  );
  waiting.found = { lists: 2, listed: 10 };
  expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: 10, failed: 0, pending: 0 } });
  expect(waiting.lists).toEqual([listBatch(0), listBatch(1)]);
});

test('a pause ends the looks, a resume begins them anew; other limits of restores reach them', async () => {
  const input = jobInput({ plan: { wait: WAIT } });
  const handle = await runner.start(input);
  await looks(1);
  await handle.signal(MESSAGES.pause);
  await eventually(
    () => runner.snapshot(input.jobId),
    ({ status }) => status === 'Paused',
  );
  const { length } = waiting.looks;
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(waiting.looks).toHaveLength(length);
  await handle.signal(MESSAGES.resume);
  await looks(length + 1);
  await handle.signal(MESSAGES.setLimits, { Restores: { BULK: { BytesPerDay: 1_000 } } });
  await eventually(
    () => Promise.resolve(waiting.looks.at(-1)?.restores),
    (restores) => restores !== undefined,
  );
  waiting.found = { lists: 2, listed: 10 };
  expect(await handle.result()).toMatchObject({ status: 'Complete', tally: { succeeded: 10 } });
});

test('a cancel counts the lists once more, and reports what waited', async () => {
  const input = jobInput({ plan: { wait: WAIT } });
  const handle = await runner.start(input);
  await looks(1);
  await handle.signal(MESSAGES.cancel);
  expect(await handle.result()).toMatchObject({ status: 'Cancelled', tally: { succeeded: 0, failed: 10, pending: 0 } });
  expect(waiting.looks.at(-1)?.mode).toBe('count');
});
