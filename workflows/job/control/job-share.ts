import { log } from '@temporalio/workflow';
import type { DispatchMessage, JoinMessage, ShareMessage } from '../../../contracts/engine/messages';
import type { JobInput } from '../../../contracts/job';
import { batchesInFlightMax, batchesWithin, isLimited } from '../../batches/slots';
import { failureOf } from '../../failures';
import { dispatchActivities } from '../../proxies';
import type { JobState } from '../job-state';

/** The job's side of the protocol with the dispatcher: sends what the job wants, keeps the share that it has received. */
export class JobShare {
  /** Batches that the dispatcher allows; undefined until it has answered. */
  batches: number | undefined;
  /** The message sent last; undefined while the job has not joined. */
  private wish: JoinMessage | undefined;
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly input: JobInput,
    private readonly state: JobState,
    private readonly onChange: () => void,
  ) {}

  /** The job counts on a share. The dispatcher's survey finds jobs that have joined and that it does not know. */
  get joined(): boolean {
    return this.wish !== undefined;
  }

  /** Other jobs have all workers. */
  get preempted(): boolean {
    return this.joined && this.batches === 0;
  }

  /** Batches that may be in flight now, over all chunks: the share, within the job's plan and limits. */
  get batchesAllowed(): number {
    const { plan } = this.input;
    const max = batchesInFlightMax(plan, this.state.pool?.cut.batches ?? 1);
    return batchesWithin(this.state.limits, plan, Math.min(max, this.batches ?? max));
  }

  /** Requests a share, unless the same request was sent last. */
  join(): void {
    this.request(true);
  }

  /** To be called when priority or limits have changed. */
  update(): void {
    if (this.joined) this.request(this.state.sharing);
  }

  /** A request in advance, for an activity to send: the answer is there when the manifest has been read. */
  announcement(): JoinMessage {
    this.wish = this.wishNow(false);
    return this.wish;
  }

  /** The work is over: what the job had is free for others. */
  leave(): void {
    this.state.sharing = false;
    if (!this.wish) return;
    this.wish = undefined;
    this.batches = undefined;
    this.send({ jobId: this.input.jobId, left: true }).catch((error: unknown) => {
      log.warn('the dispatcher could not be reached: it does not know yet that the job has left', {
        error: failureOf(error),
      });
    });
  }

  /** Resolves when every message has been sent. One that is under way when its workflow ends is lost. */
  async sent(): Promise<void> {
    await this.sending;
  }

  /** There is no dispatcher, or it does not answer: the job runs as if it were alone, within its own plan. */
  assumeAlone(): void {
    this.batches ??= Number.MAX_SAFE_INTEGER;
  }

  receive(message: ShareMessage): void {
    // The job has left meanwhile.
    if (!this.wish) return;
    if (message.unknown === true) {
      this.sendWish();
      return;
    }
    this.batches = message.batches;
    this.onChange();
  }

  private request(ready: boolean): void {
    this.state.sharing = ready;
    const wish = this.wishNow(ready);
    if (this.wish && sameWish(this.wish, wish)) return;
    this.wish = wish;
    this.sendWish();
  }

  private wishNow(ready: boolean): JoinMessage {
    const { jobId, plan } = this.input;
    const { limits, priority, pool } = this.state;
    const batchesMax = batchesWithin(limits, plan, batchesInFlightMax(plan, pool?.cut.batches ?? Infinity));
    return { jobId, priority, ready, batchesMax, limited: isLimited(limits) };
  }

  private sendWish(): void {
    if (!this.wish) return;
    this.send(this.wish).catch((error: unknown) => {
      if (!this.wish) return;
      log.warn('the dispatcher could not be reached: the job runs as if it were alone', { error: failureOf(error) });
      this.assumeAlone();
      this.onChange();
    });
  }

  /** One after the other: two messages that are under way together may arrive in the wrong order. */
  private send(message: DispatchMessage): Promise<void> {
    const sent = this.sending.then(() => dispatchActivities().tellDispatcher(message));
    this.sending = sent.catch(() => undefined);
    return sent;
  }
}

function sameWish(a: JoinMessage, b: JoinMessage): boolean {
  return a.priority === b.priority && a.ready === b.ready && a.batchesMax === b.batchesMax && a.limited === b.limited;
}
