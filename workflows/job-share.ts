import { getExternalWorkflowHandle, setHandler, workflowInfo } from '@temporalio/workflow';
import type { JoinMessage, ShareMessage } from '../contracts/messages';
import { dispatcherWorkflowId } from '../contracts/naming';
import { joinSignal, leaveSignal, shareSignal } from './messages';

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
    this.say();
  }

  leave(): void {
    if (!this.wish) return;
    this.wish = undefined;
    this.batches = undefined;
    this.inTurn(() => this.dispatcher().signal(leaveSignal, this.jobId)).catch(() => undefined);
  }

  /** Resolves when all has arrived that was said. A signal that is under way when its workflow ends is dropped. */
  async said(): Promise<void> {
    await this.tail;
  }

  /** There is no dispatcher, or it does not answer: the job runs as if it were alone, within its own plan. */
  assumeAlone(): void {
    this.batches ??= Number.MAX_SAFE_INTEGER;
  }

  private say(): void {
    if (!this.wish) return;
    const wish = this.wish;
    this.inTurn(() => this.dispatcher().signal(joinSignal, wish)).catch(() => {
      if (!this.wish) return;
      this.assumeAlone();
      this.onChange();
    });
  }

  /** Signals that are under way together may arrive in any order. */
  private inTurn(send: () => Promise<void>): Promise<void> {
    const sent = this.tail.then(send);
    this.tail = sent.catch(() => undefined);
    return sent;
  }

  private told(message: ShareMessage): void {
    // Crossed with our leaving.
    if (!this.wish) return;
    if (message.unknown === true) {
      this.say();
      return;
    }
    this.batches = message.batches;
    this.onChange();
  }

  private dispatcher() {
    return getExternalWorkflowHandle(dispatcherWorkflowId(workflowInfo().taskQueue));
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
