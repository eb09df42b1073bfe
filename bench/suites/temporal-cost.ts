import type { Client, WorkflowHandle } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../../contracts/engine/naming';

type History = Awaited<ReturnType<WorkflowHandle['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** What one job left in Temporal: all runs of its own workflow and of every workflow it started. */
export interface JobHistories {
  /** All runs of the job workflow itself, in order. */
  readonly job: readonly HistoryEvent[];
  readonly children: readonly (readonly HistoryEvent[])[];
}

/**
 * Billable actions by kind (https://docs.temporal.io/cloud/actions), from histories. Heartbeats and queries leave no events and
 * are not among them. Memo updates are not listed there; they count as one each, to be on the safe side.
 */
export interface ActionCounts {
  readonly workflowStarts: number;
  /** Two per child. */
  readonly children: number;
  readonly continuedAsNew: number;
  readonly activities: number;
  readonly activityRetries: number;
  readonly timers: number;
  readonly signals: number;
  readonly searchAttributes: number;
  readonly memo: number;
  readonly markers: number;
}

export async function fetchJobHistories(client: Client, workflowId: string): Promise<JobHistories> {
  const job = await fetchChain(client, workflowId);
  const children: HistoryEvent[][] = [];
  for (const event of job) {
    const execution = event.childWorkflowExecutionStartedEventAttributes?.workflowExecution;
    if (execution?.workflowId) {
      children.push(await fetchChain(client, execution.workflowId, execution.runId ?? undefined));
    }
  }
  return { job, children };
}

/** A workflow that continued as new has one history per run. */
async function fetchChain(client: Client, workflowId: string, firstRunId?: string): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  let runId = firstRunId;
  do {
    const run = (await client.workflow.getHandle(workflowId, runId).fetchHistory()).events ?? [];
    events.push(...run);
    runId = run.at(-1)?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId ?? undefined;
  } while (runId !== undefined && runId !== '');
  return events;
}

export function countEvents({ job, children }: JobHistories): number {
  return job.length + children.reduce((total, events) => total + events.length, 0);
}

export function countActions({ job, children }: JobHistories): ActionCounts {
  const events = [...job, ...children.flat()];
  const count = (isOne: (event: HistoryEvent) => unknown): number =>
    events.filter((event) => Boolean(isOne(event))).length;
  return {
    workflowStarts: 1,
    children: 2 * count((event) => event.startChildWorkflowExecutionInitiatedEventAttributes),
    continuedAsNew: count((event) => event.workflowExecutionContinuedAsNewEventAttributes),
    activities: count((event) => event.activityTaskScheduledEventAttributes),
    activityRetries: events.reduce((total, event) => total + retriesBefore(event), 0),
    timers: count((event) => event.timerStartedEventAttributes),
    signals: count((event) => event.workflowExecutionSignaledEventAttributes),
    searchAttributes: count((event) => event.upsertWorkflowSearchAttributesEventAttributes),
    memo: count((event) => event.workflowPropertiesModifiedEventAttributes),
    markers: count((event) => event.markerRecordedEventAttributes),
  };
}

/** Failed attempts leave no events; the one that ends the activity tells its number. */
function retriesBefore(event: HistoryEvent): number {
  return Math.max(0, (event.activityTaskStartedEventAttributes?.attempt ?? 1) - 1);
}

export function totalActions(counts: ActionCounts): number {
  return Object.values<number>({ ...counts }).reduce((total, one) => total + one, 0);
}

/** When the job came into each status, in ms since the epoch, as its status attribute recorded it. */
export function statusTimes(job: readonly HistoryEvent[]): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const event of job) {
    const fields = event.upsertWorkflowSearchAttributesEventAttributes?.searchAttributes?.indexedFields;
    const data = fields?.[SEARCH_ATTRIBUTES.status]?.data;
    if (data) times.set(JSON.parse(Buffer.from(data).toString('utf8')) as string, eventTimeMs(event));
  }
  return times;
}

export function eventTimeMs({ eventTime }: HistoryEvent): number {
  // A 64-bit number comes as an object of the protobuf library.
  return Number(String(eventTime?.seconds ?? 0)) * 1_000 + (eventTime?.nanos ?? 0) / 1e6;
}

/** Counters of the server's Prometheus page, summed over their other labels: `labels` must all be there. */
export function sumMetric(page: string, name: string, labels: Readonly<Record<string, string>>): number {
  let total = 0;
  for (const line of page.split('\n')) {
    if (!line.startsWith(`${name}{`)) continue;
    if (!Object.entries(labels).every(([label, value]) => line.includes(`${label}="${value}"`))) continue;
    total += Number(line.slice(line.lastIndexOf(' ') + 1));
  }
  return total;
}

/** The server's own count of billable actions, by kind. */
export function serverActions(page: string, namespace: string): Record<string, number> {
  const lines = page.split('\n').filter((line) => line.startsWith('action{'));
  const kinds = new Set(lines.flatMap((line) => /[{,]action_type="([^"]+)"/.exec(line)?.[1] ?? []));
  const count = (kind: string): number => sumMetric(page, 'action', { namespace, action_type: kind });
  return Object.fromEntries([...kinds].map((kind) => [kind, count(kind)]));
}
