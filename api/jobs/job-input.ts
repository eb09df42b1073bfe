import { jobFolder, jobMemo } from '../../contracts/engine/job-start';
import type { OperationPlan } from '../../contracts/engine/plan';
import type { JobInput, JobMemo, JobRequest, Workspace } from '../../contracts/job';
import { jobIdFor, requestDigest } from './job-identity';

/** The configuration adds these to a request. */
export interface JobInputParts {
  /** Silence after which a batch's worker counts as dead. */
  readonly heartbeatTimeoutMs: number;
  /** Region in job ARNs. */
  readonly region: string;
  /** Drover's own bucket, and the prefix under which every job gets a folder. */
  readonly workspace: Workspace;
  /** Names of the configured targets that get the events of this account's jobs: notifications/targets. */
  readonly notifyTargets: (account: string) => readonly string[];
}

/** A request that has been checked, and the plan of its operation. */
export interface PlannedRequest {
  readonly request: JobRequest;
  readonly plan: OperationPlan;
}

/** Input and memo of a job's workflow. `now` in ms. Pure. */
export function buildJobInput(
  account: string,
  { request, plan }: PlannedRequest,
  parts: JobInputParts,
  now: number,
): { readonly input: JobInput; readonly memo: JobMemo } {
  const jobId = jobIdFor(account, request.ClientRequestToken);
  const input: JobInput = {
    jobId,
    account,
    request,
    plan: { ...plan, heartbeatTimeoutMs: parts.heartbeatTimeoutMs },
    workspace: jobFolder(parts.workspace, jobId),
    createdAt: new Date(now).toISOString(),
    region: parts.region,
    ...notifyMember(request, parts.notifyTargets(account)),
  };
  return { input, memo: jobMemo(input, requestDigest(request)) };
}

/** Absent when there is no target: such a job starts no notifier. */
function notifyMember(
  { NotificationUrl }: Pick<JobRequest, 'NotificationUrl'>,
  targets: readonly string[],
): Pick<JobInput, 'notify'> {
  return targets.length > 0 || NotificationUrl !== undefined ? { notify: targets } : {};
}
