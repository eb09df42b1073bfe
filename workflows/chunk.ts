import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  patched,
  setCurrentDetails,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type { BatchResult } from '../contracts/activities';
import type { OpenBatch } from '../contracts/checkpoint';
import type { ChunkInput, ChunkResult, ChunkState } from '../contracts/chunk';
import { LIMITS } from '../contracts/limits';
import { addTallies, EMPTY_TALLY, executed, subtractTallies, type Tally } from '../contracts/outcome';
import { failureOf, isInterruption } from './chunk/failure-of';
import { exceedsFailureThreshold } from './job/failure-threshold';
import { chunkProgressQuery, chunkTallySignal, lanesSignal } from './messages';
import { chunkDetails } from './progress-details';
import { batchActivity, recoveryActivities, reportActivities } from './proxies';

/**
 * Owns a contiguous range of batches: lanes take one after the other, as many lanes as the job says. Asked to stop, it gives
 * its state back as its result, so that nothing is done twice; left without lanes, it does so when its batches have ended;
 * grown long, it continues as new. Knows no operation.
 */
export async function chunkWorkflow(input: ChunkInput): Promise<ChunkResult> {
  const chunk = new ChunkRun(input);
  const result = await CancellationScope.nonCancellable(() => chunk.run());
  if (result === 'continue') return continueAsNew<typeof chunkWorkflow>(chunk.continued);
  return result;
}

class ChunkRun {
  private started: number;
  private tally: Tally;
  private readonly waiting: OpenBatch[];
  private readonly running = new Map<number, OpenBatch>();
  /** Those in `running` whose activity has ended, and whose work is being looked up. */
  private readonly recovering = new Set<number>();
  private readonly batchScope = new CancellationScope({ cancellable: true });
  private takenThisRun = 0;
  private stopping = false;
  private failure: ChunkResult['failure'];
  private toldFailed = 0;
  /** Batches that may be in flight; 0 once the job wants the chunk back. */
  private lanes: number;
  private lanesActive = 0;
  private defect: { readonly error: unknown } | undefined;

  constructor(private readonly input: ChunkInput) {
    this.started = input.state.started;
    this.tally = input.state.tally;
    this.waiting = [...input.state.open];
    this.lanes = input.lanes;
    setHandler(lanesSignal, (lanes) => this.setLanes(lanes));
    setHandler(chunkProgressQuery, () => this.progress());
    const root = CancellationScope.current();
    root.cancelRequested.catch(() => {
      this.stop();
    });
  }

  get state(): ChunkState {
    const open = [...this.waiting, ...this.running.values()].sort((a, b) => a.batch - b.batch);
    return { started: this.started, open, tally: this.tally };
  }

  /** Input of the next run. */
  get continued(): ChunkInput {
    return { ...this.input, lanes: this.lanes, state: this.state };
  }

  async run(): Promise<ChunkResult | 'continue'> {
    this.show();
    this.openLanes();
    await condition(() => this.lanesActive === 0);
    if (this.defect) throw this.defect.error;
    if (this.failure) return { status: 'failed', state: this.state, failure: this.failure };
    if (!this.finished) {
      const wanted = !this.stopping && this.lanes > 0;
      return wanted ? 'continue' : { status: 'interrupted', state: this.state };
    }
    return this.conclude();
  }

  /** A chunk whose tasks are still awaited leaves its report to the restore watch. */
  private async conclude(): Promise<ChunkResult> {
    const { jobId, workspace, range, reportEnabled } = this.input;
    if (reportEnabled && this.tally.pending === 0) {
      try {
        await reportActivities(this.input.plan).writeChunkReport({ jobId, workspace, range });
      } catch (error) {
        return { status: 'failed', state: this.state, failure: failureOf(error) };
      }
    }
    return { status: 'done', state: this.state };
  }

  private get finished(): boolean {
    return this.started >= this.input.range.batches && this.waiting.length === 0 && this.running.size === 0;
  }

  private stop(): void {
    this.stopping = true;
    this.batchScope.cancel();
  }

  private take(): OpenBatch | undefined {
    if (this.stopping || this.failure || this.defect || this.runIsLong()) return undefined;
    const next = this.waiting.shift() ?? this.takeNew();
    if (next) {
      this.takenThisRun += 1;
      this.running.set(next.batch, next);
    }
    return next;
  }

  private takeNew(): OpenBatch | undefined {
    if (this.started >= this.input.range.batches) return undefined;
    return { batch: this.input.range.firstBatch + this.started++ };
  }

  private runIsLong(): boolean {
    return this.takenThisRun >= LIMITS.chunkRunBatchesMax || workflowInfo().continueAsNewSuggested;
  }

  /** Fewer lanes: each ends after its batch, none is interrupted. */
  private setLanes(lanes: unknown): void {
    if (!Number.isInteger(lanes) || Number(lanes) < 0) return;
    this.lanes = Number(lanes);
    this.openLanes();
  }

  private openLanes(): void {
    while (this.lanesActive < this.lanes) {
      const first = this.take();
      if (!first) return;
      this.lanesActive += 1;
      this.lane(first)
        .catch((error: unknown) => {
          this.defect ??= { error };
        })
        .finally(() => {
          this.lanesActive -= 1;
        });
    }
  }

