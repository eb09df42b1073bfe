import { ApplicationFailure, Context } from '@temporalio/activity';
import { LIMITS } from '../contracts/limits';
import type { Stores } from '../storage/object-store';
import type { RequestOwner } from '../storage/request-owner';
import { Silence } from '../storage/silence';
import type { ActivityDependencies, Link } from './dependencies';

/** Part of the heartbeat time-out that is used at most; the rest is for requests that are on their way. */
const SHARE = 0.75;

/**
 * An attempt's right to send requests. Temporal gives an attempt away when it has heard no heartbeat for a while: by then the
 * process that has it must have fallen silent, also one that was frozen and does not know for how long. So the right ends by
 * this process's own clock, earlier than Temporal's patience, and does not come back.
 */
export class Lease implements RequestOwner {
  private readonly ending = new AbortController();
  private readonly context = Context.current();
  private readonly silenceMaxMs: number;
  private readonly sinceBeat: Silence;

  constructor(
    readonly id: string,
    private readonly link: Link,
  ) {
    const { heartbeatTimeoutMs = Infinity } = this.context.info;
    // A beat may reach the server as late as the next one would.
    this.silenceMaxMs = heartbeatTimeoutMs * SHARE - LIMITS.heartbeatThrottleMs;
    this.sinceBeat = new Silence();
    this.sinceBeat.broken(link.recentSilenceMs());
  }

  /** Aborts when the lease has ended. */
  get signal(): AbortSignal {
    return this.ending.signal;
  }

  beat(details: unknown): void {
    if (this.hasEnded()) return;
    this.context.heartbeat(details);
    this.sinceBeat.broken();
  }

  hasEnded(): boolean {
    const { signal } = this.ending;
    if (!signal.aborted && Math.max(this.sinceBeat.ms, this.link.silentMs()) > this.silenceMaxMs) {
      this.ending.abort(leaseEnded(this.silenceMaxMs));
    }
    return signal.aborted;
  }

  check(): void {
    if (this.hasEnded()) throw this.signal.reason;
  }
}

function leaseEnded(silenceMs: number): ApplicationFailure {
  const message = `Temporal can't have heard of this attempt for ${Math.round(silenceMs / 1_000)} s: it sends nothing more, another goes on`;
  const failure = ApplicationFailure.create({ type: 'LeaseEnded', message, nonRetryable: false });
  failure.stack = '';
  return failure;
}

/** What an attempt of a job's activity works with: stores that send nothing after its lease. */
export interface Leased {
  readonly lease: Lease;
  readonly stores: Stores;
}

export function takeLease({ stores, link }: Pick<ActivityDependencies, 'stores' | 'link'>, jobId: string): Leased {
  const lease = new Lease(jobId, link);
  return { lease, stores: stores.ownedBy(lease) };
}
