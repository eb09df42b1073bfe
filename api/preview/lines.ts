/**
 * Lines on their way to a reader, a few at a time. The writer waits while they are not taken, and its signal aborts when the
 * reader has gone, or has taken nothing for a while: what makes them ends then.
 */
export class Lines implements AsyncIterableIterator<Uint8Array> {
  private readonly gone = new AbortController();
  private readonly lines: Buffer[] = [];
  private waiting: ((next: IteratorResult<Uint8Array, undefined>) => void) | undefined;
  private ended = false;
  private writers: (() => void)[] = [];

  constructor(private readonly idleMs: number) {}

  get signal(): AbortSignal {
    return this.gone.signal;
  }

  /** Resolves when more may come. Rejects with the signal's reason. */
  async push(value: unknown): Promise<void> {
    this.signal.throwIfAborted();
    const line = Buffer.from(`${JSON.stringify(value)}\n`);
    if (this.waiting !== undefined) this.give(line);
    else this.lines.push(line);
    while (this.lines.length >= HELD_MAX) await this.room();
    this.signal.throwIfAborted();
  }

  /** False when it would have to wait. */
  pushIfRoom(value: unknown): boolean {
    if (this.signal.aborted || this.lines.length >= HELD_MAX - 1) return false;
    void this.push(value).catch(() => undefined);
    return true;
  }

  end(): void {
    this.ended = true;
    if (this.waiting !== undefined && this.lines.length === 0) this.give(undefined);
  }

  next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const line = this.lines.shift();
    if (line !== undefined) {
      this.wake();
      return Promise.resolve({ done: false, value: line });
    }
    if (this.ended || this.signal.aborted) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => (this.waiting = resolve));
  }

  /** The reader goes. */
  return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.leave('the reader has gone');
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private give(line: Buffer | undefined): void {
    const resolve = this.waiting;
    this.waiting = undefined;
    resolve?.(line === undefined ? { done: true, value: undefined } : { done: false, value: line });
  }

  private async room(): Promise<void> {
    this.signal.throwIfAborted();
    const timer = setTimeout(() => this.leave('the reader takes nothing'), this.idleMs);
    await new Promise<void>((resolve) => this.writers.push(resolve));
    clearTimeout(timer);
  }

  private wake(): void {
    const { writers } = this;
    this.writers = [];
    for (const writer of writers) writer();
  }

  private leave(why: string): void {
    if (this.ended) return;
    this.gone.abort(new Error(why));
    this.lines.length = 0;
    this.wake();
    this.give(undefined);
  }
}

/** A line has a page of rows at most. */
const HELD_MAX = 4;
