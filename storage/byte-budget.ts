import { type Abortable, unwatchAbort, watchAbort } from './http/abort';

interface Waiter {
  readonly bytes: number;
  readonly grant: () => void;
}

/**
 * Memory that may be used up to a bound, in order of arrival. More than the bound is granted too, but only alone: what needs
 * it could not go on otherwise.
 */
export class ByteBudget {
  private used = 0;
  private readonly waiters = new Set<Waiter>();

  constructor(private readonly bytesMax: number) {}

  get inUse(): number {
    return this.used;
  }

  /** Takes the bytes if they are free and nobody waits. */
  tryTake(bytes: number): boolean {
    if (this.waiters.size > 0 || !this.fits(bytes)) return false;
    this.used += bytes;
    return true;
  }

  /** Takes the bytes, in turn. Rejects with the signal's reason when it aborts first; then nothing is held. */
  async take(bytes: number, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.tryTake(bytes)) return;
    await new Promise<void>((resolve, reject) => {
      const target: Abortable = {
        onAbort: (reason) => {
          this.waiters.delete(waiter);
          reject(reason);
          // The one that gave up may have kept others waiting that fit.
          this.admit();
        },
      };
      const waiter: Waiter = {
        bytes,
        grant: () => {
          unwatchAbort(signal, target);
          resolve();
        },
      };
      watchAbort(signal, target);
      this.waiters.add(waiter);
    });
  }

  release(bytes: number): void {
    this.used -= bytes;
    this.admit();
  }

  private fits(bytes: number): boolean {
    return this.used === 0 || this.used + bytes <= this.bytesMax;
  }

  private admit(): void {
    for (const waiter of this.waiters) {
      if (!this.fits(waiter.bytes)) return;
      this.waiters.delete(waiter);
      this.used += waiter.bytes;
      waiter.grant();
    }
  }
}
