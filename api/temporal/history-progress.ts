import { defaultPayloadConverter } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { BatchResult, RunBatchInput, WriteChunkReportInput } from '../../contracts/engine/activities';
import type { BatchCheckpoint, OpenBatch } from '../../contracts/engine/checkpoint';
import type { ChunkInput, ChunkResult, RestoreWatchInput } from '../../contracts/engine/chunk';
import { isListChunk, WORKFLOW_TYPES } from '../../contracts/engine/naming';
import { addTallies, EMPTY_TALLY, furthest, netOf, subtractTallies, type Tally } from '../../contracts/engine/outcome';
import type { Workspace } from '../../contracts/job';

/** temporal.api.history.v1.HistoryEvent, as far as it is read here. */
export interface HistoryEvent {
  readonly eventId?: unknown;
  readonly workflowExecutionStartedEventAttributes?: { readonly input?: Payloads } | null;
  readonly activityTaskScheduledEventAttributes?: {
    readonly activityId?: string | null;
    readonly activityType?: { readonly name?: string | null } | null;
    readonly input?: Payloads;
  } | null;
  readonly activityTaskCompletedEventAttributes?: (ActivityEnd & { readonly result?: Payloads }) | null;
  readonly activityTaskFailedEventAttributes?: ActivityEnd | null;
  readonly activityTaskTimedOutEventAttributes?: (ActivityEnd & { readonly failure?: TimeoutEnd | null }) | null;
  readonly activityTaskCanceledEventAttributes?: ActivityEnd | null;
  readonly startChildWorkflowExecutionInitiatedEventAttributes?: {
    readonly workflowType?: { readonly name?: string | null } | null;
    readonly input?: Payloads;
  } | null;
  readonly startChildWorkflowExecutionFailedEventAttributes?: ChildEnd | null;
  readonly childWorkflowExecutionCompletedEventAttributes?: (ChildEnd & { readonly result?: Payloads }) | null;
  readonly childWorkflowExecutionFailedEventAttributes?: ChildEnd | null;
  readonly childWorkflowExecutionCanceledEventAttributes?: ChildEnd | null;
  readonly childWorkflowExecutionTimedOutEventAttributes?: ChildEnd | null;
  readonly childWorkflowExecutionTerminatedEventAttributes?: ChildEnd | null;
}

type Payloads = { readonly payloads?: Payload[] | null } | null;
interface ActivityEnd {
  readonly scheduledEventId?: unknown;
}
interface TimeoutEnd {
  readonly timeoutFailureInfo?: { readonly lastHeartbeatDetails?: Payloads } | null;
}
interface ChildEnd {
  readonly initiatedEventId?: unknown;
}

/** What a job's history says of its tasks. */
export interface JobRecount {
  /** Tasks of chunks that are not running. */
  readonly tally: Tally;
  /** With what each started from. */
  readonly running: readonly { readonly chunk: number; readonly from: Tally }[];
}

/** What a chunk's history says of its tasks. */
export interface ChunkRecount {
  readonly chunk: number;
  readonly batches: number;
  readonly workspace: Workspace;
  /** Tasks of finished batches, and of the checkpoints that open batches started from. */
  readonly tally: Tally;
  readonly open: readonly RecountedBatch[];
}

/** A batch of whose attempts the history has no last word. */
export interface RecountedBatch {
  readonly batch: number;
  readonly activityId: string;
  /** Contained in the chunk's tally. */
  readonly from: Tally;
  /** Number of the event that handed it out. */
  readonly scheduledAt: number;
  /** Its last attempt ended without a word: all that it did is in the workspace. */
  readonly recovering?: true;
  /** What the end of that attempt says of its last heartbeat. */
  readonly beaten?: Tally;
}

/**
 * Counts a job's tasks from its history: what the job would answer if a worker were there to ask it. The memo won't do, for
 * it is some seconds old and knows nothing of what running chunks have done.
 */
export function recountJob(events: Iterable<HistoryEvent>): JobRecount {
  const count = new JobCount();
  for (const event of events) count.add(event);
  return count.result;
}

class JobCount {
  /** By the event that initiated the child: its chunk, or the chunks that it watches. */
  private readonly children = new Map<string, number | readonly number[]>();
  /** By the event that scheduled the activity. */
  private readonly reports = new Map<string, number>();
  private readonly chunks = new Map<number, Tally>();
  private readonly running = new Set<number>();
  private watched = EMPTY_TALLY;

  add(event: HistoryEvent): void {
    this.begin(event);
    const activity = event.activityTaskCompletedEventAttributes;
    const reported = this.reports.get(String(activity?.scheduledEventId));
    // The report of a stopped job counts the tasks of its chunks anew.
    if (activity && reported !== undefined) this.chunks.set(reported, first<Tally>(activity.result));
    const completed = event.childWorkflowExecutionCompletedEventAttributes;
    const ended = completed ?? childEnd(event);
    const child = this.children.get(String(ended?.initiatedEventId));
    if (typeof child === 'number') {
      this.running.delete(child);
      if (completed) this.chunks.set(child, first<ChunkResult>(completed.result).state.tally);
    } else if (child && completed) {
      // A watch counts all tasks of its chunks anew.
      for (const chunk of child) this.chunks.delete(chunk);
      this.watched = addTallies(this.watched, first<Tally>(completed.result));
    }
  }

