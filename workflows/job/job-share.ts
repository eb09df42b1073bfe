import { log, setHandler } from '@temporalio/workflow';
import type { DispatchMessage, JoinMessage, ShareMessage } from '../../contracts/messages';
import { shareSignal } from '../messages';
import { dispatchActivities } from '../proxies';

/** How a job stands with the dispatcher: what it wants is said here, what it is given is kept here. */
export class JobShare {
  /** Batches the job may have in flight; undefined while the dispatcher has said nothing. */
  batches: number | undefined;
  /** As last said; undefined when the job is out. */
  private wish: JoinMessage | undefined;
  private tail: Promise<void> = Promise.resolve();

  constructor(
    private readonly jobId: string,
    private readonly onChange: () => void,
  ) {
    setHandler(shareSignal, (message) => {
      if (isShare(message)) this.told(message);
    });
  }

  /** True while the job counts on a share: the dispatcher's survey looks for such jobs that it doesn't know. */
  get joined(): boolean {
    return this.wish !== undefined;
  }

  /** Says what the job wants, unless it has said just that. */
  join(wish: Omit<JoinMessage, 'jobId'>): void {
    const said = this.wish;
    if (said && sameWish(said, wish)) return;
    this.wish = { jobId: this.jobId, ...wish };
    this.sayWish();
  }

  leave(): void {
    if (!this.wish) return;
    this.wish = undefined;
    this.batches = undefined;
    this.say({ jobId: this.jobId, left: true }).catch((error: unknown) => {
      log.warn('the dispatcher could not be told that the job has left', { error });
    });
  }

  /** What `join` would say, for who says it in the job's stead. */
  announcement(wish: Omit<JoinMessage, 'jobId'>): JoinMessage {
    this.wish = { jobId: this.jobId, ...wish };
    return this.wish;
  }

  /** Resolves when all has arrived that was said. A word that is under way when its workflow ends is lost. */
  async said(): Promise<void> {
    await this.tail;
  }

  /** There is no dispatcher, or it does not answer: the job runs as if it were alone, within its own plan. */
  assumeAlone(): void {
    this.batches ??= Number.MAX_SAFE_INTEGER;
  }

  private sayWish(): void {
    if (!this.wish) return;
    this.say(this.wish).catch((error: unknown) => {
      if (!this.wish) return;
      log.warn('the dispatcher could not be told: the job runs as if it were alone', { error });
      this.assumeAlone();
      this.onChange();
    });
  }

  /** One after the other: of two that are under way, the later might arrive first. */
  private say(message: DispatchMessage): Promise<void> {
    const said = this.tail.then(() => dispatchActivities().tellDispatcher(message));
    this.tail = said.catch(() => undefined);
    return said;
  }

  private told(message: ShareMessage): void {
    // Crossed with our leaving.
    if (!this.wish) return;
    if (message.unknown === true) {
      this.sayWish();
      return;
    }
    this.batches = message.batches;
    this.onChange();
  }
}

function sameWish(a: JoinMessage, b: Omit<JoinMessage, 'jobId'>): boolean {
  return a.priority === b.priority && a.ready === b.ready && a.batchesMax === b.batchesMax && a.limited === b.limited;
}

/** Signals come from anybody's hands. */
function isShare(given: unknown): given is ShareMessage {
  const { batches } = (given ?? {}) as Partial<ShareMessage>;
  return Number.isInteger(batches) && Number(batches) >= 0;
}
