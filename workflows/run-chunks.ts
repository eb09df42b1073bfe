import { ChildWorkflowFailure, executeChild, isCancellation } from '@temporalio/workflow';
import type { ChunkResult } from '../contracts/chunk';
import type { JobInput } from '../contracts/job';
import { chunkWorkflowId } from '../contracts/naming';
import type { chunkWorkflow } from './chunk';
import type { ChunkPool, PooledChunk } from './chunk-pool';
import { failureOf } from './failure-of';
import type { JobControl } from './job-control';
import type { JobState } from './job-state';
import { jobIdAttribute } from './search-attributes';

/** Keeps a window of chunks in flight until the pool is empty or the job is interrupted; then every chunk has handed back. */
export async function runChunks(input: JobInput, state: JobState, pool: ChunkPool, control: JobControl): Promise<void> {
  await control.interruptible(async () => {
    const lanes = Array.from({ length: input.plan.chunksInFlight }, () => lane(input, state, pool, control));
    await Promise.all(lanes);
  });
}

async function lane(input: JobInput, state: JobState, pool: ChunkPool, control: JobControl): Promise<void> {
  while (!control.isInterrupted()) {
    const chunk = pool.take();
    if (!chunk) return;
    await runChunk(input, pool, control, chunk);
    state.progressed();
    control.checkFailureThreshold();
  }
}

async function runChunk(input: JobInput, pool: ChunkPool, control: JobControl, chunk: PooledChunk): Promise<void> {
  const number = chunk.range.chunk;
  try {
    const result = await startChunk(input, chunk);
    if (result.status === 'done') pool.finish(number, result.state.tally);
    else pool.giveBack(number, result.state);
    if (result.failure) control.stopWith(result.failure.code, result.failure.message);
  } catch (error) {
    pool.giveBack(number, undefined);
    if (isCancellation(error) && control.isInterrupted()) return;
    if (!(error instanceof ChildWorkflowFailure)) throw error;
    const failure = failureOf(error);
    control.stopWith(failure.code, `chunk ${number}: ${failure.message}`);
  }
}

function startChunk(input: JobInput, chunk: PooledChunk): Promise<ChunkResult> {
  const { jobId, workspace, plan, request } = input;
  const { firstBatch, batches } = chunk.range;
  return executeChild<typeof chunkWorkflow>('chunkWorkflow', {
    workflowId: chunkWorkflowId(jobId, chunk.range.chunk),
    staticSummary: `chunk ${chunk.range.chunk} · batches ${firstBatch} to ${firstBatch + batches - 1}`,
    typedSearchAttributes: [{ key: jobIdAttribute, value: jobId }],
    args: [{ jobId, workspace, plan, range: chunk.range, state: chunk.state, reportEnabled: request.Report.Enabled }],
  });
}