  private async lane(first: OpenBatch): Promise<void> {
    for (let next: OpenBatch | undefined = first; next; next = this.takeFor(this.lanesActive)) {
      await this.runOne(next);
      this.show();
    }
  }

  private takeFor(lanesActive: number): OpenBatch | undefined {
    return lanesActive > this.lanes ? undefined : this.take();
  }

  private async runOne(open: OpenBatch): Promise<void> {
    const { jobId, workspace, plan, batchLimits: limits } = this.input;
    try {
      const { runBatch } = batchActivity(plan, open.batch, activityIdOf(open.batch), limits);
      const input = { jobId, workspace, ...open, ...(limits === undefined ? {} : { limits }) };
      const result = await this.batchScope.run(() => runBatch(input));
      this.running.delete(open.batch);
      this.settle(open, result);
    } catch (error) {
      const interrupted = isCancellation(error) || (this.batchScope.consideredCancelled && isInterruption(error));
      // Also a batch that can't go on has done what it did.
      if (patched('recover-batch')) {
        if (!interrupted) this.fail(error);
        await this.recover(open);
        return;
      }
      this.running.delete(open.batch);
      this.waiting.push(open);
      if (isCancellation(error)) return;
      this.fail(error);
    }
  }

  /** The attempt ended without a word: it never ran, was in retry back-off, or its worker is gone. What it flushed is in the workspace. */
  private async recover(open: OpenBatch): Promise<void> {
    this.recovering.add(open.batch);
    const found = await this.recorded(open);
    this.recovering.delete(open.batch);
    this.running.delete(open.batch);
    if (found === undefined) this.waiting.push({ ...open, takenUpAgain: true });
    else this.settle(open, found);
  }

  private settle(open: OpenBatch, result: BatchResult): void {
    if (result.status === 'done') {
      this.count(open, result.tally);
    } else {
      this.count(open, result.checkpoint.tally);
      this.waiting.push({ batch: open.batch, checkpoint: result.checkpoint });
    }
  }

  /** Undefined when no more is known than before. */
  private async recorded(open: OpenBatch): Promise<BatchResult | undefined> {
    const { jobId, workspace, plan } = this.input;
    try {
      // A lane that a signal has opened is in the scope that the job cancels.
      const found = await CancellationScope.nonCancellable(() =>
        recoveryActivities(plan, open.batch).recoverBatch({ jobId, workspace, batch: open.batch }),
      );
      if (found?.status !== 'interrupted') return found ?? undefined;
      const known = executed(open.checkpoint?.tally ?? EMPTY_TALLY);
      return executed(found.checkpoint.tally) > known ? found : undefined;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // The next attempt of the batch looks by itself, and so does the report.
      log.warn('what a batch has done could not be looked up', { batch: open.batch, ...failureOf(error) });
      return undefined;
    }
  }

  private count(open: OpenBatch, tally: Tally): void {
    const before = open.checkpoint?.tally;
    this.tally = addTallies(this.tally, before ? subtractTallies(tally, before) : tally);
    this.tellTrouble();
  }

  private fail(error: unknown): void {
    if (!(error instanceof ActivityFailure || error instanceof ApplicationFailure)) throw error;
    this.failure ??= failureOf(error);
    log.warn('chunk stops', { code: this.failure.code });
    this.batchScope.cancel();
  }

  /** The job adds up and decides: a chunk sees only its own tasks. What it tells is never far from what it knows. */
  private tellTrouble(): void {
    const parent = workflowInfo().parent;
    if (!parent || this.tally.failed - this.toldFailed < this.tellingStep()) return;
    this.toldFailed = this.tally.failed;
    getExternalWorkflowHandle(parent.workflowId)
      .signal(chunkTallySignal, { chunk: this.input.range.chunk, tally: this.tally })
      .catch((error: unknown) => log.warn('the job could not be told of failing tasks', { error }));
  }

  /** Failed tasks from one telling to the next. All chunks in flight together keep less to themselves than the threshold. */
  private tellingStep(): number {
    const { failureThreshold, plan } = this.input;
    if ('FailedTasks' in failureThreshold) {
      return Math.ceil((failureThreshold.FailedTasks + 1) / plan.chunksInFlight);
    }
    if (!exceedsFailureThreshold(this.tally, failureThreshold)) return Infinity;
    // Report again only when the count has doubled: the job may have decided to continue.
    return Math.max(1, this.toldFailed);
  }

  private progress() {
    const open = [...this.running.values()].map(({ batch, checkpoint }) => ({
      batch,
      activityId: activityIdOf(batch),
      from: checkpoint?.tally ?? EMPTY_TALLY,
      ...(this.recovering.has(batch) ? { recovering: true } : {}),
    }));
    return { chunk: this.input.range.chunk, batches: this.input.range.batches, tally: this.tally, open };
  }

  private show(): void {
    const { range } = this.input;
    setCurrentDetails(chunkDetails({ range, started: this.started, running: this.running.size, tally: this.tally }));
  }
}

function activityIdOf(batch: number): string {
  return `batch-${batch}`;
}