  private begin(event: HistoryEvent): void {
    const id = String(event.eventId);
    const begun = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (begun?.workflowType?.name === WORKFLOW_TYPES.chunk) {
      const { range, state } = first<ChunkInput>(begun.input);
      this.children.set(id, range.chunk);
      this.chunks.set(range.chunk, state.tally);
      this.running.add(range.chunk);
    } else if (begun?.workflowType?.name === WORKFLOW_TYPES.restoreWatch) {
      const { ranges } = first<RestoreWatchInput>(begun.input);
      const watched = ranges.map(({ chunk }) => chunk);
      this.children.set(id, watched);
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'writeChunkReport') {
      this.reports.set(id, first<WriteChunkReportInput>(scheduled.input).range.chunk);
    }
  }

  get result(): JobRecount {
    const { chunks, running } = this;
    let tally = this.watched;
    for (const [chunk, done] of chunks) {
      // Tasks of lists are counted as pending already.
      if (!running.has(chunk)) tally = addTallies(tally, isListChunk(chunk) ? netOf(done) : done);
    }
    const inFlight = [...running].sort((a, b) => a - b);
    return { tally, running: inFlight.map((chunk) => ({ chunk, from: chunks.get(chunk) ?? EMPTY_TALLY })) };
  }
}

/** A chunk's tasks from the history of its present run: what its `progress` query would answer, and what it has not learnt yet. */
export function recountChunk(events: Iterable<HistoryEvent>): ChunkRecount {
  const count = new ChunkCount();
  for (const event of events) count.add(event);
  return count.result;
}

class ChunkCount {
  private input: ChunkInput | undefined;
  private tally = EMPTY_TALLY;
  /** By batch. */
  private readonly open = new Map<number, RecountedBatch>();
  /** By the event that scheduled the activity. */
  private readonly activities = new Map<string, { readonly batch: number; readonly recovery?: true }>();

  add(event: HistoryEvent): void {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) {
      this.input = first<ChunkInput>(started.input);
      this.tally = this.input.state.tally;
    }
    this.schedule(event);
    const completed = event.activityTaskCompletedEventAttributes;
    const ended = completed ?? activityEnd(event);
    const activity = ended && this.activities.get(String(ended.scheduledEventId));
    const open = activity && this.open.get(activity.batch);
    if (!activity || !open) return;
    if (completed) this.settle(open, first<BatchResult | null>(completed.result), activity.recovery);
    // A recovery that can't be made leaves the batch where it was.
    else if (activity.recovery) this.open.delete(open.batch);
    else this.open.set(open.batch, { ...open, recovering: true, ...beatenOf(event) });
  }

  private schedule(event: HistoryEvent): void {
    const scheduled = event.activityTaskScheduledEventAttributes;
    const scheduledAt = Number(event.eventId);
    if (scheduled?.activityType?.name === 'runBatch') {
      const { batch, checkpoint } = first<RunBatchInput>(scheduled.input);
      const from = checkpoint?.tally ?? EMPTY_TALLY;
      this.activities.set(String(event.eventId), { batch });
      this.open.set(batch, { batch, activityId: scheduled.activityId ?? '', from, scheduledAt });
    } else if (scheduled?.activityType?.name === 'recoverBatch') {
      const { batch } = first<OpenBatch>(scheduled.input);
      this.activities.set(String(event.eventId), { batch, recovery: true });
    }
  }

  /** A recovery may find nothing (null), or nothing new. */
  private settle({ batch, from }: RecountedBatch, result: BatchResult | null, recovery = false): void {
    this.open.delete(batch);
    if (!result) return;
    const found = result.status === 'done' ? result.tally : result.checkpoint.tally;
    const counted = recovery ? furthest(from, found) : found;
    this.tally = addTallies(this.tally, subtractTallies(counted, from));
  }

  get result(): ChunkRecount {
    if (!this.input) throw new Error('a history begins with the start of its workflow');
    const { range, workspace } = this.input;
    const { chunk, batches } = range;
    return { chunk, batches, workspace, tally: this.tally, open: [...this.open.values()] };
  }
}

/** Temporal takes the last heartbeat along when an attempt's silence ends it; else it is lost with the attempt. */
function beatenOf(event: HistoryEvent): Pick<RecountedBatch, 'beaten'> {
  const details = event.activityTaskTimedOutEventAttributes?.failure?.timeoutFailureInfo?.lastHeartbeatDetails;
  const [payload] = details?.payloads ?? [];
  const checkpoint = payload && defaultPayloadConverter.fromPayload<BatchCheckpoint | undefined>(payload);
  return checkpoint?.tally ? { beaten: checkpoint.tally } : {};
}

function activityEnd(event: HistoryEvent): ActivityEnd | undefined {
  return (
    event.activityTaskFailedEventAttributes ??
    event.activityTaskTimedOutEventAttributes ??
    event.activityTaskCanceledEventAttributes ??
    undefined
  );
}

function childEnd(event: HistoryEvent): ChildEnd | undefined {
  return (
    event.startChildWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionFailedEventAttributes ??
    event.childWorkflowExecutionCanceledEventAttributes ??
    event.childWorkflowExecutionTimedOutEventAttributes ??
    event.childWorkflowExecutionTerminatedEventAttributes ??
    undefined
  );
}

// What the payload holds is known from the event that has it.
// eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters
function first<T>(payloads: Payloads | undefined): T {
  const [payload] = payloads?.payloads ?? [];
  if (!payload) throw new Error('an event of the history has no payload');
  return defaultPayloadConverter.fromPayload<T>(payload);
}
