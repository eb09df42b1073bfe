import type { JobInput, JobMemo, JobRequest, Workspace } from '../../contracts/job';
import { jobFolder, jobMemo } from '../../contracts/job-start';
import type { OperationPlan } from '../../contracts/plan';
import { jobIdFor, requestDigest } from './job-identity';

/** What the configuration and the operations add to a request. */
export interface JobInputParts {
  /** From the operation's parameters to its plan: operations/index. */
  readonly planOperation: (operation: JobRequest['Operation']) => OperationPlan;
  /** Region in job ARNs. */
  readonly region: string;
  /** Drover's own bucket, and the prefix under which every job gets a folder. */
  readonly workspace: Workspace;
  /** Names of the configured targets that are told of a job of this account: notifications/targets. */
  readonly notifyTargets: (account: string) => readonly string[];
}

/** What a job's workflow is started with. `request` is validated, `now` in ms. Pure. */
export function buildJobInput(
  account: string,
  request: JobRequest,
  parts: JobInputParts,
  now: number,
): { readonly input: JobInput; readonly memo: JobMemo } {
  const jobId = jobIdFor(account, request.ClientRequestToken);
  const input: JobInput = {
    jobId,
    account,
    request,
    plan: parts.planOperation(request.Operation),
    workspace: jobFolder(parts.workspace, jobId),
    createdAt: new Date(now).toISOString(),
    region: parts.region,
    ...notifyMember(request, parts.notifyTargets(account)),
  };
  return { input, memo: jobMemo(input, requestDigest(request)) };
}

/** Absent when nobody is to be told: such a job starts no notifier. */
function notifyMember(
  { NotificationUrl }: Pick<JobRequest, 'NotificationUrl'>,
  targets: readonly string[],
): Pick<JobInput, 'notify'> {
  return targets.length > 0 || NotificationUrl !== undefined ? { notify: targets } : {};
}
