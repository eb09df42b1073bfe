import { setTimeout as delay } from 'node:timers/promises';
import { defined } from '../../contracts/defined';
import type { PausesGateway } from '../temporal/pauses';

/** How long the effect is waited for, so that a job that is created after the answer knows of it. */
const EFFECT_WAIT_MS = 2_000;
const EFFECT_POLL_MS = 100;

/** Whether all jobs of an account are paused. */
export interface AllPaused {
  readonly paused: boolean;
  /** ISO 8601. Absent while jobs run as they would. */
  readonly since?: string;
  readonly reason?: string;
  /** Jobs that have batches or reports under way. */
  readonly jobsAtWork: number;
}

/** The pause of all jobs of an account. Every method rejects with ServiceUnavailable when Temporal is silent. */
export class PauseService {
  constructor(
    private readonly gateway: PausesGateway,
    private readonly now: () => number = Date.now,
  ) {}

  async show(account: string): Promise<AllPaused> {
    const [pause, jobsAtWork] = await Promise.all([this.gateway.pauseOf(account), this.gateway.jobsAtWork(account)]);
    if (pause?.paused !== true) return { paused: false, jobsAtWork };
    const { since, reason } = pause;
    return { paused: true, since, ...defined({ reason }), jobsAtWork };
  }

  /** Jobs that are created from now on wait, too. Nothing changes for an account whose jobs are paused already. */
  async pause(account: string, reason?: string): Promise<AllPaused> {
    await this.change(account, true, reason);
    return this.show(account);
  }

  /** Jobs that somebody has paused by themselves stay so. */
  async resume(account: string): Promise<AllPaused> {
    await this.change(account, false);
    return this.show(account);
  }

  private async change(account: string, paused: boolean, reason?: string): Promise<void> {
    const before = await this.gateway.pauseOf(account);
    if (before?.paused === paused) return;
    // Also where nothing is paused: the pause may have been terminated in Temporal, which left its jobs paused.
    await this.gateway.change(account, { paused, since: new Date(this.now()).toISOString(), ...defined({ reason }) });
    const deadline = this.now() + EFFECT_WAIT_MS;
    while (this.now() < deadline) {
      const present = await this.gateway.pauseOf(account);
      if ((present?.paused ?? false) === paused) return;
      await delay(EFFECT_POLL_MS);
    }
  }
}
