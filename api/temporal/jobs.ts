import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import { defined } from '../../contracts/defined';
import type { ChunkResult } from '../../contracts/engine/chunk';
import { jobSearchAttributes, type jobSummary } from '../../contracts/engine/job-start';
import { type ChunkProgress, MESSAGES } from '../../contracts/engine/messages';
import {
  chunkWorkflowId,
  jobIdOfWorkflow,
  jobsQueue,
  jobTagsWorkflowId,
  jobWorkflowId,
  runningJobsQuery,
  WORKFLOW_TYPES,
} from '../../contracts/engine/naming';
import type { Tally } from '../../contracts/engine/outcome';
import type { JobInput, JobMemo, JobSnapshot, Tag } from '../../contracts/job';
import { LIMITS } from '../../contracts/limits';
import { sumOfCounts } from '../../contracts/text/preparing-text';
import { decodeWithin } from '../../temporal/payload-codec';
import { workflowInput } from '../../temporal/workflow-input';
import { hasStatus, type JobFilter, looksThroughRows, passes } from '../jobs/job-filter';
import type { JobRecord } from '../jobs/job-view';
import { TemporalCalls } from './calls';
import type { BatchHeartbeat, ChunkRun } from './chunk-run';
import { Histories, type RunAt } from './histories';
import { type ChunkRecount, type HistoryEvent, type JobRecount, recountChunk, recountJob } from './history-progress';
import { newestFirst, readCursor, type ReadRows, type VisibleRow, writeCursor } from './list-order';
import { type ChangedTags, passing, presentTags, visibilityQuery } from './list-query';
import { RecentStarts } from './recent-starts';
import { executionState, heartbeatOf, timestampToIso } from './values';

type VisibilityInfo = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions'][number];

/** A query waits for a worker: without one it would hang for good, and the memo serves instead. */
const QUERY_TIMEOUT_MS = 1_500;
/** A history of 10,000 events comes in dozens of pages. */
const HISTORY_TIMEOUT_MS = 20_000;
/** Rows of one visibility call: as many as fit into an answer (LIMITS.api.temporalAnswerBytesMax), were each memo as large as it may be. */
const LIST_PAGE_ROWS = 100;

export interface RecordPage {
  readonly records: readonly JobRecord[];
  readonly pageToken?: Uint8Array;
}

export type JobSignal = 'pause' | 'resume' | 'cancel' | 'confirm' | 'setPriority' | 'setLimits' | 'setTags';

export type JobSummary = ReturnType<typeof jobSummary>;

/** Tags of an ended job: the memo of a workflow that does nothing else. */
export interface TagRecord {
  readonly tags: readonly Tag[];
  /** The time the job was created: its id may come again once Temporal has forgotten it. */
  readonly jobCreatedAt: string;
}

