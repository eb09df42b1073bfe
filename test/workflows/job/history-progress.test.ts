/**
 * Goal: what is counted from histories without a worker is what the workflows themselves would answer. Method: a real job
 * that is caught in the middle, paused and resumed before; its own answers are compared with the count from its histories
 * after all workers have gone.
 */
import { Context } from '@temporalio/activity';
import { Client, Connection } from '@temporalio/client';
import { TemporalJobs } from '../../../api/temporal/jobs';
import type { BatchResult } from '../../../contracts/engine/activities';
import { type ChunkProgress, MESSAGES } from '../../../contracts/engine/messages';
import { chunkWorkflowId, jobWorkflowId } from '../../../contracts/engine/naming';
import { temporalAddress } from '../../support/addresses';
import { eventually } from '../../support/eventually';
import { easyActivities, jobInput, startWorkflowRunner } from '../../support/workflows/workflow-runner';

/** From this batch on, each waits until it is cancelled. */
const STUCK_FROM = 17;

test('a job and its chunks are counted from their histories as they count themselves', async () => {
  const connection = await Connection.connect({ address: temporalAddress() });
  const client = new Client({ connection });
  const runner = await startWorkflowRunner(
    temporalAddress(),
    {
      ...easyActivities(30),
      runBatch: async ({ batch, checkpoint }): Promise<BatchResult> => {
        if (batch < STUCK_FROM) return { status: 'done', tally: { succeeded: 990, failed: 10, pending: 0 } };
        const context = Context.current();
        const beat = setInterval(() => context.heartbeat(), 100);
        await context.cancelled.catch(() => undefined).finally(() => clearInterval(beat));
        // A worker that shuts down ends no batch.
        if (!context.cancellationDetails?.cancelRequested) return context.cancelled;
        const before = checkpoint?.tally.succeeded ?? 0;
        const tally = { succeeded: before + 100, failed: 0, pending: 0 };
        return { status: 'interrupted', checkpoint: { v: 1, done: '', part: 'p', tally } };
      },
    },
    { client },
  );
  const gateway = new TemporalJobs(client, runner.taskQueue.replace(/-jobs$/, ''));
  const input = jobInput();
  const { jobId } = input;
  const handle = await runner.start(input);
  const stuck = () =>
    eventually(
      async () => {
        const snapshot = await runner.snapshot(jobId);
        const asked = snapshot.chunksInFlight.map((chunk) =>
          client.workflow
            .getHandle(chunkWorkflowId(jobId, chunk))
            .query<ChunkProgress>(MESSAGES.chunkProgress)
            // The job counts a chunk from when it asks for it: Temporal may not know it yet, or not have begun it.
            .catch((error: unknown) => String(error)),
        );
        const answers = await Promise.all(asked);
        return { snapshot, answers, chunks: answers.filter((answer) => typeof answer !== 'string') };
      },
      // All that can be done has been done, and what is open is stuck.
      ({ chunks }) =>
        chunks.length === 2 &&
        chunks.every(({ open }) => open.length > 0 && open.every(({ batch }) => batch >= STUCK_FROM)),
    );
  await stuck();
  await handle.signal(MESSAGES.pause);
  await eventually(
    () => runner.snapshot(jobId),
    ({ status }) => status === 'Paused',
  );
  await handle.signal(MESSAGES.resume);
  const { snapshot, chunks } = await stuck();
  await runner.close();

  const job = await gateway.recountJob(jobId);
  expect(job.tally).toEqual(snapshot.tally);
  expect(job.running.map(({ chunk }) => chunk)).toEqual(snapshot.chunksInFlight);
  expect(job.tally.succeeded).toBeGreaterThan(0);
  for (const asked of chunks) {
    const run = await gateway.chunkRun(jobId, asked.chunk);
    const { chunk, batches, tally, open } = await gateway.recountChunk(jobId, asked.chunk, run!);
    const told = open.map(({ batch, activityId, from }) => ({ batch, activityId, from }));
    expect({ chunk, batches, tally, open: told }).toEqual(asked);
    expect(open.every(({ scheduledAt }) => scheduledAt <= run!.events)).toBe(true);
  }
  expect(chunks.some(({ open }) => open.some(({ from }) => from.succeeded > 0))).toBe(true);
  await client.workflow.getHandle(jobWorkflowId(jobId)).terminate('end of the test');
  await connection.close();
}, 60_000);
