import type { GeneratedManifest, JobRequest, RestoreLimits, RestoreTier, RowCounts, Workspace } from '../job';
import type { BatchCheckpoint, OpenBatch } from './checkpoint';
import type { Delivery, JobEvent } from './events';
import type { DispatchMessage, JoinMessage, ShareMessage } from './messages';
import type { Tally } from './outcome';
import type { BatchSpan, ChunkRange, ListedWait, OperationPlan, RestoreWait } from './plan';
import type { TraceContext } from './trace-header';

/**
 * Arguments and results of the activities. Only pointers and tallies: keys, messages and outcomes stay in the workspace,
 * so that histories stay small however large the job.
 */
export interface JobRef {
  readonly jobId: string;
  readonly workspace: Workspace;
}

export interface PrepareManifestInput extends JobRef {
  /** The time the job was created, ISO 8601. */
  readonly createdAt: string;
  /** Said to the dispatcher at once, so that its answer is there when the manifest has been read. */
  readonly announce?: JoinMessage;
  readonly request: JobRequest;
  readonly plan: OperationPlan;
  readonly listAs?: ListAs;
}

/**
 * How a bucket is listed: in ranges, by the order of its keys (as bytes, or by the segments of paths), or one page after the
 * other, as the store gives them.
 */
export type ListingMode = 'bytes' | 'segments' | 'pages';

/** By bucket: the listing that the store's own order allows, where it has contradicted itself. */
export type ListAs = Readonly<Record<string, ListingMode>>;

export interface PreparedManifest {
  readonly totalTasks: number;
  readonly batches: number;
  /** Where the manifest went that the job was asked to leave. */
  readonly generatedManifest?: GeneratedManifest;
  /** As `PreparingProgress` has them. */
  readonly duplicates?: number;
  readonly refusedRows?: number;
}

/** The source is not read in place: its parts lie in the workspace, for `preparePart`. */
export interface PlannedSource {
  readonly parts: number;
  /** Files that the parts are of. Absent: none. */
  readonly files?: number;
  /** Id of the plan: an attempt that was given up may still leave one of its own, and nobody must take it for this one. */
  readonly plan: string;
}

export interface PreparePartInput extends JobRef {
  readonly plan: string;
  readonly part: number;
}

export interface PreparedPart extends RowCounts {
  /** The attempt that has read the part to its end: what it left counts, whatever another one leaves later. */
  readonly attempt: string;
  /** The listing can't be trusted: nothing of what was read counts, and the source is to be cut anew. */
  readonly listAs?: ListAs;
}

export interface SealManifestInput extends JobRef {
  readonly plan: string;
  /** For each part of the plan, the attempt that has read it. */
  readonly attempts: readonly string[];
}

/** A batch's part of its job's limits. */
export interface BatchLimits {
  readonly tasksPerSecond?: number;
  /** Bytes of objects that are read, or that a store copies. */
  readonly bytesPerSecond?: number;
  readonly requestsInFlight?: number;
  readonly restores?: BatchRestoreLimits;
}

export type BatchRestoreLimits = { readonly [Tier in RestoreTier]?: BatchRestoreLimit };

export interface BatchRestoreLimit {
  readonly requestsPerSecond?: number;
  /** The job restores so many bytes a day: tasks wait for their turn before they ask. */
  readonly byTurn?: true;
}

export interface RunBatchInput extends JobRef {
  readonly batch: number;
  readonly limits?: BatchLimits;
  /** Where an interrupted run of this batch left off. */
  readonly checkpoint?: BatchCheckpoint;
  /** A former run ended without a result: it may have done more than the checkpoint has. */
  readonly takenUpAgain?: true;
}

export type BatchResult =
  | { readonly status: 'done'; readonly tally: Tally }
  | { readonly status: 'interrupted'; readonly checkpoint: BatchCheckpoint };

export interface RecoverBatchInput extends JobRef {
  readonly batch: number;
}

export interface WriteChunkReportInput extends JobRef {
  readonly range: ChunkRange;
  /** The open batches of a chunk that did not end by itself. */
  readonly open?: readonly OpenBatch[];
}

export interface CheckRestoresInput extends JobRef {
  readonly wait: RestoreWait;
  readonly ranges: readonly ChunkRange[];
  /** After this moment, ISO 8601, what is still not readable fails. */
  readonly deadline: string;
}

export interface LookInput extends JobRef {
  readonly wait: ListedWait;
  /** Batches of chunks that have ended, whose parts have pending tasks. */
  readonly spans: readonly BatchSpan[];
  /** Lists that the job knows of. */
  readonly lists: number;
  /**
   * `poll`: looks again until something is found, which adds no events. `once`: others may begin to wait meanwhile. `count`: only says
   * which lists there are.
   */
  readonly mode: 'poll' | 'once' | 'count';
  /** ISO 8601. */
  readonly notBefore: string;
  /** Looks before this one that found nothing, in a row. */
  readonly idleLooks: number;
  /** When the first tasks began to wait, ISO 8601. */
  readonly since: string;
  /** For the message. */
  readonly waiting: number;
  readonly total: number;
  readonly restores?: RestoreLimits;
}

