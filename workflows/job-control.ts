import { CancellationScope, condition, isCancellation, log, setHandler } from '@temporalio/workflow';
import type { ChunkTallyMessage, ReasonArgument } from '../contracts/messages';
import { LIMITS } from '../contracts/limits';
import type { JobState } from './job-state';
import {
  cancelSignal,
  chunkTallySignal,
  confirmSignal,
  pauseSignal,
  resumeSignal,
  setPrioritySignal,
  snapshotQuery,
} from './messages';
import { exceedsFailureThreshold } from './failure-threshold';

/** What people want of a running job: signals come in here, the job's steps ask here whether to go on. */
export class JobControl {
  confirmed = false;
  cancelled = false;
  cancelledByTemporal = false;
  private paused = false;
  private scope: CancellationScope | undefined;

  constructor(private readonly state: JobState) {
    setHandler(snapshotQuery, () => state.snapshot);
    setHandler(pauseSignal, (reason) => this.pause(reasonOf(reason)));
    setHandler(resumeSignal, (reason) => this.resume(reasonOf(reason)));
    setHandler(cancelSignal, (reason) => this.cancel(reasonOf(reason)));
    setHandler(confirmSignal, (reason) => this.confirm(reasonOf(reason)));
    setHandler(setPrioritySignal, (priority) => {
      if (isPriority(priority)) state.changePriority(priority);
      else log.warn('a priority that is none is ignored', { priority });
    });
    setHandler(chunkTallySignal, (message) => {
      if (!isChunkTally(message)) return;
      state.pool?.tell(message.chunk, message.tally);
      this.checkFailureThreshold();
    });
    CancellationScope.current().cancelRequested.catch(() => {
      this.cancelledByTemporal = true;
      this.cancel('Cancelled in Temporal');
    });
  }

  /** The job is to end before its work is done. */
  shouldStop(): boolean {
    return this.cancelled || this.state.failed !== undefined;
  }

  /** Running work is to be handed back, for a pause or for good. */
  isInterrupted(): boolean {
    return this.paused || this.shouldStop();
  }

  /** Runs `step` so that pause, cancel and failure cancel what it waits for. Undefined when that happened. */
  async interruptible<T>(step: () => Promise<T>): Promise<T | undefined> {
    if (this.shouldStop()) return undefined;
    this.scope = new CancellationScope({ cancellable: true });
    try {
      return await this.scope.run(step);
    } catch (error) {
      if (isCancellation(error) && this.isInterrupted()) return undefined;
      throw error;
    } finally {
      this.scope = undefined;
    }
  }

  async untilResumed(): Promise<void> {
    if (!this.paused) return;
    this.state.enter('Paused', 'resume');
    await condition(() => !this.paused || this.shouldStop());
  }

  /** A job most of whose tasks fail is stopped: what is wrong is wrong with all of them. */
  checkFailureThreshold(): void {
    const tally = this.state.pool?.knownTally;
    if (!tally || this.shouldStop() || !exceedsFailureThreshold(tally)) return;
    const ran = tally.succeeded + tally.failed + tally.pending;
    this.stopWith(
      'FailureThresholdExceeded',
      `${tally.failed} of ${ran} tasks failed: more than half of at least 1,000.`,
    );
  }

  stopWith(code: string, message: string): void {
    if (this.state.failed) return;
    this.state.fail(code, message);
    if (this.state.current === 'Active') this.state.enter('Failing', WAITING_FOR_BATCHES);
    this.scope?.cancel();
  }

  private pause(reason: ReasonArgument): void {
    if (this.paused || this.shouldStop()) return;
    this.paused = true;
    this.state.statusUpdateReason = reason;
    if (this.state.current !== 'Active') return;
    this.state.enter('Pausing', WAITING_FOR_BATCHES);
    this.scope?.cancel();
  }

  private resume(reason: ReasonArgument): void {
    if (!this.paused) return;
    this.paused = false;
    this.state.statusUpdateReason = reason;
  }

  private cancel(reason: ReasonArgument): void {
    if (this.shouldStop() || CONCLUDING.includes(this.state.current)) return;
    this.cancelled = true;
    this.state.statusUpdateReason = reason;
    if (this.state.current === 'Active') this.state.enter('Cancelling', WAITING_FOR_BATCHES);
    this.scope?.cancel();
  }

  private confirm(reason: ReasonArgument): void {
    if (this.confirmed) return;
    this.confirmed = true;
    this.state.statusUpdateReason = reason;
    if (this.state.current === 'Suspended') this.state.enter('Ready');
  }
}

const WAITING_FOR_BATCHES = 'running batches to hand back what they have done';
/** Too late to cancel: all tasks have been carried out. */
const CONCLUDING = ['Completing', 'Complete', 'Failing', 'Failed', 'Cancelling', 'Cancelled'];

/** Signals come from anybody's hands: one that can't be understood must not stop the workflow. */
function reasonOf(given: unknown): ReasonArgument {
  return typeof given === 'string' ? given.slice(0, LIMITS.describeReasonCharsMax) : undefined;
}

function isPriority(given: unknown): given is number {
  return Number.isInteger(given) && Number(given) >= 0 && Number(given) <= LIMITS.priorityMax;
}

function isChunkTally(given: unknown): given is ChunkTallyMessage {
  const { chunk, tally } = (given ?? {}) as Partial<ChunkTallyMessage>;
  return Number.isInteger(chunk) && [tally?.succeeded, tally?.failed, tally?.pending].every(Number.isInteger);
}
