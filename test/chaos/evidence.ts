/** What was seen of a seed: all that the oracle knows. Plain data, so that its tests can make it up. */
import type { JobStatus } from '../../contracts/job';
import type { ReportRow } from '../support/stack/report';
import type { SeenWrite } from './fault-proxy';
import type { ManifestRow } from './rows';
import type { Command, JobPlan } from './script';

/** Counters and status as a face of the API showed them. */
export interface Poll {
  /** When the answer was there, ms. */
  readonly at: number;
  readonly face: 'rest' | 's3control';
  readonly status: JobStatus;
  /** Shown by REST only. */
  readonly pausedBy?: 'user' | 'priority' | 'all';
  readonly total?: number;
  readonly succeeded: number;
  readonly failed: number;
}

export interface SentCommand {
  readonly command: Command;
  readonly sentAt: number;
  readonly doneAt: number;
  /** `unclear`: no answer, or one that says that it may pass. */
  readonly outcome: 'accepted' | 'refused' | 'unclear';
  readonly detail?: string;
}

/**
 * As the store has it. `done`: as a succeeded task leaves it. `undone`: as it was before. `broken`: neither, so that something
 * of the object is lost.
 */
export type ObjectState = 'done' | 'undone' | 'broken';

export interface JobEvidence {
  readonly plan: JobPlan;
  readonly jobId: string;
  readonly rows: readonly ManifestRow[];
  /** By key. */
  readonly states: ReadonlyMap<string, ObjectState>;
  /** In order: each was asked for when the one before it had been answered. */
  readonly polls: readonly Poll[];
  readonly commands: readonly SentCommand[];
  /** Each that it had, from its history. */
  readonly statuses: readonly JobStatus[];
  readonly end: {
    readonly status: JobStatus;
    readonly succeeded: number;
    readonly failed: number;
    readonly pending: number;
    readonly total?: number;
    readonly priority: number;
    readonly tags: readonly { readonly Key: string; readonly Value: string }[];
    readonly failureReasons: readonly string[];
  };
  /** Absent: none was written. */
  readonly report?: readonly ReportRow[];
  /** Requests of workers and API that change one of its objects. */
  readonly writes: readonly SeenWrite[];
}

export interface SeedEvidence {
  readonly jobs: readonly JobEvidence[];
  /** Ids of all jobs of the seed that the API lists. */
  readonly listedJobs: readonly string[];
  /** Bucket and key with ETag and time of what nobody has any business with, before and after; buckets too. */
  readonly bystanders: { readonly before: readonly string[]; readonly after: readonly string[] };
  /** Keys in source and target that no job should have made. */
  readonly strangers: readonly string[];
  readonly uploadsLeft: readonly string[];
  /** Answers of the API that say that it has a defect, and processes that ended by themselves. */
  readonly defects: readonly string[];
  /** Jobs that were left alone for a minute and did nothing. */
  readonly idle: readonly string[];
}