/** What the API needs of Temporal. Every method rejects with `DroverError` for what an operator can mend. */
export interface JobsGateway {
  readonly queue: string;
  /** False when the id is taken, by a running or an ended job. */
  start(input: JobInput, memo: JobMemo, summary: JobSummary): Promise<boolean>;
  /** Undefined when there is no such job. */
  record(jobId: string): Promise<JobRecord | undefined>;
  /** What was asked for, from the start of the job's workflow. Undefined when there is no such job. */
  input(jobId: string): Promise<JobInput | undefined>;
  snapshot(jobId: string): Promise<JobSnapshot>;
  /** The chunk's present run; undefined when the chunk has not begun. */
  chunkRun(jobId: string, chunk: number): Promise<ChunkRun | undefined>;
  chunkProgress(jobId: string, chunk: number): Promise<ChunkProgress>;
  /** What a run that has completed gave back. */
  chunkResult(jobId: string, chunk: number, run: RunAt): Promise<Tally>;
  /** Both from Temporal's own records, when no worker answers. Their cost grows with the history, up to 10,000 events, when that has grown. */
  recountJob(jobId: string): Promise<JobRecount>;
  recountChunk(jobId: string, chunk: number, run: RunAt): Promise<ChunkRecount>;
  /** False when the account has so many jobs that have not ended. Those that this process started count at once. */
  hasRoom(account: string, jobsMax: number): Promise<boolean>;
  /** Newest start first. Rejects with InvalidNextTokenException for a token that is none. */
  list(filter: JobFilter, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage>;
  /** All jobs that pass, those that run first. */
  scan(filter: JobFilter): AsyncIterable<JobRecord>;
  /** False when the job has ended. */
  signal(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<boolean>;
  /** Undefined when the tags have not been changed since the job's end. */
  tagRecord(jobId: string): Promise<TagRecord | undefined>;
  /** The last one written counts. */
  writeTagRecord(jobId: string, record: TagRecord): Promise<void>;
  ping(): Promise<void>;
}

/** `JobsGateway` on a Temporal client. `taskQueue` is the configured prefix. */
export class TemporalJobs implements JobsGateway {
  readonly queue: string;
  private readonly calls: TemporalCalls;
  private readonly recent: RecentStarts;
  private readonly histories = new Histories();

  constructor(
    private readonly client: Client,
    taskQueue: string,
    private readonly now: () => number = Date.now,
    private readonly heartbeatTimeoutMs: number = LIMITS.batch.heartbeatTimeoutMs,
  ) {
    this.queue = jobsQueue(taskQueue);
    this.calls = new TemporalCalls(client);
    this.recent = new RecentStarts(now);
  }

  async start(input: JobInput, memo: JobMemo, summary: JobSummary): Promise<boolean> {
    try {
      await this.calls.call(() =>
        this.client.workflow.start(WORKFLOW_TYPES.job, {
          workflowId: jobWorkflowId(input.jobId),
          taskQueue: this.queue,
          args: [input],
          memo: { ...memo },
          typedSearchAttributes: jobSearchAttributes(input),
          staticSummary: summary.line,
          staticDetails: summary.details,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          workflowIdConflictPolicy: 'FAIL',
        }),
      );
      this.recent.add(input.account, input.jobId);
      return true;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
      throw error;
    }
  }

  async record(jobId: string): Promise<JobRecord | undefined> {
    const description = await this.calls.describe(jobWorkflowId(jobId));
    return description?.type === WORKFLOW_TYPES.job ? this.recordOf(jobId, description) : undefined;
  }

  async input(jobId: string): Promise<JobInput | undefined> {
    const input = await this.calls.call(() => workflowInput(this.client, jobWorkflowId(jobId), WORKFLOW_TYPES.job));
    return input as JobInput | undefined;
  }

  snapshot(jobId: string): Promise<JobSnapshot> {
    return this.query<JobSnapshot>(jobWorkflowId(jobId), MESSAGES.snapshot);
  }

  async chunkRun(jobId: string, chunk: number): Promise<ChunkRun | undefined> {
    const described = await this.calls.describe(chunkWorkflowId(jobId, chunk));
    if (described === undefined) return undefined;
    const execution = executionState(described.status.code);
    return {
      runId: described.runId,
      events: described.historyLength,
      state: execution === 'running' || execution === 'completed' ? execution : 'ended',
      heartbeats: await this.heartbeats(described),
    };
  }

  chunkProgress(jobId: string, chunk: number): Promise<ChunkProgress> {
    return this.query<ChunkProgress>(chunkWorkflowId(jobId, chunk), MESSAGES.chunkProgress);
  }

  async chunkResult(jobId: string, chunk: number, { runId }: RunAt): Promise<Tally> {
    const handle = this.client.workflow.getHandle(chunkWorkflowId(jobId, chunk), runId);
    const { state } = await this.calls.call(async () => (await handle.result()) as ChunkResult);
    return state.tally;
  }

  async recountJob(jobId: string): Promise<JobRecount> {
    const workflowId = jobWorkflowId(jobId);
    const described = await this.calls.describe(workflowId);
    if (described === undefined) throw new Error(`there is no workflow ${workflowId}`);
    const run = { runId: described.runId, events: described.historyLength };
    return this.histories.count(workflowId, run, () => this.history(workflowId, run), recountJob);
  }

  recountChunk(jobId: string, chunk: number, run: RunAt): Promise<ChunkRecount> {
    const workflowId = chunkWorkflowId(jobId, chunk);
    return this.histories.count(workflowId, run, () => this.history(workflowId, run), recountChunk);
  }

  private async history(workflowId: string, { runId }: RunAt): Promise<readonly HistoryEvent[]> {
    const handle = this.client.workflow.getHandle(workflowId, runId);
    const { events } = await this.calls.call(() => handle.fetchHistory(), HISTORY_TIMEOUT_MS);
    await decodeWithin(this.client, events);
    return events ?? [];
  }

  async list(filter: JobFilter, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage> {
    const after = pageToken === undefined ? undefined : readCursor(pageToken);
    const changed = await this.changedTags(filter);
    const readRows: ReadRows<JobRecord> = (which, until) =>
      passing(this.visibleRows(filter, which, until, rowsMax), filter, changed);
    const known = await this.recentRows(filter, changed);
    const rows = await newestFirst(readRows, rowsMax, { after, known, nowMs: this.now() });
    return { records: rows.items, ...(rows.next === undefined ? {} : { pageToken: writeCursor(rows.next) }) };
  }

  async *scan(filter: JobFilter): AsyncGenerator<JobRecord> {
    const changed = await this.changedTags(filter);
    for (const which of ['running', 'closed'] as const) {
      const rows = this.visibleRows(filter, which, undefined, LIST_PAGE_ROWS);
      for await (const { item } of rows) if (passes(item, filter, presentTags(item, changed))) yield item;
    }
  }

  /** Jobs that this process has started and Temporal's lists may not show yet. */
  private async recentRows(filter: JobFilter, changed: ChangedTags): Promise<VisibleRow<JobRecord>[]> {
    const rows = await Promise.all(
      this.recent.of(filter.account).map(async (jobId) => {
        const workflowId = jobWorkflowId(jobId);
        const description = await this.calls.describe(workflowId);
        const item = description && (await this.recordOf(jobId, description));
        if (!description || !item) return [];
        const row = { workflowId, startedAt: description.startTime.toISOString(), item };
        return hasStatus(item, filter) && passes(item, filter, presentTags(item, changed)) ? [row] : [];
      }),
    );
    return rows.flat();
  }

  /** Read only where the filter asks for tags: they are few, and a list does not know of which jobs they are. */
  private async changedTags({ tags = [] }: JobFilter): Promise<ChangedTags> {
    const changed = new Map<string, TagRecord & { readonly startedAt: string }>();
    if (tags.length === 0) return changed;
    for await (const { execution, memo, startTime } of this.executions(`WorkflowType = '${WORKFLOW_TYPES.jobTags}'`)) {
      const record = (await this.calls.memoValues(memo)) as TagRecord;
      const jobId = jobIdOfWorkflow(execution?.workflowId ?? '');
      const startedAt = startTime ? timestampToIso(startTime) : '';
      if ((changed.get(jobId)?.startedAt ?? '') < startedAt) changed.set(jobId, { ...record, startedAt });
    }
    return changed;
  }

  async hasRoom(account: string, jobsMax: number): Promise<boolean> {
    const started = this.recent.of(account);
    const others = await this.calls.call(() =>
      this.client.workflowService.countWorkflowExecutions({
        namespace: this.client.options.namespace,
        query: runningJobsQuery(account, started),
      }),
    );
    const besides = Number(others.count);
    if (besides + started.length < jobsMax) return true;
    const records = await Promise.all(started.map((jobId) => this.record(jobId)));
    return besides + records.filter((record) => record?.execution === 'running').length < jobsMax;
  }

  signal(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<boolean> {
    return this.calls.signal(jobWorkflowId(jobId), MESSAGES[signal], ...argument);
  }

  async tagRecord(jobId: string): Promise<TagRecord | undefined> {
    const description = await this.calls.describe(jobTagsWorkflowId(jobId));
    return description?.type === WORKFLOW_TYPES.jobTags ? (description.memo as unknown as TagRecord) : undefined;
  }

  async writeTagRecord(jobId: string, record: TagRecord): Promise<void> {
    await this.calls.call(() =>
      this.client.workflow.start(WORKFLOW_TYPES.jobTags, {
        workflowId: jobTagsWorkflowId(jobId),
        taskQueue: this.queue,
        memo: { ...record },
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        workflowIdConflictPolicy: 'TERMINATE_EXISTING',
      }),
    );
  }

  async ping(): Promise<void> {
    const { namespace } = this.client.options;
    await this.calls.call(() => this.client.workflowService.describeNamespace({ namespace }), 2_000);
  }

  private async *visibleRows(
    filter: JobFilter,
    which: 'running' | 'closed',
    startedUntil: string | undefined,
    rowsMax: number,
  ): AsyncGenerator<VisibleRow<JobRecord>> {
    const clauses = [
      visibilityQuery(filter),
      `ExecutionStatus ${which === 'running' ? '=' : '!='} 'Running'`,
      // The store has more decimals.
      ...(startedUntil === undefined ? [] : [`StartTime < '${new Date(Date.parse(startedUntil) + 1).toISOString()}'`]),
    ];
    const pageRows = looksThroughRows(filter) ? LIST_PAGE_ROWS : Math.min(LIST_PAGE_ROWS, rowsMax + 1);
    for await (const execution of this.executions(clauses.join(' AND '), pageRows)) {
      const row = await this.visibleRow(execution);
      if (row === undefined) continue;
      this.recent.seen(row.item.memo.account, row.item.jobId);
      yield row;
    }
  }

  private async *executions(query: string, pageSize = LIST_PAGE_ROWS): AsyncGenerator<VisibilityInfo> {
    let nextPageToken: Uint8Array | undefined;
    do {
      const { namespace } = this.client.options;
      const page = { namespace, query, pageSize, ...defined({ nextPageToken }) };
      const answer = await this.calls.call(() => this.client.workflowService.listWorkflowExecutions(page));
      yield* answer.executions;
      nextPageToken = answer.nextPageToken;
    } while (nextPageToken.length > 0);
  }

  /** Undefined for a row that isn't a job of ours, such as one that someone started by hand. */
  private async visibleRow(row: VisibilityInfo): Promise<VisibleRow<JobRecord> | undefined> {
    const workflowId = row.execution?.workflowId;
    const memo = await this.calls.memoValues(row.memo);
    if (!isJobMemo(memo) || !workflowId || !row.startTime) return undefined;
    const closedAt = row.closeTime ? { closedAt: timestampToIso(row.closeTime) } : {};
    const execution = executionState(row.status ?? 0);
    const item: JobRecord = { jobId: jobIdOfWorkflow(workflowId), memo, execution, ...closedAt };
    return { workflowId, startedAt: timestampToIso(row.startTime), ...closedAt, item };
  }

  private heartbeats({ raw }: WorkflowExecutionDescription): Promise<BatchHeartbeat[]> {
    const rule = { timeoutMs: this.heartbeatTimeoutMs, nowMs: this.now() };
    return Promise.all((raw.pendingActivities ?? []).map((activity) => heartbeatOf(this.client, activity, rule)));
  }

  private async recordOf(jobId: string, description: WorkflowExecutionDescription): Promise<JobRecord | undefined> {
    const memo = description.memo as JobMemo | undefined;
    if (memo === undefined || !isJobMemo(memo)) return undefined;
    const heartbeats = await this.heartbeats(description);
    const trouble = heartbeats.find((heartbeat) => heartbeat.trouble !== undefined)?.trouble;
    const waiting = heartbeats.find((heartbeat) => heartbeat.waiting !== undefined)?.waiting;
    const reading = readingOf(heartbeats);
    return {
      jobId,
      memo,
      ...(reading && { reading }),
      ...defined({ trouble, waiting }),
      execution: executionState(description.status.code),
      ...(description.closeTime === undefined ? {} : { closedAt: description.closeTime.toISOString() }),
    };
  }

  private query<Answer>(workflowId: string, name: string): Promise<Answer> {
    return this.calls.call(() => this.client.workflow.getHandle(workflowId).query<Answer>(name), QUERY_TIMEOUT_MS);
  }
}

/** What the parts of a source that are being read have come to, all together. */
function readingOf(heartbeats: readonly BatchHeartbeat[]): JobRecord['reading'] {
  const parts = heartbeats.flatMap(({ preparing }) => preparing ?? []);
  return parts.length === 0 ? undefined : sumOfCounts(parts);
}

function isJobMemo(memo: object): memo is JobMemo {
  return 'head' in memo || 'request' in memo;
}
