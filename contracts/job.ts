import { DroverError } from './engine/failures';
import type { Tally } from './engine/outcome';
import type { OperationPlan } from './engine/plan';
import type { JobFilter, JobManifestGenerator, JobSource } from './source';

/** JSON as it crosses process borders: no dates, no undefined inside arrays, no class instances. */
export type Json = string | number | boolean | null | Json[] | { [member: string]: Json };
export type JsonObject = { [member: string]: Json };

/** The thirteen states of a job, as S3 Control names them (API_control_JobDescriptor, `Status`). */
export const JOB_STATUSES = [
  'New',
  'Preparing',
  'Suspended',
  'Ready',
  'Active',
  'Pausing',
  'Paused',
  'Completing',
  'Complete',
  'Cancelling',
  'Cancelled',
  'Failing',
  'Failed',
] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export type ManifestField = 'Ignore' | 'Bucket' | 'Key' | 'VersionId';
export type ReportScope = 'AllTasks' | 'FailedTasksOnly';

/** `Url`: form-encoded, as AWS has it. `Raw`: keys as they are, `+` and `%` mean themselves. */
export type KeyEncoding = 'Url' | 'Raw';
/** `Refuse`: the row fails, as on AWS. `Newest`: whichever version is the newest when the task runs. */
export type EmptyVersionId = 'Refuse' | 'Newest';

/** Where the list of objects lies and how it is laid out (API_control_JobManifest). All after `Fields` is Drover's own. */
export interface JobManifest {
  readonly Spec: {
    readonly Format: 'S3BatchOperations_CSV_20180820' | 'S3InventoryReport_CSV_20161130';
    /** The columns of a CSV, which must have them; an inventory names its columns itself. */
    readonly Fields?: readonly ManifestField[];
    /** Absent: `Url` in CSV, and `Raw` in Parquet, as AWS writes them. */
    readonly KeyEncoding?: KeyEncoding;
    /** For a CSV; absent: `Refuse`. In an inventory an empty version id is the null version. */
    readonly EmptyVersionId?: EmptyVersionId;
    /** For an inventory; absent: `Skip`, for nothing but the delete of a version can be done with a marker. */
    readonly DeleteMarkers?: 'Skip' | 'Keep';
  };
  readonly Location: { readonly ObjectArn: string; readonly ObjectVersionId?: string; readonly ETag: string };
}

/** The columns of a CSV manifest. Throws `InvalidManifestContent` for a request without them, which the schemas refuse. */
export function csvFields({ Fields }: JobManifest['Spec']): readonly ManifestField[] {
  if (Fields !== undefined) return Fields;
  throw new DroverError(
    'InvalidManifestContent',
    'Manifest.Spec.Fields is missing: it must list the columns of the CSV',
  );
}

/** Where the completion report goes (API_control_JobReport). */
export interface JobReport {
  readonly Enabled: boolean;
  readonly Bucket?: string;
  readonly Prefix?: string;
  readonly Format?: 'Report_CSV_20180820';
  readonly ReportScope?: ReportScope;
  readonly ExpectedBucketOwner?: string;
}

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

/**
 * The operation's name with its parameters, exactly one, or `Pipeline`; beside it only the options of
 * `contracts/operation-element`.
 */
export type JobOperation = { readonly [member: string]: Json };

/**
 * A request: the body of S3 Control's CreateJob with its member names, defaults filled in, as plain JSON
 * (timestamps as ISO 8601 strings). REST and CLI use the same names, so that a request can be carried from one API to
 * the other unchanged, and DescribeJob gives it back as it came.
 */
export interface JobRequest {
  readonly ClientRequestToken: string;
  readonly ConfirmationRequired: boolean;
  readonly Description?: string;
  readonly Priority: number;
  readonly RoleArn: string;
  readonly Operation: JobOperation;
  /** Exactly one of `Manifest`, `ManifestGenerator` and `Source` is there. */
  readonly Manifest?: JobManifest;
  readonly ManifestGenerator?: JobManifestGenerator;
  /** Drover's own. */
  readonly Source?: JobSource;
  /** Drover's own: which rows of the source become tasks. */
  readonly Filter?: JobFilter;
  readonly Report: JobReport;
  readonly Tags?: readonly Tag[];
  /** Drover's own, not part of S3 Control. */
  readonly Limits?: JobLimits;
  /** Drover's own: this webhook, too, gets every change of status. */
  readonly NotificationUrl?: string;
}

/** When a job is stopped as failed: more than so many failed tasks, or more than this share of them once so many have run. */
export type FailureThreshold =
  { readonly FailedTasks: number } | { readonly FailedShare: number; readonly AfterTasks?: number };

/** What a running job may take, changeable while it runs. An absent member means no limit, for the threshold the default rule. */
export interface JobLimits {
  /** Over all workers. Fractions allowed: 0.5 is one task in two seconds. */
  readonly TasksPerSecond?: number;
  /** Bytes of objects, read by workers or copied by stores, over all workers. */
  readonly BytesPerSecond?: number;
  /** Tasks at a time, over all workers. A copy in parts has some requests at a time itself. */
  readonly Concurrency?: number;
  readonly FailureThreshold?: FailureThreshold;
  /** How fast restores are asked for. */
  readonly Restores?: RestoreLimits;
}

/** GlacierJobTier; a restore that names none counts as STANDARD. */
export type RestoreTier = 'BULK' | 'STANDARD';

