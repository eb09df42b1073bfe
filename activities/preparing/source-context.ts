import type { JobRef, ListAs } from '../../contracts/engine/activities';
import { folderOfJobs } from '../../contracts/engine/job-start';
import { filtersOf, type FormerJob, selectByStoreOf, type SourceContext, type SourceMeter } from '../../manifests';
import { rowCondition } from '../../operations/composing/row-condition';
import { takenByRule } from '../../operations/replicating/taken-by-rule';
import type { ObjectStore, RoleStores, Stores } from '../../storage/object-store';
import type { Fleet } from '../dependencies';
import type { JobSpec } from '../job-spec';

/** A source, and a manifest that is read in place, are read under the job's role. */
export function sourceContext(
  stores: Stores,
  { request, account, createdAt, plan }: JobSpec,
  job: JobRef,
  signal: AbortSignal,
  {
    fleet,
    listAs = {},
    meter,
  }: { readonly fleet?: Fleet; readonly listAs?: ListAs; readonly meter?: SourceMeter } = {},
): SourceContext {
  let role: RoleStores | undefined;
  const storeFor = (bucket: string): ObjectStore =>
    (role ??= stores.forRole(request.RoleArn, account)).storeFor(bucket, 'read');
  return {
    storeFor,
    workspace: { ...folderOfJobs(job.workspace, job.jobId), store: stores.workspace() },
    account,
    batchRows: plan.batchRows,
    isFiltered: filtersOf(request).length > 0,
    ...selectByStoreOf(request),
    nowMs: Date.parse(createdAt),
    formerJob: async (jobId) => fleet && formerJob(fleet, account, jobId),
    isTakenByRule: takenByRule(storeFor, signal),
    condition: (when) => rowCondition(when, new Date(createdAt), storeFor, signal),
    listAs,
    ...(meter && { meter }),
    signal,
  };
}

async function formerJob(fleet: Fleet, account: string, jobId: string): Promise<FormerJob | undefined> {
  const input = await fleet.jobInput(jobId);
  if (input?.account !== account) return undefined;
  const isRunning = await fleet.isRunning(jobId);
  return { request: input.request, isRunning, hadTasks: () => fleet.hadTasks(jobId) };
}
