import {
  type Client,
  WorkflowExecutionAlreadyStartedError,
  type WorkflowExecutionDescription,
} from '@temporalio/client';
import type { BatchCheckpoint } from '../contracts/checkpoint';
import { decodeWithin, valueOf, valuesOf } from '../config/payload-codec';
import { workflowInput } from '../config/workflow-input';
import type { JobInput, JobMemo, JobRequest, JobSnapshot, JobStatus, Tag } from '../contracts/job';
import { jobSearchAttributes, type jobSummary } from '../contracts/job-start';
import { type ChunkProgress, MESSAGES } from '../contracts/messages';
import {
  chunkWorkflowId,
  jobIdOfWorkflow,
  jobsQueue,
  jobTagsWorkflowId,
  jobWorkflowId,
  runningJobsQuery,
  SEARCH_ATTRIBUTES,
} from '../contracts/naming';
import { type HistoryEvent, type JobRecount, recountChunk, recountJob } from './history-progress';
import { type ExecutionState, type JobRecord, recordedSnapshot } from './job-view';
import { newestFirst, readCursor, type ReadRows, type VisibleRow, writeCursor } from './list-order';
import { RecentStarts } from './recent-starts';
import { explainTemporalError } from './temporal-errors';

type VisibilityInfo = Awaited<ReturnType<Client['workflowService']['listWorkflowExecutions']>>['executions'][number];

const JOB_WORKFLOW_TYPE = 'jobWorkflow';
const TAGS_WORKFLOW_TYPE = 'jobTagsWorkflow';
/** An API call must not hang on a server that is gone. */
const RPC_TIMEOUT_MS = 5_000;
/** A query waits for a worker: without one it would hang for good, and the memo serves instead. */
const QUERY_TIMEOUT_MS = 1_500;
/** A history of 10,000 events comes in dozens of pages. */
const HISTORY_TIMEOUT_MS = 20_000;
/** Rows of one visibility call: as many as fit into an answer (LIMITS.temporalAnswerBytesMax), were each memo as large as it may be. */
const LIST_PAGE_ROWS = 100;

/** What Temporal knows of one running or retrying batch activity. */
export interface BatchHeartbeat {
  readonly activityId: string;
  /** Details of the last heartbeat; absent before the first. */
  readonly checkpoint?: BatchCheckpoint;
  /** Why the last attempt failed, while another is awaited or under way. */
  readonly trouble?: string;
}

export interface ListQuery {
  readonly account: string;
  readonly statuses: readonly JobStatus[];
}

export interface RecordPage {
  readonly records: readonly JobRecord[];
  readonly pageToken?: Uint8Array;
}

export type JobSignal = 'pause' | 'resume' | 'cancel' | 'confirm' | 'setPriority' | 'setLimits' | 'setTags';

export type JobSummary = ReturnType<typeof jobSummary>;

