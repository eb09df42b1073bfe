import type { JobRequest, Workspace } from './job';
import type { OperationPlan } from './plan';

/** What Temporal does when a run is due while the former one is still going (Temporal's ScheduleOverlapPolicy). */
export const OVERLAP_POLICIES = ['Skip', 'BufferOne', 'BufferAll', 'CancelOther', 'TerminateOther', 'AllowAll'] as const;
export type OverlapPolicy = (typeof OVERLAP_POLICIES)[number];

/** A job request without its token: every run makes its own. Without the manifest's ETag, the present one is taken at each run. */
export type JobTemplate = Omit<JobRequest, 'ClientRequestToken' | 'Manifest'> & {
  readonly Manifest: Omit<JobRequest['Manifest'], 'Location'> & {
    readonly Location: Omit<JobRequest['Manifest']['Location'], 'ETag'> & { readonly ETag?: string };
  };
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
