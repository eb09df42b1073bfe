import { setTimeout as delay } from 'node:timers/promises';

interface Line<Answer> {
  began: number;
  running?: Promise<Answer>;
  /** Asked for, not begun: the newest look of those that wait together is the one that is made. */
  next?: { look: () => Promise<Answer>; readonly answer: Promise<Answer> };
}

/** Things whose pace is remembered; the one looked at longest ago goes first. */
const LINES_MAX = 1_000;

/**
 * Many callers share a look that is dear. An answer from before a caller asked is never given: somebody else, in another process,
 * may have been told more since. So a caller waits for the next look, and looks at one thing follow each other at a pace.
 */
export class SharedLooks<Answer> {
  private readonly lines = new Map<string, Line<Answer>>();

  constructor(
    /** From the begin of one look to that of the next. */
    private readonly paceMs: number,
    private readonly now: () => number,
    private readonly sleep: (ms: number) => Promise<unknown> = delay,
  ) {}

  ask(key: string, look: () => Promise<Answer>): Promise<Answer> {
    const line = this.lineOf(key);
    if (line.next) {
      line.next.look = look;
      return line.next.answer;
    }
    const answer = this.make(line);
    line.next = { look, answer };
    return answer;
  }

  private async make(line: Line<Answer>): Promise<Answer> {
    await line.running?.catch(() => undefined);
    const waitMs = line.began + this.paceMs - this.now();
    if (waitMs > 0) await this.sleep(waitMs);
    const { next } = line;
    if (!next) throw new Error('a look that was asked for is there until it begins');
    delete line.next;
    line.began = this.now();
    line.running = next.look();
    return line.running;
  }

  private lineOf(key: string): Line<Answer> {
    const line = this.lines.get(key) ?? { began: Number.NEGATIVE_INFINITY };
    this.lines.delete(key);
    this.lines.set(key, line);
    if (this.lines.size > LINES_MAX) this.lines.delete(this.lines.keys().next().value ?? '');
    return line;
  }
}
