import { defined } from '../../contracts/defined';
import type { FailureCode } from '../../contracts/engine/failures';
import { jobHead } from '../../contracts/engine/job-start';
import { isTerminal } from '../../contracts/engine/lifecycle';
import { EMPTY_TALLY } from '../../contracts/engine/outcome';
import type {
  FailureReason,
  JobHead,
  JobMemo,
  JobRequest,
  JobSnapshot,
  JobStatus,
  RowCounts,
  Tag,
} from '../../contracts/job';
import { sumOfCounts } from '../../contracts/text/preparing-text';

/** How far a job has come, running chunks included. Counts are tasks. */
export interface JobProgress {
  /** Absent until the manifest has been read. */
  readonly totalTasks?: number;
  readonly succeeded: number;
  readonly failed: number;
  /** Those among `succeeded` that a condition or `SkipIfInDesiredState` passed over. Absent: none. */
  readonly skipped?: number;
  /** Accepted by the store, effect awaited (restores). */
  readonly pending: number;
  /** Time spent in Active, up to now. */
  readonly activeSeconds: number;
}

/** The members that are fixed when the job is created. */
interface JobIdentity extends Pick<JobHead, 'operation' | 'description'> {
  readonly jobId: string;
  readonly account: string;
  readonly region: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** As the job itself knows them: the tags of an ended job may have changed since (`JobService.getTags`). */
  readonly tags: readonly Tag[];
}

/** One job as the lists of both APIs show it: S3 Control and REST only rename and select. */
export interface JobView extends JobIdentity {
  readonly snapshot: JobSnapshot;
  readonly progress: JobProgress;
}

/** One job as DescribeJob shows it. */
export interface JobDescription extends JobView {
  readonly request: JobRequest;
}

/** How the workflow execution stands in Temporal; anything but these two has ended without the job saying so. */
export type ExecutionState = 'running' | 'completed' | 'failed' | 'cancelled' | 'terminated' | 'timedOut';

/** What Temporal keeps of a job: it can be read without a worker. */
export interface JobRecord {
  readonly jobId: string;
  readonly memo: JobMemo;
  readonly execution: ExecutionState;
  readonly closedAt?: string;
  /** Why an activity of the job itself (manifest, report) is being tried again, or what holds it up. */
  readonly trouble?: string;
  /** What its tasks wait for, and when they are looked at next. */
  readonly waiting?: string;
  /** What is being read of the source: rows that were read, and those that passed. */
  readonly reading?: RowCounts;
}

/** The snapshot that a record alone supports: the memo's, put right when the execution ended behind the job's back. */
export function recordedSnapshot(record: JobRecord): JobSnapshot {
  const snapshot = record.memo.snapshot ?? initialSnapshot(record.memo);
  if (record.execution === 'running' || isTerminal(snapshot.status)) return snapshot;
  const status: JobStatus = record.execution === 'cancelled' ? 'Cancelled' : 'Failed';
  const reason: FailureReason = {
    FailureCode: 'WorkflowEnded' satisfies FailureCode,
    FailureReason: `The workflow of this job ended outside Drover's control (${record.execution}).`,
  };
  const { waitingFor: _waitingFor, ...rest } = snapshot;
  return {
    ...rest,
    status,
    chunksInFlight: [],
    failureReasons: status === 'Failed' ? [...snapshot.failureReasons, reason] : snapshot.failureReasons,
    ...defined({ terminatedAt: record.closedAt }),
  };
}

function initialSnapshot(memo: JobMemo): JobSnapshot {
  const { priority, limits = {} } = headOf(memo);
  return {
    status: 'New',
    tally: EMPTY_TALLY,
    priority,
    limits,
    failureReasons: [],
    activeSeconds: 0,
    asOf: memo.createdAt,
    chunksInFlight: [],
  };
}

/** `activeSeconds` of a snapshot, carried on to `now` while the job is active. */
export function activeSecondsAt(snapshot: JobSnapshot, now: number): number {
  if (snapshot.status !== 'Active') return snapshot.activeSeconds;
  return snapshot.activeSeconds + Math.max(0, (now - Date.parse(snapshot.asOf)) / 1_000);
}

function progressOf(snapshot: JobSnapshot, now: number): JobProgress {
  return {
    ...defined({ totalTasks: snapshot.totalTasks }),
    ...snapshot.tally,
    activeSeconds: activeSecondsAt(snapshot, now),
  };
}

/** A snapshot with what is being read of the source. */
export function withReading(snapshot: JobSnapshot, reading: RowCounts | undefined): JobSnapshot {
  if (reading === undefined || snapshot.totalTasks !== undefined) return snapshot;
  const preparing = snapshot.preparing ?? { read: 0, rows: 0, parts: 1, partsDone: 0 };
  return { ...snapshot, preparing: { ...preparing, ...sumOfCounts([preparing, reading]) } };
}

export function viewOfRecord(record: JobRecord, now: number): JobView {
  const snapshot = recordedSnapshot(record);
  return { ...identityOf(record), snapshot, progress: progressOf(snapshot, now) };
}

export function identityOf(record: JobRecord): JobIdentity {
  const { account, createdAt, region } = record.memo;
  const { operation, description } = headOf(record.memo);
  return {
    jobId: record.jobId,
    account,
    region,
    operation,
    ...defined({ description }),
    createdAt,
    tags: tagsOfRecord(record),
  };
}

/** Throws for a memo that is none of a job. */
function headOf({ head, request }: JobMemo): JobHead {
  if (head !== undefined) return head;
  if (request === undefined) throw new Error('the memo of a job has neither head nor request');
  return jobHead(request);
}

export function tagsOfRecord({ memo }: JobRecord): readonly Tag[] {
  return memo.tags?.Tags ?? memo.request?.Tags ?? [];
}
