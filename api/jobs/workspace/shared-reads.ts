import { setTimeout as delay } from 'node:timers/promises';

interface Entry<Answer> {
  /** When the last read began. */
  began: number;
  running?: Promise<Answer>;
  /** Requested, not begun: of the reads that callers wait for together, the newest is made. */
  next?: { read: () => Promise<Answer>; readonly answer: Promise<Answer> };
}

/** Keys whose pace is remembered; the one read longest ago goes first. */
const ENTRIES_MAX = 1_000;

/**
 * Many callers share an expensive read. A caller never gets an answer from before its call: somebody else, in another process, may
 * have got a newer one. So a caller waits for the next read, and reads of one key follow each other at a pace.
 */
export class SharedReads<Answer> {
  private readonly entries = new Map<string, Entry<Answer>>();

  constructor(
    /** From the begin of one read to that of the next. */
    private readonly paceMs: number,
    private readonly now: () => number,
    private readonly sleep: (ms: number) => Promise<unknown> = delay,
  ) {}

  get(key: string, read: () => Promise<Answer>): Promise<Answer> {
    const entry = this.entryOf(key);
    if (entry.next) {
      entry.next.read = read;
      return entry.next.answer;
    }
    const answer = this.make(entry);
    entry.next = { read, answer };
    return answer;
  }

  private async make(entry: Entry<Answer>): Promise<Answer> {
    await entry.running?.catch(() => undefined);
    const waitMs = entry.began + this.paceMs - this.now();
    if (waitMs > 0) await this.sleep(waitMs);
    const { next } = entry;
    if (!next) throw new Error('a requested read stays until it begins');
    delete entry.next;
    entry.began = this.now();
    entry.running = next.read();
    return entry.running;
  }

  private entryOf(key: string): Entry<Answer> {
    const entry = this.entries.get(key) ?? { began: Number.NEGATIVE_INFINITY };
    this.entries.delete(key);
    this.entries.set(key, entry);
    if (this.entries.size > ENTRIES_MAX) this.entries.delete(this.entries.keys().next().value ?? '');
    return entry;
  }
}
