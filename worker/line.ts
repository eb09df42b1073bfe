/**
 * One call at a time: what is said while one is under way goes along with the next, in order. One workflow takes some dozen
 * signals a second at most, but any number of messages in a signal.
 */
export class Line<T> {
  private waiting: { readonly message: T; readonly resolve: () => void; readonly reject: (error: unknown) => void }[] =
    [];
  private busy = false;

  constructor(private readonly call: (messages: readonly T[]) => Promise<void>) {}

  /** Resolves when the message has arrived; rejects when the call that carried it failed. */
  say(message: T): Promise<void> {
    const said = new Promise<void>((resolve, reject) => {
      this.waiting.push({ message, resolve, reject });
    });
    if (!this.busy) void this.sendAll();
    return said;
  }

  private async sendAll(): Promise<void> {
    this.busy = true;
    while (this.waiting.length > 0) {
      const batch = this.waiting;
      this.waiting = [];
      try {
        await this.call(batch.map(({ message }) => message));
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.busy = false;
  }
}
