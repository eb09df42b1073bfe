import { CancellationScope, condition, log, setHandler } from '@temporalio/workflow';
import type { JobInput } from '../../contracts/job';
import type { JoinMessage, ReasonArgument } from '../../contracts/messages';
import { LIMITS } from '../../contracts/limits';
import { isStepInterruption } from '../chunk/failure-of';
import { describeExcess, exceedsFailureThreshold } from './failure-threshold';
import { JobShare } from './job-share';
import type { JobState } from './job-state';
import { batchesInFlightMax, batchesWithin, isLimited } from '../chunk/lanes';
import {
  cancelSignal,
  chunkTallySignal,
  confirmSignal,
  pauseSignal,
  resumeSignal,
  setLimitsSignal,
  setPrioritySignal,
  setTagsSignal,
  snapshotQuery,
} from '../messages';
import { isChunkTally, isLimits, isPriority, isTags, reasonOf } from '../signal-arguments';

/** What people and the dispatcher want of a running job: signals come in here, the job's steps ask here whether to go on. */
export class JobControl {
  confirmed = false;
  cancelled = false;
  cancelledByTemporal = false;
  private paused = false;
  /** Limits have changed: running work is to be handed back and taken up again under the new ones. */
  private restarting = false;
  private scope: CancellationScope | undefined;
  private readonly share: JobShare;

  constructor(
    private readonly input: JobInput,
    private readonly state: JobState,
  ) {
    this.share = new JobShare(input.jobId, () => this.shareChanged());
    setHandler(snapshotQuery, () => state.snapshot);
    setHandler(pauseSignal, (reason) => this.pause(reasonOf(reason)));
    setHandler(resumeSignal, (reason) => this.resume(reasonOf(reason)));
    setHandler(cancelSignal, (reason) => this.cancel(reasonOf(reason)));
    setHandler(confirmSignal, (reason) => this.confirm(reasonOf(reason)));
    setHandler(setPrioritySignal, (priority) => this.changePriority(priority));
    setHandler(setLimitsSignal, (limits) => this.changeLimits(limits));
    setHandler(setTagsSignal, (tags) => this.changeTags(tags));
    setHandler(chunkTallySignal, (message) => this.tellChunkTally(message));
    CancellationScope.current().cancelRequested.catch(() => {
      this.cancelledByTemporal = true;
      this.cancel('Cancelled in Temporal');
    });
  }

  /** The job is to end before its work is done. */
  shouldStop(): boolean {
    return this.cancelled || this.state.failed !== undefined;
  }

  /** Running work is to be handed back, for a while or for good. */
  isInterrupted(): boolean {
    return this.paused || this.restarting || this.preempted || this.shouldStop();
  }

  private get preempted(): boolean {
    return this.share.joined && this.share.batches === 0;
  }

  /** Batches that may be in flight now, over all chunks. */
  get batches(): number {
    const max = batchesInFlightMax(this.input.plan, this.state.pool?.cut.batches ?? 1);
    return batchesWithin(this.state.limits, this.input.plan, Math.min(max, this.share.batches ?? max));
  }

  /** Runs `step` so that what it starts in the scope is cancelled by pause, cancel and failure. The step itself goes on. */
  async whileAllowed(step: (scope: CancellationScope) => Promise<void>): Promise<void> {
    if (this.isInterrupted()) return;
    this.scope = new CancellationScope({ cancellable: true });
    try {
      await step(this.scope);
    } finally {
      this.scope = undefined;
    }
  }

  /** Runs `step` so that pause, cancel and failure cancel what it waits for. Undefined when that happened. */
  async interruptible<T>(step: () => Promise<T>): Promise<T | undefined> {
    if (this.shouldStop()) return undefined;
    const scope = (this.scope = new CancellationScope({ cancellable: true }));
    try {
      return await scope.run(step);
    } catch (error) {
      if (scope.consideredCancelled && isStepInterruption(error)) return undefined;
      throw error;
    } finally {
      this.scope = undefined;
    }
  }

  /** What asks for a share in advance, so that the answer is there when the manifest has been read. */
  announcement(): JoinMessage {
    return this.share.announcement(this.wish(false));
  }

  /** Resolves once the job may run batches (true), or is to stop. Until then it shows what it waits for. */
  async mayRun(): Promise<boolean> {
    while (!this.shouldStop()) {
      this.restarting = false;
      if (this.paused) {
        await this.untilResumed();
        continue;
      }
      this.join(true);
      const called = (): boolean => this.paused || this.shouldStop();
      const answered = (): boolean => this.share.batches !== undefined || called();
      if (!answered() && !(await condition(answered, LIMITS.shareTimeoutMs))) this.share.assumeAlone();
      if (called()) continue;
      if (!this.preempted) return true;
      this.state.waitForWorkers();
      await condition(() => !this.preempted || called());
    }
    return false;
  }

