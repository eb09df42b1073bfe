import type { NativeConnection } from '@temporalio/worker';
import type { Link } from '../activities';
import { LIMITS } from '../contracts/limits';
import { Silence } from '../storage/silence';

/**
 * Asks Temporal for a sign of life every second. Heartbeats go the same way, but the SDK does not say whether they arrive.
 */
export class TemporalLink implements Link {
  private readonly silence = new Silence();
  /** The silence that was broken last, and how long ago. */
  private passed = { ms: 0, since: new Silence() };
  private asking = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly ask: () => Promise<unknown>) {}

  static over(connection: NativeConnection): TemporalLink {
    return new TemporalLink(() =>
      connection.withDeadline(Date.now() + LIMITS.link.answerTimeoutMs, () =>
        connection.workflowService.getSystemInfo({}),
      ),
    );
  }

  start(): void {
    this.silence.broken();
    this.timer ??= setInterval(() => void this.look(), LIMITS.link.intervalMs).unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  silentMs(): number {
    return this.silence.ms;
  }

  recentSilenceMs(): number {
    const passed = this.passed.since.ms < LIMITS.link.recentMs ? this.passed.ms : 0;
    return Math.max(this.silence.ms, passed);
  }

  private async look(): Promise<void> {
    if (this.asking) return;
    this.asking = true;
    // What counts is when it was asked: the answer says that Temporal heard us then or later.
    const asked = new Silence();
    try {
      await this.ask();
      this.remember(this.silence.ms);
      this.silence.broken(asked.ms);
    } catch {
      // The silence goes on.
    } finally {
      this.asking = false;
    }
  }

  /** A long silence is not forgotten for the short ones that follow it. */
  private remember(ms: number): void {
    if (ms > this.passed.ms || this.passed.since.ms >= LIMITS.link.recentMs) this.passed = { ms, since: new Silence() };
  }
}
