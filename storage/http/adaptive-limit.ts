import { LIMITS } from '../../contracts/limits';
import type { BucketFigures } from '../figures';
import { type Abortable, unwatchAbort, watchAbort } from './abort';

export interface AdaptiveLimitOptions {
  readonly min: number;
  readonly start: number;
  readonly max: number;
  /** After a cut, further ones wait this long. */
  readonly cutIntervalMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
}

/** What the end of a request says about the store: `slowDown` is 503 or 429; `neutral` neither praises nor blames. */
export type LimitSignal = 'success' | 'slowDown' | 'neutral';

interface Waiter {
  grant: (() => void) | undefined;
  next: Waiter | undefined;
}

/** Those of one owner that wait, in order of arrival. */
interface OwnerQueue {
  readonly owner: string;
  head: Waiter;
  tail: Waiter;
}

const DEFAULTS: AdaptiveLimitOptions = {
  min: LIMITS.request.perBucketMin,
  start: LIMITS.request.perBucketStart,
  max: LIMITS.request.perBucketMax,
  cutIntervalMs: 100,
  now: () => performance.now(),
};

/**
 * How many requests may be in flight to one bucket: additive increase, multiplicative decrease, as in TCP. The limit grows
 * by one after as many successes as it is high, but only while it is what holds requests back; it halves when the store asks
 * to slow down, at most once a round trip. Waiters are served by turns among their owners (jobs), so that a small job need not
 * wait for all requests of a large one; those of one owner in order of arrival.
 */
export class AdaptiveLimit {
  private readonly options: AdaptiveLimitOptions;
  private current: number;
  private running = 0;
  private queued = 0;
  /** Owners with waiters, in turn; `turn` is whose it is. */
  private readonly queues: OwnerQueue[] = [];
  private turn = 0;
  /** Whether the limit was reached since it last changed. */
  private reached = false;
  private successes = 0;
  private cutAt = Number.NEGATIVE_INFINITY;

  constructor(options: Partial<AdaptiveLimitOptions> = {}) {
    this.options = { ...DEFAULTS, ...options };
    this.current = Math.min(this.options.start, this.options.max);
  }

  get limit(): number {
    return this.current;
  }

  get inFlight(): number {
    return this.running;
  }

  get waiting(): number {
    return this.queued;
  }

  /** This limit's clock: monotonic milliseconds. */
  now(): number {
    return this.options.now();
  }

  /** Takes a slot if one is free and nobody waits for it. Allocates nothing. */
  tryAcquire(): boolean {
    if (this.running >= this.current || this.queued > 0) return false;
    this.take();
    return true;
  }

  /** Takes a slot, in turn among the owners. Rejects with the signal's reason when it aborts first; then no slot is held. */
  async acquire(signal?: AbortSignal, owner = ''): Promise<void> {
    signal?.throwIfAborted();
    if (this.tryAcquire()) return;
    this.reached = true;
    await new Promise<void>((resolve, reject) => {
      const waiter: Waiter = { grant: undefined, next: undefined };
      const target: Abortable = {
        onAbort: (reason) => {
          // Left in its queue without a grant; `admit` drops it in passing.
          waiter.grant = undefined;
          this.queued -= 1;
          reject(reason);
        },
      };
      waiter.grant = () => {
        if (signal) unwatchAbort(signal, target);
        resolve();
      };
      if (signal) watchAbort(signal, target);
      this.enqueue(waiter, owner);
    });
  }

  /**
   * Gives a slot back. `startedAt` is when the request was sent (this limit's clock): a slow-down in answer to a request
   * that was sent before the last cut says nothing about the limit since.
   */
  release(signal: LimitSignal, startedAt: number): void {
    this.running -= 1;
    if (signal === 'success') this.grow();
    else if (signal === 'slowDown') this.cut(startedAt);
    this.admit();
  }

  private take(): void {
    this.running += 1;
    if (this.running >= this.current) this.reached = true;
  }

  private grow(): void {
    if (!this.reached || this.current >= this.options.max) return;
    this.successes += 1;
    if (this.successes < this.current) return;
    this.current += 1;
    this.successes = 0;
    this.reached = this.queued > 0;
  }

  private cut(startedAt: number): void {
    const now = this.options.now();
    if (startedAt < this.cutAt || now - this.cutAt < this.options.cutIntervalMs) return;
    this.current = Math.max(this.options.min, Math.floor(this.current / 2));
    this.cutAt = now;
    this.successes = 0;
    this.reached = false;
  }

  private admit(): void {
    while (this.queues.length > 0 && this.running < this.current) {
      const waiter = this.takeNext();
      if (!waiter?.grant) continue;
      this.queued -= 1;
      this.take();
      waiter.grant();
    }
  }

  /** The first of the owner whose turn it is; one that has given up does not use up the turn. */
  private takeNext(): Waiter | undefined {
    if (this.turn >= this.queues.length) this.turn = 0;
    const queue = this.queues[this.turn];
    if (!queue) return undefined;
    const waiter = queue.head;
    if (waiter.next) {
      queue.head = waiter.next;
      if (waiter.grant) this.turn += 1;
    } else {
      this.queues.splice(this.turn, 1);
    }
    return waiter;
  }

  private enqueue(waiter: Waiter, owner: string): void {
    this.queued += 1;
    const queue = this.queues.find((each) => each.owner === owner);
    if (!queue) {
      this.queues.push({ owner, head: waiter, tail: waiter });
      return;
    }
    queue.tail.next = waiter;
    queue.tail = waiter;
  }
}

/** A manifest may name any number of buckets; what is not in use is forgotten then. */
const BUCKETS_KEPT_MAX = 4_096;

/** The limits of one store's buckets, shared by all roles of the process. */
export class BucketLimits {
  private readonly limits = new Map<string, AdaptiveLimit>();

  constructor(private readonly options: Partial<AdaptiveLimitOptions> = {}) {}

  of(bucket: string): AdaptiveLimit {
    let limit = this.limits.get(bucket);
    if (limit) return limit;
    if (this.limits.size >= BUCKETS_KEPT_MAX) this.forgetIdle();
    limit = new AdaptiveLimit(this.options);
    this.limits.set(bucket, limit);
    return limit;
  }

  /** Those in use, in the order of their first use. */
  get figures(): readonly BucketFigures[] {
    return [...this.limits].map(([bucket, { limit, inFlight, waiting }]) => ({ bucket, limit, inFlight, waiting }));
  }

  private forgetIdle(): void {
    for (const [bucket, { inFlight, waiting }] of this.limits) {
      if (inFlight === 0 && waiting === 0) this.limits.delete(bucket);
    }
  }
}

/**
 * How many calls of the same code may be under way. Every refusal counts: they come within milliseconds, and as long as one
 * did not lower the limit, all who wait would run into the next.
 */
export function invocationLimits(): BucketLimits {
  return new BucketLimits({ max: LIMITS.invocation.inFlightMax, cutIntervalMs: 0 });
}