  /** Resolves once nobody has the job paused (true), or it is to stop. For work that needs no workers. */
  async mayWait(): Promise<boolean> {
    this.leave();
    if (this.paused) await this.untilResumed();
    return !this.shouldStop();
  }

  /** The work is over: what it had is free for others. */
  leave(): void {
    this.share.leave();
    this.state.sharing = false;
  }

  /** To be awaited before the workflow ends. */
  hasLeft(): Promise<void> {
    return this.share.said();
  }

  private async untilResumed(): Promise<void> {
    this.leave();
    this.state.pausedBy = 'user';
    this.state.enter('Paused', 'resume');
    await condition(() => !this.paused || this.shouldStop());
  }

  private join(ready: boolean): void {
    this.state.sharing = ready;
    this.share.join(this.wish(ready));
  }

  private wish(ready: boolean): Omit<JoinMessage, 'jobId'> {
    const { plan } = this.input;
    const { limits, priority } = this.state;
    const batchesMax = batchesInFlightMax(plan, this.state.pool?.cut.batches ?? Infinity);
    return { priority, ready, batchesMax: batchesWithin(limits, plan, batchesMax), limited: isLimited(limits) };
  }

  /** The same wish as before is not said again. */
  private rejoin(): void {
    if (this.share.joined) this.join(this.state.sharing);
  }

  private shareChanged(): void {
    if (this.state.current === 'Active' && this.preempted) {
      this.interrupt('Pausing', 'priority');
    } else if (this.state.current === 'Active' && isLimited(this.state.limits)) {
      // Each batch has a fixed part of the limits: with more or fewer batches, the parts change.
      this.restart();
    } else {
      this.state.sharesChanged = true;
    }
  }

  private restart(): void {
    this.restarting = true;
    this.state.await(WAITING_FOR_BATCHES);
    this.scope?.cancel();
  }

  private interrupt(status: 'Pausing' | 'Cancelling' | 'Failing', pausedBy?: 'user' | 'priority'): void {
    this.state.pausedBy = pausedBy;
    if (this.state.current === 'Active' || this.state.current === 'Pausing') {
      this.state.enter(status, WAITING_FOR_BATCHES);
    }
    this.scope?.cancel();
  }

  /** A job most of whose tasks fail is stopped: what is wrong is wrong with all of them. */
  checkFailureThreshold(): void {
    const tally = this.state.pool?.knownTally;
    const threshold = this.state.failureThreshold;
    if (!tally || this.shouldStop() || !exceedsFailureThreshold(tally, threshold)) return;
    this.stopWith('FailureThresholdExceeded', describeExcess(tally, threshold));
  }

  stopWith(code: string, message: string): void {
    if (this.state.failed) return;
    this.state.fail(code, message);
    this.interrupt('Failing');
  }

  private pause(reason: ReasonArgument): void {
    if (this.paused || this.shouldStop()) return;
    this.paused = true;
    this.state.statusUpdateReason = reason;
    if (this.state.current === 'Active') this.interrupt('Pausing', 'user');
    else if (this.state.current === 'Pausing') this.state.pausedBy = 'user';
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
    this.interrupt('Cancelling');
  }

  private confirm(reason: ReasonArgument): void {
    if (this.confirmed) return;
    this.confirmed = true;
    this.state.statusUpdateReason = reason;
  }

  private changePriority(priority: unknown): void {
    if (!isPriority(priority)) {
      log.warn('a priority that is none is ignored', { priority });
      return;
    }
    this.state.changePriority(priority);
    this.rejoin();
  }

  /** Takes effect on running work too: it is handed back and taken up again, which costs no task. */
  private changeLimits(limits: unknown): void {
    if (!isLimits(limits)) {
      log.warn('ignoring invalid limits signal', { limits });
      return;
    }
    const same = JSON.stringify(limits) === JSON.stringify(this.state.limits);
    this.state.changeLimits(limits);
    if (same) return;
    this.rejoin();
    this.checkFailureThreshold();
    if (this.state.current === 'Active' && this.share.joined && !this.isInterrupted()) this.restart();
  }

  private changeTags(tags: unknown): void {
    if (isTags(tags)) this.state.changeTags(tags);
    else log.warn('tags that are none are ignored');
  }

  private tellChunkTally(message: unknown): void {
    if (!isChunkTally(message)) return;
    const { chunk, tally } = message;
    this.state.pool?.tell(chunk, tally);
    this.checkFailureThreshold();
  }
}

const WAITING_FOR_BATCHES = 'running batches to hand back what they have done';
/** Too late to cancel: all tasks have been carried out. */
const CONCLUDING = ['Completing', 'Complete', 'Failing', 'Failed', 'Cancelling', 'Cancelled'];
