import { ApplicationFailure, Context } from '@temporalio/activity';
import { withoutStack } from '../contracts/engine/failures';
import { LIMITS } from '../contracts/limits';
import { silenceText, type SilentStore } from '../storage/http/hearing';
import type { Stores } from '../storage/object-store';
import type { BytePace, RequestOwner } from '../storage/request-owner';
import { Silence } from '../storage/silence';
import type { ActivityDependencies, Link } from './dependencies';

/** Part of the heartbeat time-out that is used at most; the rest is for requests that are on their way. */
const SHARE = 0.75;
const TICK_MS = 1_000;
const BEATS_PER_SILENCE = 3;

/**
 * An attempt's right to send requests. Temporal gives an attempt away when it has heard no heartbeat for a while: by then the
 * process that has it must have fallen silent, also one that was frozen and does not know for how long. The same holds for an
 * attempt that lasts too long. So the right ends by this process's own clock, earlier than Temporal's patience, and does not
 * come back.
 */
export class Lease implements RequestOwner {
  private readonly ending = new AbortController();
  private readonly context = Context.current();
  private readonly silenceMaxMs: number;
  private readonly ageMaxMs: number;
  private readonly sinceBeat = new Silence();
  private readonly sinceStart = new Silence();

  constructor(
    readonly id: string,
    private readonly link: Link,
    private readonly stores: Pick<Stores, 'silentStores'>,
    readonly bytes?: BytePace,
  ) {
    const { heartbeatTimeoutMs = Infinity, startToCloseTimeoutMs } = this.context.info;
    // A beat may reach the server as late as the next one would.
    this.silenceMaxMs = heartbeatTimeoutMs * SHARE - LIMITS.batch.heartbeatThrottleMs;
    this.ageMaxMs = startToCloseTimeoutMs - LIMITS.batch.attemptEndMs;
    this.sinceBeat.broken(link.recentSilenceMs());
    this.sinceStart.broken(link.recentSilenceMs());
  }

  /** Aborts when the lease has ended. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  /** A store that has been silent for long goes along, for those who look at the job. */
  beat(details: object | undefined): void {
    if (this.hasEnded()) return;
    const silent = this.silentStore(LIMITS.store.silenceToldMs);
    this.context.heartbeat(silent === undefined ? details : { ...details, silentStore: silenceText(silent) });
    this.sinceBeat.broken();
  }

  /** Several beats must fit into the silence that the lease outlasts. */
  ticksPerBeat(beatIntervalMs: number): number {
    const intervalMs = Math.min(beatIntervalMs, this.silenceMaxMs / BEATS_PER_SILENCE);
    return Math.max(1, Math.floor(intervalMs / TICK_MS));
  }

  /** A store that owes the job an answer and has been silent for so long. */
  silentStore(minMs: number): SilentStore | undefined {
    const now = Date.now();
    return this.stores.silentStores().find(({ owners, sinceMs }) => owners.includes(this.id) && now - sinceMs >= minMs);
  }

  hasEnded(): boolean {
    const { signal } = this.ending;
    if (!signal.aborted) {
      if (Math.max(this.sinceBeat.ms, this.link.silentMs()) > this.silenceMaxMs) {
        this.end(`Temporal can't have heard of this attempt for ${seconds(this.silenceMaxMs)} s`);
      } else if (this.sinceStart.ms > this.ageMaxMs) {
        this.end(`Temporal allows an attempt ${seconds(this.context.info.startToCloseTimeoutMs)} s`);
      }
    }
    return signal.aborted;
  }

  private end(why: string): void {
    const message = `${why}: it sends nothing more, another goes on`;
    this.ending.abort(withoutStack(ApplicationFailure.create({ type: 'LeaseEnded', message, nonRetryable: false })));
  }

  check(): void {
    if (this.hasEnded()) throw this.signal.reason;
  }
}

function seconds(ms: number): number {
  return Math.round(ms / 1_000);
}

/** Rejects once `signal` has aborted, with its reason; never resolves. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(signal.reason);
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** How soon it is seen that an attempt is to stop while a store is silent. */
const SILENCE_CHECK_MS = 250;

/**
 * What `work` gives, or undefined: the attempt is to stop, and a store that it waits for has been silent for so long that the
 * work is left to itself.
 */
export async function unlessSilent<T>(lease: Lease, stop: AbortSignal, work: Promise<T>): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const silent = new Promise<undefined>((resolve) => {
    timer = setInterval(() => {
      if (stop.aborted && lease.silentStore(LIMITS.store.silenceGivenUpMs)) resolve(undefined);
    }, SILENCE_CHECK_MS);
  });
  // Nobody waits any more for what was left.
  work.catch(() => undefined);
  try {
    return await Promise.race([work, silent]);
  } finally {
    clearInterval(timer);
  }
}

/** What an attempt of a job's activity works with. */
export interface Leased {
  readonly lease: Lease;
  /** Send nothing after the lease. */
  readonly stores: Stores;
  /** Aborts when the activity is cancelled or its lease has ended. */
  readonly signal: AbortSignal;
}

interface Working {
  /** Asked at each beat. */
  readonly details?: () => object | undefined;
  /**
   * For work of many minutes: each beat that reaches the server is one of its billable actions. A pause takes hold at a beat. Beats
   * come sooner where the heartbeat time-out is short.
   */
  readonly beatIntervalMs?: number;
  /** The work ends by itself when it is cancelled. Other work is left: a store that hangs must not hold up a pause or a cancel. */
  readonly endsItself?: boolean;
  /** The limit of the bytes of objects that its requests move. */
  readonly bytes?: BytePace | undefined;
}

/** Beats every second while `work` runs, unless that may be less often: the worker thins the beats out before they reach the server. */
export async function underLease<T>(
  { stores, link }: Pick<ActivityDependencies, 'stores' | 'link'>,
  jobId: string,
  work: (leased: Leased) => Promise<T>,
  { details = () => undefined, beatIntervalMs = TICK_MS, endsItself = false, bytes }: Working = {},
): Promise<T> {
  const lease = new Lease(jobId, link, stores, bytes);
  const signal = AbortSignal.any([Context.current().cancellationSignal, lease.signal]);
  const ticksPerBeat = lease.ticksPerBeat(beatIntervalMs);
  let ticks = 0;
  const timer = setInterval(() => {
    if (++ticks % ticksPerBeat === 0) lease.beat(details());
    else lease.hasEnded();
  }, TICK_MS);
  try {
    const working = work({ lease, stores: stores.ownedBy(lease), signal });
    if (endsItself) return await working;
    // Nobody waits any more for what was left.
    working.catch(() => undefined);
    return await Promise.race([working, untilAborted(signal)]);
  } finally {
    clearInterval(timer);
  }
}