export interface LookResult {
  /** Lists that there are by now, and tasks in them. */
  readonly lists: number;
  readonly listed: number;
  readonly idleLooks: number;
  /** ISO 8601. */
  readonly nextLookAt: string;
}

export interface WriteReportInput extends JobRef {
  readonly chunks: number;
  /** Chunks of lists. */
  readonly listChunks?: number;
  /** Succeeded tasks that a condition passed over. Absent: none, or started by an earlier release. */
  readonly skipped?: number;
}

export interface WrittenReport {
  /** Absent when there was nothing to report: no task had run. */
  readonly manifestKey?: string;
}

export interface AdmitRunInput {
  readonly account: string;
  readonly roleArn: string;
  readonly priority: number;
  /** The job that is to be made. Absent from workflows of a former version. */
  readonly jobId?: string;
}

export interface AdmittedRun {
  /** All jobs of the account are paused: the new one begins so. */
  readonly pausedWithAll: boolean;
  /** With which the job is to begin. Absent: it has none. */
  readonly trace?: TraceContext;
}

export interface TellPauseInput {
  readonly account: string;
  readonly paused: boolean;
  readonly reason?: string;
}

export interface ToldOfPause {
  /** Jobs that did not know yet. */
  readonly told: number;
}

export interface ResolveManifestInput {
  readonly account: string;
  readonly roleArn: string;
  readonly objectArn: string;
  /** The newest when absent. */
  readonly versionId?: string;
  /** That of all jobs, for manifests that were sent to the API. Absent: asked by a run of an earlier release, which has none. */
  readonly workspace?: Workspace;
}

export interface ResolvedManifest {
  /** Without quotes. */
  readonly etag: string;
}

/** One round of cleaning: what is gone. */
export interface CleanedWorkspace {
  readonly folders: number;
  readonly objects: number;
  readonly manifests: number;
}

export interface SurveyInput {
  /** Jobs that the dispatcher knows, by id. */
  readonly members: readonly string[];
}

export interface Survey {
  /** Batches that all live workers of the objects queue run at a time; absent when that is not known. */
  readonly batchSlots?: number;
  /** Members whose workflow has ended. */
  readonly gone: readonly string[];
  /** Running jobs that are no members and should be. */
  readonly strangers: readonly string[];
}

export interface ToldShare extends ShareMessage {
  readonly jobId: string;
}

export interface DeliverEventInput {
  /** Name of a configured target, or absent: the webhook of the job itself. */
  readonly target?: string;
  readonly url?: string;
  readonly event: JobEvent;
}

export interface Activities {
  surveyFleet(input: SurveyInput): Promise<Survey>;
  /** Sends a job's message to the dispatcher, which is started when there is none. */
  tellDispatcher(message: DispatchMessage): Promise<void>;
  /** Sends the dispatcher's messages to jobs. Resolves with the ids of the jobs that have ended. */
  tellShares(shares: readonly ToldShare[]): Promise<readonly string[]>;
  /** Rejects with a retryable failure while the fault may pass, with `NotificationTargetGone` when the target wants no more events of this job. */
  deliverEvent(input: DeliverEventInput): Promise<Delivery>;
  /** Rejects when the account may not have such a job now: its role, the priority, one more job. */
  admitRun(input: AdmitRunInput): Promise<AdmittedRun>;
  /** Tells the jobs of an account that all are paused, or go on. */
  tellPause(input: TellPauseInput): Promise<ToldOfPause>;
  /** ETag of a scheduled job's manifest, as it is now. */
  resolveManifest(input: ResolveManifestInput): Promise<ResolvedManifest>;
  /** Reads a manifest that is read in place, or cuts its source into parts. */
  prepareManifest(input: PrepareManifestInput): Promise<PreparedManifest | PlannedSource>;
  /** Reads one part of a source into the workspace; goes on where a former attempt has left it. */
  preparePart(input: PreparePartInput): Promise<PreparedPart>;
  /** Makes one manifest of the parts. */
  sealManifest(input: SealManifestInput): Promise<PreparedManifest>;
  runBatch(input: RunBatchInput): Promise<BatchResult>;
  /** How far a batch has come whose last attempt ended without a result. Resolves with null when nothing of it was flushed, or its workspace is silent. */
  recoverBatch(input: RecoverBatchInput): Promise<BatchResult | null>;
  /** Resolves with the tally of the rows it found: for a stopped chunk, more than its state knows of. */
  writeChunkReport(input: WriteChunkReportInput): Promise<Tally>;
  /** Resolves with the tally of all tasks of the ranges once none is pending; until then each attempt fails and sets the time of the next. */
  checkRestores(input: CheckRestoresInput): Promise<Tally>;
  /** Puts waiting tasks that can go on into lists. Until there are any, each attempt fails and sets the time of the next. */
  lookAtWaiting(input: LookInput): Promise<LookResult>;
  writeReport(input: WriteReportInput): Promise<WrittenReport>;
  /** Aborts the multipart uploads that the job has begun and not completed. Those that a store refuses to abort are logged; rejects while one is out of reach. */
  giveUpUploads(job: JobRef): Promise<void>;
  /** Removes what no job needs any more, as far as the worker's configuration asks for it. */
  cleanWorkspace(): Promise<CleanedWorkspace>;
}