/** Tags of an ended job: the memo of a workflow that does nothing else. */
export interface TagRecord {
  readonly tags: readonly Tag[];
  /** Of the job: its id may come again once Temporal has forgotten it. */
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
  request(jobId: string): Promise<JobRequest | undefined>;
  snapshot(jobId: string): Promise<JobSnapshot>;
  heartbeats(jobId: string, chunk: number): Promise<readonly BatchHeartbeat[]>;
  chunkProgress(jobId: string, chunk: number): Promise<ChunkProgress>;
  /** Both from Temporal's own records, when no worker answers. Their cost grows with the history: up to 10,000 events. */
  recountJob(jobId: string): Promise<JobRecount>;
  recountChunk(jobId: string, chunk: number): Promise<ChunkProgress>;
  /** False when the account has so many jobs that have not ended. Those that this process started count at once. */
  hasRoom(account: string, jobsMax: number): Promise<boolean>;
  /** Newest start first. Rejects with InvalidNextTokenException for a token that is none. */
  list(query: ListQuery, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage>;
  signal(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<void>;
  /** Undefined when the tags have not been changed since the job's end. */
  tagRecord(jobId: string): Promise<TagRecord | undefined>;
  /** The last one written counts. */
  writeTagRecord(jobId: string, record: TagRecord): Promise<void>;
  ping(): Promise<void>;
}

/** `JobsGateway` on a Temporal client. `taskQueue` is the configured prefix. */
export class TemporalJobs implements JobsGateway {
  readonly queue: string;
  private readonly recent: RecentStarts;

  constructor(
    private readonly client: Client,
    taskQueue: string,
    private readonly now: () => number = Date.now,
  ) {
    this.queue = jobsQueue(taskQueue);
    this.recent = new RecentStarts(now);
  }

  async start(input: JobInput, memo: JobMemo, summary: JobSummary): Promise<boolean> {
    try {
      await this.call(() =>
        this.client.workflow.start(JOB_WORKFLOW_TYPE, {
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
    const description = await this.describe(jobWorkflowId(jobId));
    return description?.type === JOB_WORKFLOW_TYPE ? recordOfDescription(jobId, description) : undefined;
  }

  async request(jobId: string): Promise<JobRequest | undefined> {
    const input = await this.call(() => workflowInput(this.client, jobWorkflowId(jobId), JOB_WORKFLOW_TYPE));
    return (input as JobInput | undefined)?.request;
  }

  snapshot(jobId: string): Promise<JobSnapshot> {
    return this.query<JobSnapshot>(jobWorkflowId(jobId), MESSAGES.snapshot);
  }

  async heartbeats(jobId: string, chunk: number): Promise<readonly BatchHeartbeat[]> {
    const handle = this.client.workflow.getHandle(chunkWorkflowId(jobId, chunk));
    const { raw } = await this.call(() => handle.describe(), QUERY_TIMEOUT_MS);
    const looks = (raw.pendingActivities ?? []).map(async (activity) => {
      const payload = activity.heartbeatDetails?.payloads?.[0];
      const checkpoint = payload ? await valueOf(this.client, payload) : undefined;
      const trouble = troubleOf(activity);
      return {
        activityId: activity.activityId ?? '',
        ...(isCheckpoint(checkpoint) ? { checkpoint } : {}),
        ...(trouble === undefined ? {} : { trouble }),
      };
    });
    return Promise.all(looks);
  }

  chunkProgress(jobId: string, chunk: number): Promise<ChunkProgress> {
    return this.query<ChunkProgress>(chunkWorkflowId(jobId, chunk), MESSAGES.chunkProgress);
  }

  async recountJob(jobId: string): Promise<JobRecount> {
    return recountJob(await this.history(jobWorkflowId(jobId)));
  }

  async recountChunk(jobId: string, chunk: number): Promise<ChunkProgress> {
    return recountChunk(await this.history(chunkWorkflowId(jobId, chunk)));
  }

  private async history(workflowId: string): Promise<readonly HistoryEvent[]> {
    const handle = this.client.workflow.getHandle(workflowId);
    const { events } = await this.call(() => handle.fetchHistory(), HISTORY_TIMEOUT_MS);
    await decodeWithin(this.client, events);
    return events ?? [];
  }

  async list(query: ListQuery, rowsMax: number, pageToken?: Uint8Array): Promise<RecordPage> {
    const after = pageToken === undefined ? undefined : readCursor(pageToken);
    const readRows: ReadRows<JobRecord> = (which, until) => this.visibleRows(query, which, until, rowsMax);
    const known = await this.recentRows(query);
    const rows = await newestFirst(readRows, rowsMax, { after, known, nowMs: this.now() });
    return { records: rows.items, ...(rows.next === undefined ? {} : { pageToken: writeCursor(rows.next) }) };
  }

  /** Jobs of the query that this process has started and Temporal's lists may not show yet. */
  private async recentRows({ account, statuses }: ListQuery): Promise<VisibleRow<JobRecord>[]> {
    const rows = await Promise.all(
      this.recent.of(account).map(async (jobId) => {
        const workflowId = jobWorkflowId(jobId);
        const description = await this.describe(workflowId);
        const item = description && recordOfDescription(jobId, description);
        if (!description || !item) return [];
        const row = { workflowId, startedAt: description.startTime.toISOString(), item };
        return statuses.length === 0 || statuses.includes(recordedSnapshot(item).status) ? [row] : [];
      }),
    );
    return rows.flat();
  }

  async hasRoom(account: string, jobsMax: number): Promise<boolean> {
    const started = this.recent.of(account);
    const others = await this.call(() =>
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

  async signal(jobId: string, signal: JobSignal, ...argument: readonly unknown[]): Promise<void> {
    const handle = this.client.workflow.getHandle(jobWorkflowId(jobId));
    await this.call(() => handle.signal(MESSAGES[signal], ...argument));
  }

  async tagRecord(jobId: string): Promise<TagRecord | undefined> {
    const description = await this.describe(jobTagsWorkflowId(jobId));
    return description?.type === TAGS_WORKFLOW_TYPE ? (description.memo as unknown as TagRecord) : undefined;
  }

  async writeTagRecord(jobId: string, record: TagRecord): Promise<void> {
    await this.call(() =>
      this.client.workflow.start(TAGS_WORKFLOW_TYPE, {
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
    await this.call(() => this.client.workflowService.describeNamespace({ namespace }), 2_000);
  }

  private async *visibleRows(
    query: ListQuery,
    which: 'running' | 'closed',
    startedUntil: string | undefined,
    rowsMax: number,
  ): AsyncGenerator<VisibleRow<JobRecord>> {
    const clauses = [
      visibilityQuery(query),
      `ExecutionStatus ${which === 'running' ? '=' : '!='} 'Running'`,
      // The store has more decimals.
      ...(startedUntil === undefined ? [] : [`StartTime < '${new Date(Date.parse(startedUntil) + 1).toISOString()}'`]),
    ];
    let nextPageToken: Uint8Array | undefined;
    do {
      const answer = await this.call(() =>
        this.client.workflowService.listWorkflowExecutions({
          namespace: this.client.options.namespace,
          query: clauses.join(' AND '),
          pageSize: Math.min(LIST_PAGE_ROWS, rowsMax + 1),
          ...(nextPageToken === undefined ? {} : { nextPageToken }),
        }),
      );
      for (const execution of answer.executions) {
        const row = await this.visibleRow(execution);
        if (row === undefined) continue;
        this.recent.seen(row.item.jobId);
        yield row;
      }
      nextPageToken = answer.nextPageToken;
    } while (nextPageToken.length > 0);
  }

  /** Undefined for a row that isn't a job of ours, such as one that someone started by hand. */
  private async visibleRow(row: VisibilityInfo): Promise<VisibleRow<JobRecord> | undefined> {
    const workflowId = row.execution?.workflowId;
    const memo = await valuesOf(this.client, row.memo?.fields ?? {});
    if (!isJobMemo(memo) || !workflowId || !row.startTime) return undefined;
    const closedAt = row.closeTime ? { closedAt: timestampToIso(row.closeTime) } : {};
    const execution = executionState(row.status ?? 0);
    const item: JobRecord = { jobId: jobIdOfWorkflow(workflowId), memo, execution, ...closedAt };
    return { workflowId, startedAt: timestampToIso(row.startTime), ...closedAt, item };
  }

  private async describe(workflowId: string): Promise<WorkflowExecutionDescription | undefined> {
    try {
      return await this.call(() => this.client.workflow.getHandle(workflowId).describe());
    } catch (error) {
      if (error instanceof Error && error.name === 'WorkflowNotFoundError') return undefined;
      throw error;
    }
  }

  private query<Answer>(workflowId: string, name: string): Promise<Answer> {
    return this.call(() => this.client.workflow.getHandle(workflowId).query<Answer>(name), QUERY_TIMEOUT_MS);
  }

  private async call<Answer>(fn: () => Promise<Answer>, timeoutMs = RPC_TIMEOUT_MS): Promise<Answer> {
    try {
      return await this.client.connection.withDeadline(Date.now() + timeoutMs, fn);
    } catch (error) {
      throw explainTemporalError(error);
    }
  }
}

/** Account (digits) and statuses (an enumeration) are validated before: nothing here can break out of its quotes. */
function visibilityQuery({ account, statuses }: ListQuery): string {
  const clauses = [`WorkflowType = '${JOB_WORKFLOW_TYPE}'`, `${SEARCH_ATTRIBUTES.account} = '${account}'`];
  if (statuses.length > 0) {
    clauses.push(`(${statuses.map((status) => `${SEARCH_ATTRIBUTES.status} = '${status}'`).join(' OR ')})`);
  }
  return clauses.join(' AND ');
}

function recordOfDescription(jobId: string, description: WorkflowExecutionDescription): JobRecord | undefined {
  const memo = description.memo as JobMemo | undefined;
  if (memo === undefined || !isJobMemo(memo)) return undefined;
  const [trouble] = (description.raw.pendingActivities ?? []).flatMap((activity) => troubleOf(activity) ?? []);
  return {
    jobId,
    memo,
    ...(trouble === undefined ? {} : { trouble }),
    execution: executionState(description.status.code),
    ...(description.closeTime === undefined ? {} : { closedAt: description.closeTime.toISOString() }),
  };
}

/** Failures of activities carry a message for people and no stack: activities/failure sees to it. */
function troubleOf(activity: {
  readonly attempt?: number | null;
  readonly lastFailure?: { readonly message?: string | null } | null;
}): string | undefined {
  const message = activity.lastFailure?.message;
  if (!message) return undefined;
  return `${message} (attempt ${activity.attempt ?? 1}; tried again without asking)`;
}

/** Values of temporal.api.enums.v1.WorkflowExecutionStatus: 1 running, 2 completed, 3 failed, 4 canceled, 5 terminated, 7 timed out. */
function executionState(code: number): ExecutionState {
  const states: Record<number, ExecutionState> = {
    2: 'completed',
    3: 'failed',
    4: 'cancelled',
    5: 'terminated',
    7: 'timedOut',
  };
  return states[code] ?? 'running';
}

function isJobMemo(memo: object): memo is JobMemo {
  return 'head' in memo || 'request' in memo;
}

function isCheckpoint(value: unknown): value is BatchCheckpoint {
  return typeof value === 'object' && value !== null && 'tally' in value && 'done' in value;
}

interface Timestamp {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

function timestampToIso({ seconds, nanos }: Timestamp): string {
  return new Date(Number(seconds ?? 0) * 1_000 + Math.floor((nanos ?? 0) / 1e6)).toISOString();
}