/** By tier, over all workers. */
export type RestoreLimits = { readonly [Tier in RestoreTier]?: RestoreLimit };

export interface RestoreLimit {
  readonly RequestsPerSecond?: number;
  /** Counts the objects' sizes. */
  readonly BytesPerDay?: number;
}

/** The bucket and key prefix under which a job keeps its manifest index and report parts. Prefix ends in `/`. */
export interface Workspace {
  readonly bucket: string;
  readonly prefix: string;
}

/** Input of the job workflow. Recorded in history once, so later changes of defaults or configuration don't reach a running job. */
export interface JobInput {
  readonly jobId: string;
  readonly account: string;
  readonly request: JobRequest;
  readonly plan: OperationPlan;
  readonly workspace: Workspace;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly region: string;
  /** All jobs of the account were paused when it was created: it waits before its first request. */
  readonly pausedWithAll?: boolean;
  /** Names of the configured targets that get this job's changes of status. Absent: none, and no webhook of its own. */
  readonly notify?: readonly string[];
}

export interface FailureReason {
  /** 1..64 characters. */
  readonly FailureCode: string;
  /** 1..256 characters: AWS's bound, so clients that check it accept ours. */
  readonly FailureReason: string;
}

/** What has been read of a source. */
export interface RowCounts {
  /** Rows that it gave. */
  readonly read: number;
  /** Those that passed the filter: tasks of the job. */
  readonly rows: number;
  /** Bytes of its files as they lie in the store: what was read twice counts twice. Absent: no file was read. */
  readonly bytes?: number;
  /** Pages with which the store has answered listings. Absent: none. */
  readonly pages?: number;
  /** Files that were read to their end. Absent: none. */
  readonly files?: number;
}

/** What has been read of a source, while the job is Preparing. */
export interface PreparingProgress extends RowCounts {
  readonly parts: number;
  readonly partsDone: number;
  /** Files of the source. Absent: it has none, or they are not counted. */
  readonly filesTotal?: number;
  /** Rows that name what a former row has named. Absent: nobody asked, or they are not counted yet. */
  readonly duplicates?: number;
  /** Rows of buckets that the role may not use, which will fail. Absent: none is known. */
  readonly refusedRows?: number;
}

/** A job's state: the answer of its `snapshot` query, and the memo that serves when no worker can answer. */
export interface JobSnapshot {
  readonly status: JobStatus;
  /** The states that the job has entered, the present one last; without the oldest of a long history. Absent in jobs of former versions. */
  readonly states?: readonly EnteredState[];
  /** Absent until the manifest has been read. */
  readonly totalTasks?: number;
  /** Present for a source that is read in parts, and where rows of a manifest will fail. */
  readonly preparing?: PreparingProgress;
  /** Tasks of chunks that have ended; running chunks add theirs (see api/jobs/workspace/job-progress). */
  readonly tally: Tally;
  readonly priority: number;
  readonly limits: JobLimits;
  /** The cause of the pause; present while the status is Pausing or Paused. `priority`: the job goes on by itself. `all`: every job of the account is. */
  readonly pausedBy?: 'user' | 'priority' | 'all';
  /** All jobs of the account are paused, this one with them, whatever its status. */
  readonly pausedWithAll?: boolean;
  /** It counts on a share of the workers: the dispatcher is to know it. */
  readonly sharing?: boolean;
  readonly statusUpdateReason?: string;
  readonly failureReasons: readonly FailureReason[];
  /** What the job is waiting for, in words, when it is not simply working. */
  readonly waitingFor?: string;
  readonly suspendedAt?: string;
  readonly terminatedAt?: string;
  readonly activeSeconds: number;
  /** When `activeSeconds` was taken, ISO 8601; a reader adds the time since, while the status is Active. */
  readonly asOf: string;
  /** Chunks now running as children, by number. */
  readonly chunksInFlight: readonly number[];
  readonly reportManifestKey?: string;
  /** The list that a generator has left, when its output was asked for. */
  readonly generatedManifest?: GeneratedManifest;
}

export interface EnteredState {
  readonly status: JobStatus;
  /** ISO 8601. */
  readonly at: string;
}

/** API_control_S3GeneratedManifestDescriptor. */
export interface GeneratedManifest {
  readonly format: 'S3InventoryReport_CSV_20211130';
  readonly objectArn: string;
  /** Without quotes. */
  readonly etag: string;
}

/** The members of a request that lists show. A job without a snapshot is shown by them alone. */
export interface JobHead {
  /** Its name alone. */
  readonly operation: string;
  readonly description?: string;
  readonly priority: number;
  readonly limits?: JobLimits;
}

/** Memo fields of a job workflow: every row of a list carries them, so the request stays in the workflow's input. */
export interface JobMemo {
  /** Absent in jobs of former versions, which have the whole request. */
  readonly head?: JobHead;
  readonly request?: JobRequest;
  readonly requestDigest: string;
  readonly account: string;
  readonly createdAt: string;
  readonly region: string;
  readonly snapshot?: JobSnapshot;
  /**
   * Those of the request, or as changed by PutJobTagging and DeleteJobTagging; absent: none. Wrapped, because Temporal takes a memo
   * field that is set to an empty list for one to be removed.
   */
  readonly tags?: { readonly Tags: readonly Tag[] };
}
