import {
  type CancellationScope,
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  startChild,
} from '@temporalio/workflow';
import { defined } from '../../contracts/defined';
import type { ChunkResult } from '../../contracts/engine/chunk';
import { chunkWorkflowId, WORKFLOW_TYPES } from '../../contracts/engine/naming';
import { batchLimits, spreadSlots } from '../batches/slots';
import type { chunkWorkflow } from '../chunk';
import { failureOf } from '../failures';
import { chunkSlotsSignal } from '../messages';
import { jobIdAttribute } from '../search-attributes';
import type { ChunkPool, PooledChunk } from './chunk-pool';
import { checkFailureThreshold } from './control/failure-rule';
import type { JobRun } from './job-run';

/** Keeps a window of chunks in flight until the pool is empty or the job is interrupted; then every chunk has handed back. */
export async function runChunks(run: JobRun, pool: ChunkPool): Promise<void> {
  await run.gate.whileAllowed((scope) => new ChunkWindow(run, pool, scope).fill());
}

interface RunningChunk {
  /** More slots would have nothing to do. */
  readonly slotsMax: number;
  /** Batches that the chunk may have in flight. */
  slots: number;
  handle?: ChildWorkflowHandle<typeof chunkWorkflow>;
}

/** As many chunks as the job's share of batch slots allows, and the share dealt out among them: both follow when it changes. */
export class ChunkWindow {
  private readonly running = new Map<number, RunningChunk>();
  private ended = false;
  /** The share that was dealt out last. */
  private dealt = 0;
  private fault: { readonly error: unknown } | undefined;

  constructor(
    private readonly job: JobRun,
    private readonly pool: ChunkPool,
    /** Chunks run in this scope: when it is cancelled, they hand back. */
    private readonly scope: CancellationScope,
  ) {}

  async fill(): Promise<void> {
    const { share } = this.job;
    for (;;) {
      this.dealt = share.batchesAllowed;
      const { lists } = this.pool;
      this.deal(this.dealt);
      if (this.running.size === 0) break;
      await condition(() => this.ended || share.batchesAllowed !== this.dealt || this.pool.lists !== lists);
      this.ended = false;
    }
    if (this.fault) throw this.fault.error;
  }

  private deal(batches: number): void {
    if (this.job.gate.isInterrupted() || this.scope.consideredCancelled || this.fault) return;
    const window = Math.min(this.job.input.plan.chunksInFlight, batches);
    const begun = this.take(window - this.running.size);
    const chunks = [...this.running.values()];
    const slots = spreadSlots(
      batches,
      chunks.slice(0, window).map(({ slotsMax }) => slotsMax),
    );
    chunks.forEach((chunk, index) => {
      // Beyond the window: a chunk without slots ends its batches and gives itself back.
      const wanted = slots[index] ?? 0;
      if (chunk.slots !== wanted) setSlots(chunk, wanted);
    });
    for (const pooled of begun) this.begin(pooled, batches);
  }

  private take(most: number): PooledChunk[] {
    const taken: PooledChunk[] = [];
    while (taken.length < most) {
      const chunk = this.pool.take();
      if (!chunk) break;
      const { range, state } = chunk;
      const batchesLeft = range.batches - state.started + state.open.length;
      const slotsMax = Math.min(this.job.input.plan.batchesInFlight, batchesLeft);
      this.running.set(range.chunk, { slots: 0, slotsMax });
      taken.push(chunk);
    }
    return taken;
  }

  private begin(pooled: PooledChunk, batches: number): void {
    const number = pooled.range.chunk;
    const chunk = this.running.get(number);
    if (!chunk) return;
    this.scope
      .run(() => this.runChunk(pooled, chunk, batches))
      .catch((error: unknown) => {
        this.fault ??= { error };
      })
      .finally(() => {
        this.running.delete(number);
        this.ended = true;
        this.job.state.progressed();
        checkFailureThreshold(this.job);
      });
  }

  private async runChunk(pooled: PooledChunk, chunk: RunningChunk, batches: number): Promise<void> {
    const { pool } = this;
    const { gate } = this.job;
    const number = pooled.range.chunk;
    try {
      const { slots } = chunk;
      chunk.handle = await this.start(pooled, slots, batches);
      // The number has changed while the chunk was being started.
      if (chunk.slots !== slots) setSlots(chunk, chunk.slots);
      const result: ChunkResult = await chunk.handle.result();
      if (result.status === 'done') pool.finish(number, result.state.tally);
      else pool.giveBack(number, result.state);
      if (result.failure) gate.stopWith(result.failure.code, result.failure.message);
    } catch (error) {
      pool.giveBack(number, undefined);
      if (isCancellation(error) && this.scope.consideredCancelled) return;
      if (!(error instanceof ChildWorkflowFailure)) throw error;
      const failure = failureOf(error);
      gate.stopWith(failure.code, `chunk ${number}: ${failure.message}`);
    }
  }

  private start(
    chunk: PooledChunk,
    slots: number,
    batches: number,
  ): Promise<ChildWorkflowHandle<typeof chunkWorkflow>> {
    const { jobId, workspace, plan, request } = this.job.input;
    const { range, state } = chunk;
    const limits = batchLimits(this.job.state.limits, batches);
    return startChild<typeof chunkWorkflow>(WORKFLOW_TYPES.chunk, {
      workflowId: chunkWorkflowId(jobId, range.chunk),
      staticSummary: `chunk ${range.chunk} · batches ${range.firstBatch} to ${range.firstBatch + range.batches - 1}`,
      typedSearchAttributes: [{ key: jobIdAttribute, value: jobId }],
      args: [
        {
          jobId,
          workspace,
          plan,
          range,
          state,
          reportEnabled: request.Report.Enabled,
          lanes: slots,
          ...defined({ batchLimits: limits }),
          failureThreshold: this.job.state.failureThreshold,
        },
      ],
    });
  }
}

function setSlots(chunk: RunningChunk, slots: number): void {
  chunk.slots = slots;
  // The chunk may just have ended; then its result says so.
  chunk.handle?.signal(chunkSlotsSignal, slots).catch(() => undefined);
}
