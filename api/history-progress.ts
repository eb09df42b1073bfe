import { defaultPayloadConverter } from '@temporalio/client';
import type { Payload } from '@temporalio/common';
import type { BatchResult, RunBatchInput } from '../contracts/activities';
import type { ChunkInput, ChunkResult, RestoreWatchInput } from '../contracts/chunk';
import type { ChunkProgress } from '../contracts/messages';
import { addTallies, EMPTY_TALLY, subtractTallies, type Tally } from '../contracts/outcome';

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
  readonly activityTaskTimedOutEventAttributes?: ActivityEnd | null;
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
interface ChildEnd {
  readonly initiatedEventId?: unknown;
}

/** What a job's history says of its tasks. */
export interface JobRecount {
  /** Tasks of chunks that are not running. */
  readonly tally: Tally;
  readonly running: readonly number[];
}

/**
 * Counts a job's tasks from its history: what the job would answer if a worker were there to ask it. The memo won't do, for
 * it is some seconds old and knows nothing of what running chunks have done.
 */
export function recountJob(events: Iterable<HistoryEvent>): JobRecount {
  const children = new Map<string, { readonly chunk: number } | { readonly watched: readonly number[] }>();
  const chunks = new Map<number, Tally>();
  const running = new Set<number>();
  let settled = EMPTY_TALLY;
  for (const event of events) {
    const begun = event.startChildWorkflowExecutionInitiatedEventAttributes;
    if (begun?.workflowType?.name === 'chunkWorkflow') {
      const { range, state } = first<ChunkInput>(begun.input);
      children.set(String(event.eventId), { chunk: range.chunk });
      chunks.set(range.chunk, state.tally);
      running.add(range.chunk);
    } else if (begun?.workflowType?.name === 'restoreWatchWorkflow') {
      const { ranges } = first<RestoreWatchInput>(begun.input);
      children.set(String(event.eventId), { watched: ranges.map(({ chunk }) => chunk) });
    }
    const completed = event.childWorkflowExecutionCompletedEventAttributes;
    const ended = completed ?? childEnd(event);
    const child = ended ? children.get(String(ended.initiatedEventId)) : undefined;
    if (child === undefined) continue;
    if ('chunk' in child) {
      running.delete(child.chunk);
      if (completed) chunks.set(child.chunk, first<ChunkResult>(completed.result).state.tally);
    } else if (completed) {
      // A watch counts all tasks of its chunks anew.
      for (const chunk of child.watched) chunks.delete(chunk);
      settled = addTallies(settled, first<Tally>(completed.result));
    }
  }
  for (const [chunk, tally] of chunks) if (!running.has(chunk)) settled = addTallies(settled, tally);
  return { tally: settled, running: [...running].sort((a, b) => a - b) };
}

/** The answer of a chunk's `progress` query, from the history of its present run. */
export function recountChunk(events: Iterable<HistoryEvent>): ChunkProgress {
  let input: ChunkInput | undefined;
  let tally = EMPTY_TALLY;
  const open = new Map<string, { readonly batch: number; readonly activityId: string; readonly from: Tally }>();
  for (const event of events) {
    const started = event.workflowExecutionStartedEventAttributes;
    if (started) {
      input = first<ChunkInput>(started.input);
      tally = input.state.tally;
    }
    const scheduled = event.activityTaskScheduledEventAttributes;
    if (scheduled?.activityType?.name === 'runBatch') {
      const { batch, checkpoint } = first<RunBatchInput>(scheduled.input);
      const activityId = scheduled.activityId ?? '';
      open.set(String(event.eventId), { batch, activityId, from: checkpoint?.tally ?? EMPTY_TALLY });
    }
    const completed = event.activityTaskCompletedEventAttributes;
    const ended = completed ?? activityEnd(event);
    const batch = ended ? open.get(String(ended.scheduledEventId)) : undefined;
    if (!ended || !batch) continue;
    open.delete(String(ended.scheduledEventId));
    if (!completed) continue;
    const result = first<BatchResult>(completed.result);
    const counted = result.status === 'done' ? result.tally : result.checkpoint.tally;
    tally = addTallies(tally, subtractTallies(counted, batch.from));
  }
  if (!input) throw new Error('a history begins with the start of its workflow');
  return { chunk: input.range.chunk, batches: input.range.batches, tally, open: [...open.values()] };
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
