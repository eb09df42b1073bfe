import type { DispatchMessage, ShareMessage } from '../contracts/engine/messages';
import type { JobInput, Workspace } from '../contracts/job';
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
  /** Rejects for a priority, or one more job, that the configuration does not let the account have. */
  readonly admit: (account: string, priority: number) => Promise<void>;
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
}

/** The workers and jobs of this installation's task queues, as Temporal knows them. */
export interface Fleet {
  /** Batches that all workers together run at a time; undefined when none has shown itself lately. */
  batchSlots(): Promise<number | undefined>;
  runningJobs(): Promise<readonly RunningJob[]>;
  /** What the job's workflow was started with; undefined when there is none. Rejects with ServiceUnavailable. */
  jobInput(jobId: string): Promise<JobInput | undefined>;
  isRunning(jobId: string): Promise<boolean>;
  /** Starts the dispatcher when there is none. */
  tellDispatcher(message: DispatchMessage): Promise<void>;
  /** False when the job has ended. */
  tellShare(jobId: string, message: ShareMessage): Promise<boolean>;
}
