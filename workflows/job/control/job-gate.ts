import { CancellationScope, condition } from '@temporalio/workflow';
import { hasWorkRunning } from '../../../contracts/engine/lifecycle';
import type { JobSnapshot } from '../../../contracts/job';
import { LIMITS } from '../../../contracts/limits';
import { isLimited } from '../../batches/slots';
import { isStepInterruption } from '../../failures';
import type { JobState } from '../job-state';
import type { JobIntents } from './job-intents';
import type { JobShare } from './job-share';

const WAITING_FOR_BATCHES = 'running batches to hand back what they have done';
const WAITING_FOR_ALL = 'resume of all jobs: drover resume --all';

/** Decides whether the job may go on: its steps ask before they begin, and what they have running is interrupted here. */
export class JobGate {
  /** Limits have changed: running work is handed back and taken up again under the new ones. */
  private restarting = false;
  private scope: CancellationScope | undefined;
  /** Holds work before the first task, which a pause interrupts, too. */
  private preparing: CancellationScope | undefined;

  constructor(
    private readonly state: JobState,
    private readonly intents: JobIntents,
    private readonly share: JobShare,
  ) {}

  /** The job is to end before its work is done. */
  shouldStop(): boolean {
    return this.intents.cancelled || this.state.failed !== undefined;
  }

  /** Running work is to be handed back, for a while or for good. */
  isInterrupted(): boolean {
    return this.intents.halted || this.restarting || this.share.preempted || this.shouldStop();
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

  /**
   * Runs `step` so that pause, cancel and failure cancel what it waits for. Undefined when that happened. `restarts`: work before the
   * first task. A pause of this job alone lets it come to its end; one of all jobs takes hold, and it begins anew afterwards.
   */
  async interruptible<T>(step: () => Promise<T>, { restarts = false } = {}): Promise<T | undefined> {
    for (;;) {
      if (restarts && this.intents.pausedWithAll) await this.untilAllResumed();
      if (this.shouldStop()) return undefined;
      const scope = (this.scope = new CancellationScope({ cancellable: true }));
      try {
        return await scope.run(step);
      } catch (error) {
        if (!scope.consideredCancelled || !isStepInterruption(error)) throw error;
        if (!restarts) return undefined;
      } finally {
        this.scope = undefined;
      }
    }
  }

  private async untilAllResumed(): Promise<void> {
    this.state.await(WAITING_FOR_ALL);
    await condition(() => !this.intents.pausedWithAll || this.shouldStop());
    this.state.await(undefined);
  }

  /** Resolves once nobody has the job paused (true), or it is to stop. The job shows what it waits for. */
  async mayPrepare(): Promise<boolean> {
    if (this.intents.halted && !this.shouldStop()) {
      this.state.await(this.intents.paused ? 'resume: paused while its source is being read' : WAITING_FOR_ALL);
      await condition(() => !this.intents.halted || this.shouldStop());
      this.state.await(undefined);
    }
    return !this.shouldStop();
  }

  /** Runs `step` so that pause, cancel and failure cancel what it waits for. Resolves when it has handed back. */
  async pausable(step: () => Promise<void>): Promise<void> {
    const scope = (this.preparing = new CancellationScope({ cancellable: true }));
    try {
      await scope.run(step);
    } catch (error) {
      const isHandedBack = scope.consideredCancelled && isStepInterruption(error);
      // What else is under way would go on for nobody.
      scope.cancel();
      if (!isHandedBack) throw error;
    } finally {
      this.preparing = undefined;
    }
  }

  /** What runs before the first task is to be handed back. */
  isPreparingInterrupted(): boolean {
    return this.intents.halted || this.shouldStop();
  }

  /** Resolves once the job may run batches (true), or is to stop. Until then the job shows what it waits for. */
  async mayRun(): Promise<boolean> {
    while (!this.shouldStop()) {
      this.restarting = false;
      if (this.intents.halted) {
        await this.untilResumed();
        continue;
      }
      this.share.join();
      const interrupted = (): boolean => this.intents.halted || this.shouldStop();
      const answered = (): boolean => this.share.batches !== undefined || interrupted();
      if (!answered() && !(await condition(answered, LIMITS.dispatch.shareTimeoutMs))) this.share.assumeAlone();
      if (interrupted()) continue;
      if (!this.share.preempted) return true;
      this.state.waitForWorkers();
      await condition(() => !this.share.preempted || interrupted());
    }
    return false;
  }

  /** For a job that is Active and has left its share. False when it is interrupted instead, also because others have the workers. */
  async hasWorkers(): Promise<boolean> {
    this.share.join();
    const answered = (): boolean => this.share.batches !== undefined || this.isInterrupted();
    if (!answered() && !(await condition(answered, LIMITS.dispatch.shareTimeoutMs))) this.share.assumeAlone();
    return !this.isInterrupted();
  }

  /** Resolves once nobody has the job paused (true), or the job is to stop. For work that needs no workers. */
  async mayWait(): Promise<boolean> {
    this.restarting = false;
    this.share.leave();
    if (this.intents.halted) await this.untilResumed();
    return !this.shouldStop();
  }

  private async untilResumed(): Promise<void> {
    this.share.leave();
    while (this.intents.halted && !this.shouldStop()) {
      const { paused } = this.intents;
      this.state.pausedBy = paused ? 'user' : 'all';
      this.state.enter('Paused', paused ? 'resume' : WAITING_FOR_ALL);
      await condition(() => !this.intents.halted || this.intents.paused !== paused || this.shouldStop());
    }
  }

  /** A person has paused the job, or all. */
  pauseWork(by: 'user' | 'all'): void {
    this.preparing?.cancel();
    if (by === 'all' && this.state.current === 'Preparing') this.scope?.cancel();
    if (this.state.current === 'Active') this.interrupt('Pausing', by);
    else if (this.state.current === 'Pausing' && this.state.pausedBy !== 'user') this.state.pausedBy = by;
  }

  cancelWork(): void {
    this.interrupt('Cancelling');
  }

  stopWith(code: string, message: string): void {
    if (this.state.failed) return;
    this.state.fail(code, message);
    this.interrupt('Failing');
  }

  /** New limits take effect on running work, too; those of restores also on a job that waits. */
  limitsChanged(restoresChanged: boolean): void {
    const concerned = this.share.joined || restoresChanged;
    if (this.state.current === 'Active' && concerned && !this.isInterrupted()) this.restart();
  }

  shareChanged(): void {
    if (this.state.current !== 'Active') return;
    if (this.share.preempted) this.interrupt('Pausing', 'priority');
    // Each batch has a fixed part of the limits: with more or fewer batches, the parts change.
    else if (isLimited(this.state.limits)) this.restart();
  }

  private restart(): void {
    this.restarting = true;
    this.state.await(WAITING_FOR_BATCHES);
    this.scope?.cancel();
  }

  private interrupt(status: 'Pausing' | 'Cancelling' | 'Failing', pausedBy?: JobSnapshot['pausedBy']): void {
    this.state.pausedBy = pausedBy;
    if (hasWorkRunning(this.state.current)) this.state.enter(status, WAITING_FOR_BATCHES);
    this.preparing?.cancel();
    this.scope?.cancel();
  }
}
