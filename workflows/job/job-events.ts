import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  CancellationScope,
  type ChildWorkflowHandle,
  getExternalWorkflowHandle,
  log,
  startChild,
  uuid4,
} from '@temporalio/workflow';
import type { JobEvent, NotifierTarget } from '../../contracts/engine/events';
import { notifierWorkflowId, WORKFLOW_TYPES } from '../../contracts/engine/naming';
import type { FailureReason, JobInput, JobStatus } from '../../contracts/job';
import { failureOf } from '../failures';
import { eventsSignal } from '../messages';
import type { notifierWorkflow } from '../notifier';
import { jobIdAttribute } from '../search-attributes';
import { eventOf, type StatusChange } from './event-of';

/**
 * Reports every change of a job's status: hands events, in order, to the notifier, which delivers them. Nothing here waits for a
 * target, and nothing that goes wrong here reaches the job.
 */
export class JobEvents {
  private readonly targets: readonly NotifierTarget[];
  private outbox: JobEvent[] = [];
  private created = false;
  private notifier: ChildWorkflowHandle<typeof notifierWorkflow> | undefined;
  /** One at a time: signals that are under way together may arrive in any order. */
  private handingOver: Promise<void> = Promise.resolve();

  constructor(private readonly input: JobInput) {
    this.targets = targetsOf(input);
  }

  /** The first call reports the job's creation, too. `reason`: why the status changed, in the user's words. */
  statusChanged(status: JobStatus, failureReasons: readonly FailureReason[] = [], reason?: string): void {
    if (this.targets.length === 0) return;
    if (!this.created) {
      this.created = true;
      this.add({ status: 'New', failureReasons: [], at: Date.parse(this.input.createdAt) });
    }
    if (status !== 'New') this.add({ status, failureReasons, reason, at: Date.now() });
    this.handingOver = this.handingOver.then(() => this.handOver());
  }

  /** Resolves when the notifier has all events so far, or can't be had. To be awaited before the job's workflow ends. */
  handedOver(): Promise<void> {
    return this.handingOver;
  }

  private add(change: StatusChange): void {
    this.outbox.push(eventOf(this.input, change, uuid4));
  }

  private async handOver(): Promise<void> {
    const events = this.outbox;
    if (events.length === 0) return;
    this.outbox = [];
    try {
      await CancellationScope.nonCancellable(() => this.send(events));
    } catch (error) {
      log.error('events can not be handed over', {
        jobId: this.input.jobId,
        ids: events.map(({ id }) => id),
        error: failureOf(error),
      });
    }
  }

  private async send(events: readonly JobEvent[]): Promise<void> {
    if (this.notifier) {
      try {
        await this.notifier.signal(eventsSignal, events);
        return;
      } catch (error) {
        log.warn('the notifier is gone: another is started', { jobId: this.input.jobId, error: failureOf(error) });
        this.notifier = undefined;
      }
    }
    await this.start(events);
  }

  private async start(events: readonly JobEvent[]): Promise<void> {
    const { jobId } = this.input;
    const workflowId = notifierWorkflowId(jobId);
    try {
      this.notifier = await startChild<typeof notifierWorkflow>(WORKFLOW_TYPES.notifier, {
        workflowId,
        staticSummary: 'events of the job',
        typedSearchAttributes: [{ key: jobIdAttribute, value: jobId }],
        // The notifier delivers what it has, however long that takes, and learns of a job that was terminated.
        parentClosePolicy: 'REQUEST_CANCEL',
        args: [{ jobId, lanes: this.targets, events }],
      });
    } catch (error) {
      if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      // The notifier belongs to a run of this job that was reset.
      await getExternalWorkflowHandle(workflowId).signal(eventsSignal, events);
    }
  }
}

function targetsOf({ notify, request }: JobInput): NotifierTarget[] {
  const targets: NotifierTarget[] = (notify ?? []).map((target) => ({ target }));
  if (request.NotificationUrl !== undefined) targets.push({ url: request.NotificationUrl });
  return targets;
}
