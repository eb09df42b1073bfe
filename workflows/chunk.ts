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
import { defined } from '../contracts/defined';
import type { BatchResult } from '../contracts/engine/activities';
import type { OpenBatch } from '../contracts/engine/checkpoint';
import type { ChunkInput, ChunkResult, ChunkState } from '../contracts/engine/chunk';
import { addTallies, EMPTY_TALLY, executed, subtractTallies, type Tally } from '../contracts/engine/outcome';
import { LIMITS } from '../contracts/limits';
import { exceedsFailureThreshold } from './batches/failure-threshold';
import { failureOf, isInterruption } from './failures';
import { chunkProgressQuery, chunkSlotsSignal, chunkTallySignal } from './messages';
import { chunkDetails } from './progress-details';
import { batchActivity, recoveryActivities, reportActivities } from './proxies';

/**
 * Runs a contiguous range of batches, one after the other in each of its slots; the job says how many slots it has. When the job
 * asks it to stop, the chunk returns its state as its result, so that nothing is done twice; without slots, it does so when its
 * batches have ended. When its history has grown long, it continues as new. It knows no operation.
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
  /** Batches in `running` whose activity has ended, and whose work is being read from the workspace. */
  private readonly recovering = new Set<number>();
  private readonly batchScope = new CancellationScope({ cancellable: true });
  private takenThisRun = 0;
  private stopping = false;
  private failure: ChunkResult['failure'];
  /** Failed tasks that the job knows of. */
  private reportedFailed = 0;
  /** Batches that may be in flight; 0 once the job wants the chunk back. */
  private slots: number;
  private slotsBusy = 0;
  private defect: { readonly error: unknown } | undefined;

  constructor(private readonly input: ChunkInput) {
    this.started = input.state.started;
    this.tally = input.state.tally;
    this.waiting = [...input.state.open];
    this.slots = input.lanes;
    setHandler(chunkSlotsSignal, (slots) => this.setSlots(slots));
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
    return { ...this.input, lanes: this.slots, state: this.state };
  }

  async run(): Promise<ChunkResult | 'continue'> {
    this.show();
    this.fillSlots();
    await condition(() => this.slotsBusy === 0);
    if (this.defect) throw this.defect.error;
    if (this.failure) return { status: 'failed', state: this.state, failure: this.failure };
    if (!this.finished) {
      const wanted = !this.stopping && this.slots > 0;
      return wanted ? 'continue' : { status: 'interrupted', state: this.state };
    }
    return this.conclude();
  }

  /** Tasks that wait are reported by the chunk of their list; in jobs of former versions, the restore watch reports all. */
  private async conclude(): Promise<ChunkResult> {
    const { jobId, workspace, range, reportEnabled, plan } = this.input;
    if (reportEnabled && (this.tally.pending === 0 || plan.wait?.kind === 'lists')) {
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
    return this.takenThisRun >= LIMITS.chunks.runBatchesMax || workflowInfo().continueAsNewSuggested;
  }

  /** With fewer slots, no batch is interrupted: a slot too many ends after its batch. */
  private setSlots(slots: unknown): void {
    if (!Number.isInteger(slots) || Number(slots) < 0) return;
    this.slots = Number(slots);
    this.fillSlots();
  }

  private fillSlots(): void {
    while (this.slotsBusy < this.slots) {
      const first = this.take();
      if (!first) return;
      this.slotsBusy += 1;
      this.runSlot(first)
        .catch((error: unknown) => {
          this.defect ??= { error };
        })
        .finally(() => {
          this.slotsBusy -= 1;
        });
    }
  }

  private async runSlot(first: OpenBatch): Promise<void> {
    for (let next: OpenBatch | undefined = first; next; next = this.slotsBusy > this.slots ? undefined : this.take()) {
      await this.runOne(next);
      this.show();
    }
  }

  private async runOne(open: OpenBatch): Promise<void> {
    const { jobId, workspace, plan, batchLimits: limits } = this.input;
    try {
      const { runBatch } = batchActivity(plan, open.batch, activityIdOf(open.batch), limits);
      const input = { jobId, workspace, ...open, ...defined({ limits }) };
      const result = await this.batchScope.run(() => runBatch(input));
      this.running.delete(open.batch);
      this.settle(open, result);
    } catch (error) {
      const interrupted = isCancellation(error) || (this.batchScope.consideredCancelled && isInterruption(error));
      // A batch that can't go on may have done some of its tasks, too.
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

  /** The attempt ended without a result: it never ran, was in retry back-off, or its worker is gone. What it flushed is in the workspace. */
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

  /** Reads the workspace. Undefined when no more is known than before. */
  private async recorded(open: OpenBatch): Promise<BatchResult | undefined> {
    const { jobId, workspace, plan } = this.input;
    try {
      // A slot that a signal has filled is in the scope that the job cancels.
      const found = await CancellationScope.nonCancellable(() =>
        recoveryActivities(plan, open.batch).recoverBatch({ jobId, workspace, batch: open.batch }),
      );
      if (found?.status !== 'interrupted') return found ?? undefined;
      const known = executed(open.checkpoint?.tally ?? EMPTY_TALLY);
      return executed(found.checkpoint.tally) > known ? found : undefined;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      // The next attempt of the batch reads it anyway, and so does the report.
      log.warn('what a batch has done could not be read', { batch: open.batch, error: failureOf(error) });
      return undefined;
    }
  }

  private count(open: OpenBatch, tally: Tally): void {
    const before = open.checkpoint?.tally;
    this.tally = addTallies(this.tally, before ? subtractTallies(tally, before) : tally);
    this.reportFailures();
  }

  private fail(error: unknown): void {
    if (!(error instanceof ActivityFailure || error instanceof ApplicationFailure)) throw error;
    this.failure ??= failureOf(error);
    log.warn('chunk stops', { error: this.failure });
    this.batchScope.cancel();
  }

  /** A chunk sees only its own tasks; the job adds up the reports and decides. */
  private reportFailures(): void {
    const parent = workflowInfo().parent;
    if (!parent || this.tally.failed - this.reportedFailed < this.reportStep()) return;
    this.reportedFailed = this.tally.failed;
    getExternalWorkflowHandle(parent.workflowId)
      .signal(chunkTallySignal, { chunk: this.input.range.chunk, tally: this.tally })
      .catch((error: unknown) =>
        log.warn('failing tasks could not be reported to the job', { error: failureOf(error) }),
      );
  }

  /** Failed tasks from one report to the next. All chunks in flight together leave fewer unreported than the threshold. */
  private reportStep(): number {
    const { failureThreshold, plan } = this.input;
    if ('FailedTasks' in failureThreshold) {
      return Math.ceil((failureThreshold.FailedTasks + 1) / plan.chunksInFlight);
    }
    if (!exceedsFailureThreshold(this.tally, failureThreshold)) return Infinity;
    // Report again only when the count has doubled: the job may have decided to continue.
    return Math.max(1, this.reportedFailed);
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
