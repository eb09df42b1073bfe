import type { DispatchMessage, ShareMessage } from '../contracts/engine/messages';
import type { TraceContext } from '../contracts/engine/trace-header';
import type { JobInput, JobSnapshot, Workspace } from '../contracts/job';
import type { Notifier } from '../notifications';
import type { Stores } from '../storage/object-store';
import type { WorkMeter } from './work-meter';

/** What activities are given by the worker's composition root. */
export interface ActivityDependencies {
  readonly stores: Stores;
  readonly notifications: Notifier;
  readonly fleet: Fleet;
  readonly link: Link;
  /** The configured workspace, in which every job has a folder. */
  readonly workspace: Workspace;
  /** Absent: nobody wants to know. */
  readonly meter?: WorkMeter;
  /** Absent: nothing of the workspace is removed. */
  readonly cleaning?: Cleaning;
  /** Rejects for a priority, or one more job, that the configuration does not let the account have. */
  readonly admit: (account: string, priority: number) => Promise<void>;
  /** Begins a trace for a job that a schedule makes, if it is to have one. Absent: none has. */
  readonly traceJob?: (job: { readonly account: string; readonly jobId: string }) => TraceContext | undefined;
}

export interface Cleaning {
  /** Time since a job's end, and since the last use of a manifest that was sent. */
  readonly keepMs: number;
  readonly register: JobRegister;
}

/** A job of which Temporal still knows. */
export interface KnownJob {
  /** Absent: it is running. */
  readonly endedAtMs?: number;
  /** The last that it left in its memo. */
  readonly snapshot?: JobSnapshot;
  readonly wantsReport: boolean;
}

/** Jobs and schedules, as Temporal has them recorded. All reject when it does not answer. */
export interface JobRegister {
  /** Names this installation among all. */
  installation(): Promise<string>;
  /** Undefined: Temporal has forgotten the job, or it was never there. */
  knownJob(jobId: string): Promise<KnownJob | undefined>;
  /** ARNs of the manifests that running jobs and schedules name. */
  manifestsInUse(): Promise<ReadonlySet<string>>;
}

/** The process's line to Temporal. */
export interface Link {
  /** For how long, in milliseconds, Temporal can't have heard anything from this process. */
  silentMs(): number;
  /** The longest such silence of the last seconds: an attempt that is handed over now may have been given away in it. */
  recentSilenceMs(): number;
}

export interface RunningJob {
  readonly jobId: string;
  /** It counts on a share of the workers. */
  readonly sharing: boolean;
  /** It knows that all jobs of its account are paused. */
  readonly pausedWithAll: boolean;
}

/** The workers and jobs of this installation's task queues, as Temporal knows them. */
export interface Fleet {
  /** Batches that all workers together run at a time; undefined when none has shown itself lately. */
  batchSlots(): Promise<number | undefined>;
  /** The jobs of the account, or all. */
  runningJobs(account?: string): Promise<readonly RunningJob[]>;
  /** What the job's workflow was started with; undefined when there is none. Rejects with ServiceUnavailable. */
  jobInput(jobId: string): Promise<JobInput | undefined>;
  isRunning(jobId: string): Promise<boolean>;
  /** Whether a job that has ended came to know its tasks. */
  hadTasks(jobId: string): Promise<boolean>;
  /** Starts the dispatcher when there is none. */
  tellDispatcher(message: DispatchMessage): Promise<void>;
  /** Whether all jobs of the account are paused. Rejects with ServiceUnavailable. */
  isAllPaused(account: string): Promise<boolean>;
  /** To a job that has not ended: all are paused, or go on. */
  tellPause(jobId: string, paused: boolean, reason: string | undefined): Promise<void>;
  /** False when the job has ended. */
  tellShare(jobId: string, message: ShareMessage): Promise<boolean>;
}
