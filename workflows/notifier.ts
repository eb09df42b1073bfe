import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  getExternalWorkflowHandle,
  isCancellation,
  log,
  proxyActivities,
  setHandler,
  uuid4,
  workflowInfo,
} from '@temporalio/workflow';
import { defined } from '../contracts/defined';
import type { Activities } from '../contracts/engine/activities';
import type { JobEvent, NotifierInput, NotifierTarget, PendingEvent } from '../contracts/engine/events';
import type { FailureCode } from '../contracts/engine/failures';
import { isTerminal } from '../contracts/engine/lifecycle';
import { MESSAGES } from '../contracts/engine/messages';
import { eventsQueueBeside, jobWorkflowId } from '../contracts/engine/naming';
import { LIMITS } from '../contracts/limits';
import { failureOf } from './failures';
import { eventOf, statusOf } from './job/event-of';
import { eventsSignal } from './messages';
import { carriedEvents } from './notifier/carried-events';
import { isEvents } from './signal-arguments';

/** An event that comes late, after a long stop of all workers, is still tried for this long. */
const TRIED_FOR_MIN_MS = 2 * LIMITS.notification.attemptTimeoutMs;

/**
 * Delivers the events of one job: to each target in their order, to all targets independently, each event for a day. Ends
 * when the last event has been dealt with. Outlives the job, whose end requests a cancellation here: that stops nothing, but
 * means that no more events will come.
 */
export async function notifierWorkflow(input: NotifierInput): Promise<void> {
  const notifier = new Notifier(input);
  setHandler(eventsSignal, (events: unknown) => {
    if (isEvents(events)) notifier.add(events);
  });
  const { cancelRequested } = CancellationScope.current();
  const next = await CancellationScope.nonCancellable(() => {
    void cancelRequested.catch(() => notifier.jobEnds());
    return notifier.run();
  });
  if (next) await continueAsNew<typeof notifierWorkflow>(next);
}

interface TargetQueue {
  readonly to: NotifierTarget;
  /** How many of the pending events the target needs no more. */
  done: number;
  /** The target gets no more events of this job. */
  gone: boolean;
}

class Notifier {
  private readonly queues: TargetQueue[];
  private readonly pending: PendingEvent[];
  private jobEnded: boolean;
  private leaving = false;

  constructor(private readonly input: NotifierInput) {
    this.queues = input.lanes.map((to) => ({ to, done: to.done ?? 0, gone: false }));
    this.pending = [...(input.carried?.pending ?? [])];
    this.jobEnded = input.carried?.jobEnded ?? false;
    this.add(input.events);
  }

  add(events: readonly JobEvent[]): void {
    const expiresAt = Date.now() + LIMITS.notification.timeoutMs;
    for (const event of events) {
      this.pending.push({ event, expiresAt });
      if (isTerminal(statusOf(event))) this.jobEnded = true;
    }
  }

  /** The job's workflow has closed, or somebody cancels this one by hand. */
  async jobEnds(): Promise<void> {
    const last = this.pending.at(-1)?.event;
    if (!this.jobEnded && last && !(await this.jobRuns())) this.add([endedOutside(last)]);
    this.jobEnded = true;
  }

  /** Resolves with the input of the next run, if this one has become too long. */
  async run(): Promise<NotifierInput | undefined> {
    const deliveries = new CancellationScope();
    const all = deliveries.run(() => Promise.all(this.queues.map((queue) => this.deliverAll(queue))));
    const tooLong = condition(() => workflowInfo().continueAsNewSuggested).then(() => {
      this.leaving = true;
      deliveries.cancel();
    });
    await Promise.race([all, tooLong]);
    await all;
    return this.finished ? undefined : this.rest();
  }

  private get finished(): boolean {
    return this.jobEnded && this.queues.every((queue) => !this.wants(queue));
  }

  private wants(queue: TargetQueue): boolean {
    return !queue.gone && queue.done < this.pending.length;
  }

  private async deliverAll(queue: TargetQueue): Promise<void> {
    for (;;) {
      const next = queue.gone ? undefined : this.pending[queue.done];
      if (this.leaving) return;
      if (next) await this.deliver(queue, next);
      else if (this.jobEnded) return;
      else await this.untilAwaited(queue);
    }
  }

  private async untilAwaited(queue: TargetQueue): Promise<void> {
    await CancellationScope.nonCancellable(() => condition(() => this.leaving || this.jobEnded || this.wants(queue)));
  }

  private async deliver(queue: TargetQueue, { event, expiresAt }: PendingEvent): Promise<void> {
    const { target, url } = queue.to;
    try {
      await deliverWithin(expiresAt - Date.now(), event, target).deliverEvent({
        event,
        ...defined({ target, url }),
      });
    } catch (error) {
      // The outcome does not matter here: the next run tries again.
      if (this.leaving) return;
      queue.gone = causeOf(error).type === ('NotificationTargetGone' satisfies FailureCode);
      if (queue.gone) this.log('target is gone: it gets no more events of this job', queue, event, error);
      else this.log('event not delivered', queue, event, error);
    }
    queue.done += 1;
  }

  private rest(): NotifierInput {
    const { pending, queues, dropped } = carriedEvents(this.pending, this.queues, LIMITS.notification.backlogMax);
    for (const { queue, events } of dropped) {
      for (const { event } of events) this.log('event not delivered: too many wait', queue, event);
    }
    return {
      jobId: this.input.jobId,
      lanes: queues.map(({ to, done }) => ({ ...to, done })),
      events: [],
      carried: { pending, jobEnded: this.jobEnded },
    };
  }

  /** A signal to a closed workflow fails; the job itself knows none of this name and keeps it unread. */
  private async jobRuns(): Promise<boolean> {
    try {
      await getExternalWorkflowHandle(jobWorkflowId(this.input.jobId)).signal(MESSAGES.event);
      return true;
    } catch {
      return false;
    }
  }

  private log(what: string, queue: TargetQueue, event: JobEvent, error?: unknown): void {
    log.warn(what, {
      jobId: this.input.jobId,
      target: queue.to.target ?? 'the webhook of the job',
      event: event.id,
      status: statusOf(event),
      ...(error === undefined ? {} : { error: failureOf(error) }),
    });
  }
}

function deliverWithin(ms: number, event: JobEvent, target?: string): Pick<Activities, 'deliverEvent'> {
  return proxyActivities<Activities>({
    taskQueue: eventsQueueBeside(workflowInfo().taskQueue),
    startToCloseTimeout: LIMITS.notification.attemptTimeoutMs,
    scheduleToCloseTimeout: Math.max(ms, TRIED_FOR_MIN_MS),
    cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    retry: {
      initialInterval: '1s',
      backoffCoefficient: 2,
      maximumInterval: LIMITS.notification.retryIntervalMaxMs,
    },
    summary: `${statusOf(event)} to ${target ?? "the job's webhook"}`,
  });
}

/** The API shows a job whose workflow was terminated in the same way. */
function endedOutside(last: JobEvent): JobEvent {
  const { jobId } = last.detail.serviceEventDetails;
  const failure = {
    FailureCode: 'WorkflowEnded' satisfies FailureCode,
    FailureReason: "The workflow of this job ended outside Drover's control.",
  };
  return eventOf(
    { jobId, account: last.account, region: last.region },
    { status: 'Failed', failureReasons: [failure], at: Date.now() },
    uuid4,
  );
}

function causeOf(error: unknown): { readonly type?: string | null | undefined; readonly message: string } {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof ApplicationFailure) return cause;
  return { message: isCancellation(error) ? 'cancelled' : cause instanceof Error ? cause.message : String(cause) };
}
