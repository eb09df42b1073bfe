import type { OperationPlan } from './engine/plan';
import type { JobManifest, JobRequest, JobStatus, Workspace } from './job';
import type { ManifestLocation } from './source';

/** What Temporal does when a run is due while the former one is still going (Temporal's ScheduleOverlapPolicy). */
export const OVERLAP_POLICIES = [
  'Skip',
  'BufferOne',
  'BufferAll',
  'CancelOther',
  'TerminateOther',
  'AllowAll',
] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** When runs are due: by cron or at an interval, one of both. */
export interface ScheduleSpec {
  /** One or more expressions as Temporal reads them: 5 fields, or 7 with seconds and year; a time that one of them matches is due. */
  readonly Cron?: readonly string[];
  /** IANA name; UTC when absent. */
  readonly TimeZone?: string;
  /** At all multiples of so many seconds since 1970. */
  readonly EverySeconds?: number;
  /** ISO 8601: nothing is due before and after. */
  readonly StartAt?: string;
  readonly EndAt?: string;
  /** Each run begins up to so much later, by chance. */
  readonly JitterSeconds?: number;
  /** Runs missed while Temporal was down are made up for when they are not older than this; a day when absent. */
  readonly CatchUpWindowSeconds?: number;
}

/** A job request without its token: every run makes its own. Without the manifest's ETag, the present one is taken at each run. */
export type JobTemplate = Omit<JobRequest, 'ClientRequestToken' | 'Manifest'> & {
  readonly Manifest?: Omit<JobManifest, 'Location'> & { readonly Location: ManifestLocation };
};

/** Input of the workflow that a schedule starts: everything of a job but what differs from run to run. */
export interface ScheduledJobInput {
  readonly scheduleId: string;
  readonly account: string;
  readonly template: JobTemplate;
  readonly plan: OperationPlan;
  /** Prefix of all jobs; each run gets a folder below it. */
  readonly workspace: Workspace;
  readonly region: string;
  readonly notify?: readonly string[];
}

/** How a run has ended, when it ended by itself. */
export interface ScheduledJobResult {
  readonly jobId: string;
  readonly status: JobStatus;
}

/** Memo of a run, for readers of the schedule. */
export interface ScheduledRunMemo {
  /** Absent until the manifest has been found. */
  readonly jobId?: string;
  /** Why the run has failed. */
  readonly failure?: { readonly code: string; readonly message: string };
}

/** Memo of a schedule in Temporal: what a list shows without looking at each. */
export interface ScheduleMemo {
  readonly account: string;
  readonly scheduleId: string;
  /** As given: Temporal itself keeps cron expressions only as it has understood them. */
  readonly spec: ScheduleSpec;
  readonly overlap: OverlapPolicy;
  readonly operation: string;
  /** ARN of the manifest, placeholders as they are. Absent: the template has another source. */
  readonly manifest?: string;
  /** In words, when it is no manifest. */
  readonly source?: string;
  readonly description?: string;
  /** ISO 8601. */
  readonly createdAt: string;
}

/** One schedule as REST and CLI show it. */
export interface ScheduleView {
  readonly scheduleId: string;
  readonly operation: string;
  /** ARN, placeholders as they are. Absent: the template has another source. */
  readonly manifest?: string;
  /** In words, when it is no manifest. */
  readonly source?: string;
  readonly description?: string;
  readonly spec: ScheduleSpec;
  readonly overlap: OverlapPolicy;
  readonly paused: boolean;
  readonly note?: string;
  /** All times: ISO 8601. */
  readonly createdAt: string;
  readonly nextRunTimes: readonly string[];
  readonly lastRunAt?: string;
}

/** One time that a schedule started its job. */
export interface ScheduleRun {
  /** When it was due: what date placeholders stand for. */
  readonly scheduledAt?: string;
  readonly startedAt: string;
  readonly endedAt?: string;
  /** Absent until the manifest has been found. */
  readonly jobId?: string;
  /** That of the job, and without one: New, Failed or Cancelled. */
  readonly status: JobStatus;
  readonly failure?: { readonly code: string; readonly message: string };
}
