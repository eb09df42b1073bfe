import {
  type CancellationScope,
  ChildWorkflowFailure,
  type ChildWorkflowHandle,
  condition,
  isCancellation,
  startChild,
} from '@temporalio/workflow';
import type { ChunkResult } from '../../contracts/chunk';
import type { JobInput } from '../../contracts/job';
import { chunkWorkflowId } from '../../contracts/naming';
import type { chunkWorkflow } from '../chunk';
import type { ChunkPool, PooledChunk } from './chunk-pool';
import { failureOf } from '../chunk/failure-of';
import type { JobControl } from './job-control';
import type { JobState } from './job-state';
import { batchLimits, spreadLanes } from '../chunk/lanes';
import { lanesSignal } from '../messages';
import { jobIdAttribute } from '../search-attributes';

/** Keeps a window of chunks in flight until the pool is empty or the job is interrupted; then every chunk has handed back. */
export async function runChunks(input: JobInput, state: JobState, pool: ChunkPool, control: JobControl): Promise<void> {
  await control.whileAllowed((scope) => new ChunkWindow(input, state, pool, control, scope).run());
}

interface RunningChunk {
  /** More would have nothing to do. */
  readonly lanesMax: number;
  lanes: number;
  handle?: ChildWorkflowHandle<typeof chunkWorkflow>;
}

/** As many chunks as the job's share of batches allows, and the share dealt out among them: both follow when it changes. */
class ChunkWindow {
  private readonly running = new Map<number, RunningChunk>();
  private ended = false;
  private fault: { readonly error: unknown } | undefined;

  constructor(
    private readonly input: JobInput,
    private readonly state: JobState,
    private readonly pool: ChunkPool,
    private readonly control: JobControl,
    /** Chunks run in it: cancelling it has them hand back. */
    private readonly scope: CancellationScope,
  ) {}

  async run(): Promise<void> {
    for (;;) {
      this.deal();
      if (this.running.size === 0) break;
      await condition(() => this.ended || this.state.sharesChanged);
      this.ended = false;
    }
    if (this.fault) throw this.fault.error;
  }

  private deal(): void {
    this.state.sharesChanged = false;
    if (this.control.isInterrupted() || this.scope.consideredCancelled || this.fault) return;
    const { batches } = this.control;
    const window = Math.min(this.input.plan.chunksInFlight, batches);
    const begun = this.take(window - this.running.size);
    const chunks = [...this.running.values()];
    const lanes = spreadLanes(
      batches,
      chunks.slice(0, window).map(({ lanesMax }) => lanesMax),
    );
    chunks.forEach((chunk, index) => {
      // Beyond the window: a chunk without lanes ends its batches and gives itself back.
      const wanted = lanes[index] ?? 0;
      if (chunk.lanes !== wanted) setLanes(chunk, wanted);
    });
    for (const pooled of begun) this.begin(pooled, batches);
  }

  private take(most: number): PooledChunk[] {
    const taken: PooledChunk[] = [];
    for (let left = most; left > 0; left--) {
      const chunk = this.pool.take();
      if (!chunk) break;
      const { range, state } = chunk;
      const left = range.batches - state.started + state.open.length;
      this.running.set(range.chunk, { lanes: 0, lanesMax: Math.min(this.input.plan.batchesInFlight, left) });
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
        this.state.progressed();
        this.control.checkFailureThreshold();
      });
  }

  private async runChunk(pooled: PooledChunk, chunk: RunningChunk, batches: number): Promise<void> {
    const { pool, control } = this;
    const number = pooled.range.chunk;
    try {
      const lanes = chunk.lanes;
      chunk.handle = await this.start(pooled, lanes, batches);
      // Changed while it was being started.
      if (chunk.lanes !== lanes) setLanes(chunk, chunk.lanes);
      const result: ChunkResult = await chunk.handle.result();
      if (result.status === 'done') pool.finish(number, result.state.tally);
      else pool.giveBack(number, result.state);
      if (result.failure) control.stopWith(result.failure.code, result.failure.message);
    } catch (error) {
      pool.giveBack(number, undefined);
      if (isCancellation(error) && this.scope.consideredCancelled) return;
      if (!(error instanceof ChildWorkflowFailure)) throw error;
      const failure = failureOf(error);
      control.stopWith(failure.code, `chunk ${number}: ${failure.message}`);
    }
  }

  private start(
    chunk: PooledChunk,
    lanes: number,
    batches: number,
  ): Promise<ChildWorkflowHandle<typeof chunkWorkflow>> {
    const { jobId, workspace, plan, request } = this.input;
    const { range, state } = chunk;
    const limits = batchLimits(this.state.limits, batches);
    return startChild<typeof chunkWorkflow>('chunkWorkflow', {
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
          lanes,
          ...(limits === undefined ? {} : { batchLimits: limits }),
          failureThreshold: this.state.failureThreshold,
        },
      ],
    });
  }
}

function setLanes(chunk: RunningChunk, lanes: number): void {
  chunk.lanes = lanes;
  // It may just have ended, which is told otherwise.
  chunk.handle?.signal(lanesSignal, lanes).catch(() => undefined);
}
