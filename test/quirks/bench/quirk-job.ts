/** A whole job before a store with quirks: its activities one after the other, repeated as Temporal repeats them. */
import { ApplicationFailure } from '@temporalio/common';
import { createActivities } from '../../../activities';
import type { JobInput, JobManifest, JsonObject } from '../../../contracts/job';
import { parseOperation } from '../../../operations';
import { activityEnvironment } from '../../support/activity-environment';
import { reportRows, requestFor } from '../../support/job-fixture';
import { ACCOUNT, type QuirkBench } from './quirk-bench';

const ATTEMPTS_MAX = 5;
export const JOB_ID = '11111111-2222-3333-4444-555555555555';
export const WORKSPACE = { bucket: 'workspace', prefix: `jobs/${JOB_ID}/` };

export interface JobOptions {
  readonly operation: JsonObject;
  readonly manifest: string;
  readonly location?: Partial<JobManifest['Location']>;
}

export interface EndedJob {
  /** The reason that the job fails with. */
  readonly failure?: { readonly code: string; readonly message: string };
  /** Rows of the completion report. */
  readonly rows: readonly string[];
}

/** Manifest, report and workspace lie in `here`. */
export async function runJob(bench: QuirkBench, { operation, manifest, location }: JobOptions): Promise<EndedJob> {
  for (const bucket of ['manifests', 'reports', 'workspace']) bench.here.createBucket(bucket);
  const { etag } = bench.here.seed('manifests', 'manifest.csv', manifest);
  const request = requestFor(operation, { ETag: etag, ...location });
  const { plan } = parseOperation(operation);
  const createdAt = '2026-01-01T00:00:00Z';
  const input: JobInput = {
    jobId: JOB_ID,
    account: ACCOUNT,
    request,
    plan,
    workspace: WORKSPACE,
    createdAt,
    region: 'r',
  };
  const activities = activitiesOf(bench, input);
  const job = { jobId: JOB_ID, workspace: WORKSPACE };
  try {
    const prepared = await repeated(activities.prepareManifest, { ...job, createdAt, request, plan });
    const { batches } = 'batches' in prepared ? prepared : { batches: 0 };
    for (let batch = 0; batch < batches; batch += 1) await repeated(activities.runBatch, { ...job, batch });
    await repeated(activities.writeChunkReport, { ...job, range: { chunk: 0, firstBatch: 0, batches } });
    const { manifestKey } = await repeated(activities.writeReport, { ...job, chunks: 1 });
    return { rows: reportRows(bench.here, 'reports', manifestKey ?? '') };
  } catch (error) {
    if (!(error instanceof ApplicationFailure)) throw error;
    return { failure: { code: error.type ?? '', message: error.message }, rows: [] };
  }
}

export function activitiesOf(bench: QuirkBench, input: JobInput) {
  return createActivities({
    stores: bench.stores,
    fleet: {
      batchSlots: notHere,
      runningJobs: notHere,
      isRunning: notHere,
      hadTasks: notHere,
      jobInput: () => Promise.resolve(input),
      tellDispatcher: notHere,
      isAllPaused: notHere,
      tellPause: notHere,
      tellShare: notHere,
    },
    link: { silentMs: () => 0, recentSilenceMs: () => 0 },
    workspace: { bucket: WORKSPACE.bucket, prefix: 'jobs/' },
    admit: notHere,
    notifications: { deliver: notHere, close: () => Promise.resolve() },
  });
}

/** As Temporal repeats it, without the pauses. */
export async function repeated<I, O>(activity: (input: I) => Promise<O>, input: I): Promise<O> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await activityEnvironment({ attempt }).run(activity as (input: unknown) => Promise<O>, input);
    } catch (error) {
      const lasting = !(error instanceof ApplicationFailure) || error.nonRetryable;
      if (lasting || attempt === ATTEMPTS_MAX) throw error;
    }
  }
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('not in these tests'));
}
