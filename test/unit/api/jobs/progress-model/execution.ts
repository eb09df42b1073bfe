import { defaultPayloadConverter } from '@temporalio/client';
import type { HistoryEvent } from '../../../../../api/temporal/history-progress';
import type { BatchCheckpoint } from '../../../../../contracts/engine/checkpoint';
import { executed, type Tally } from '../../../../../contracts/engine/outcome';

export const CHUNKS = 3;
export const BATCHES = 3;
export const ROWS = 12;
export const ALL_ROWS = CHUNKS * BATCHES * ROWS;
export const WORKSPACE = { bucket: 'workspace', prefix: 'jobs/job-1/' };

/** The first `rows` rows of a batch: one of three fails, one is awaited. */
export function tallyOf(rows: number): Tally {
  const failed = Math.floor(rows / 3);
  const pending = Math.floor((rows + 1) / 3);
  return { succeeded: rows - failed - pending, failed, pending };
}

export function payloads(value: unknown) {
  return { payloads: [defaultPayloadConverter.toPayload(value)] };
}

export interface PendingActivity {
  readonly type: 'runBatch' | 'recoverBatch' | 'writeChunkReport';
  readonly activityId: string;
  /** The chunk for `writeChunkReport`. */
  readonly batch: number;
  readonly scheduledEventId: number;
  readonly from: number;
  beaten?: number;
  attempts: number;
  cancelRequested: boolean;
  /** Rows done and rows flushed by the attempt under way; absent in back-off, in the queue, and when its worker is dead. */
  attempt?: { done: number; flushed: number };
  /** An attempt's worker is dead, and the server waits for its heartbeat. */
  lost: boolean;
}

/** One run of a workflow at the server: events that come while a workflow task is under way are held back until it ends. */
export abstract class Execution {
  readonly events: HistoryEvent[] = [];
  readonly pending = new Map<string, PendingActivity>();
  status: 'running' | 'completed' | 'continued' = 'running';
  /** Number of events that the workflow has been told. */
  protected told = 0;
  private readonly heldBack: HistoryEvent[] = [];
  private task: { readonly upTo: number; lost: boolean } | undefined;
  private wanted = false;

  constructor(readonly runId: string) {}

  record(event: HistoryEvent): number {
    const eventId = this.events.length + 1;
    this.events.push({ ...event, eventId });
    return eventId;
  }

  /** From outside: an activity's end, a child's, a signal. */
  deliver(event: HistoryEvent): void {
    if (this.status !== 'running') return;
    if (this.task) this.heldBack.push(event);
    else this.record(event);
    this.wanted = true;
  }

  get taskLost(): boolean {
    return this.task?.lost ?? false;
  }

  startTask(): void {
    if (this.status === 'running' && this.wanted && !this.task) this.task = { upTo: this.events.length, lost: false };
  }

  completeTask(): void {
    if (!this.task || this.task.lost) return;
    const { upTo } = this.task;
    this.task = undefined;
    const news = this.events.slice(this.told, upTo);
    this.told = upTo;
    this.wanted = false;
    this.react(news);
    this.release();
  }

  loseTask(): void {
    if (this.task) this.task.lost = true;
  }

  timeTaskOut(): void {
    if (!this.task?.lost) return;
    this.task = undefined;
    this.wanted = true;
    this.release();
  }

  /** A query is answered by a workflow that knows all events. */
  catchUp(): void {
    for (let turn = 0; turn < 20 && this.status === 'running' && (this.wanted || this.task); turn += 1) {
      this.startTask();
      this.completeTask();
    }
  }

  private release(): void {
    if (this.status !== 'running') return;
    const news = this.heldBack.splice(0);
    for (const event of news) this.record(event);
    this.wanted ||= news.length > 0;
  }

  protected abstract react(events: readonly HistoryEvent[]): void;

  protected schedule(type: PendingActivity['type'], activityId: string, batch: number, input: object, from = 0): void {
    const scheduledEventId = this.record({
      activityTaskScheduledEventAttributes: { activityId, activityType: { name: type }, input: payloads(input) },
    });
    const more = { from, attempts: 0, cancelRequested: false, lost: false };
    this.pending.set(activityId, { type, activityId, batch, scheduledEventId, ...more });
  }

  end(activity: PendingActivity, how: 'completed' | 'failed' | 'timedOut' | 'cancelled', result?: unknown): void {
    this.pending.delete(activity.activityId);
    const { scheduledEventId } = activity;
    if (how === 'completed') {
      this.deliver({ activityTaskCompletedEventAttributes: { scheduledEventId, result: payloads(result) } });
    } else if (how === 'timedOut') {
      const beaten = activity.beaten === undefined ? null : payloads(checkpointOf(activity.beaten));
      const failure = { timeoutFailureInfo: { lastHeartbeatDetails: beaten } };
      this.deliver({ activityTaskTimedOutEventAttributes: { scheduledEventId, failure } });
    } else if (how === 'failed') {
      this.deliver({ activityTaskFailedEventAttributes: { scheduledEventId } });
    } else {
      this.deliver({ activityTaskCanceledEventAttributes: { scheduledEventId } });
    }
  }
}

export function checkpointOf(rows: number): BatchCheckpoint {
  return { v: 1, done: '', part: 'p', tally: tallyOf(rows) };
}

export function rowsOf(checkpoint: BatchCheckpoint | undefined): number {
  return checkpoint ? executed(checkpoint.tally) : 0;
}
