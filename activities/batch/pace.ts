import { sleep } from '../../storage/http/abort';

/** Tokens saved up while the store was slow: enough to even out hiccups, too few to be felt as a burst. */
const BURST_MS = 200;

/**
 * Lets `perSecond` tasks, or bytes, pass, evenly spread. Fractions work: 0.5 is one task in two seconds. Callers are served in turn;
 * who gives up waiting has used nothing.
 */
export class Pace {
  private readonly intervalMs: number;
  /** When the next task may pass, on the clock of `now`. */
  private nextAt: number;

  constructor(
    perSecond: number,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.intervalMs = 1_000 / perSecond;
    this.nextAt = now();
  }

  /**
   * Resolves when the turn of the caller, with so many tasks, has come. Rejects with the signal's reason when it aborts
   * first.
   */
  async pass(signal: AbortSignal | undefined, tasks = 1): Promise<void> {
    const now = this.now();
    const at = Math.max(this.nextAt, now - BURST_MS);
    this.nextAt = at + this.intervalMs * tasks;
    const waitMs = at - now;
    if (waitMs > 0) await sleep(waitMs, signal);
  }
}
