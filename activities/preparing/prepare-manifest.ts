import { parseS3Arn } from '../../contracts/arn';
import type { PlannedSource, PreparedManifest, PrepareManifestInput } from '../../contracts/engine/activities';
import { DroverError } from '../../contracts/engine/failures';
import { workspaceKeys } from '../../contracts/engine/naming';
import type { JobReport } from '../../contracts/job';
import { sourceText } from '../../contracts/text/source-text';
import {
  encodeIndex,
  manifestInPlace,
  type ManifestSummary,
  NO_COUNTS,
  planSource,
  type ScanProgress,
  toldCounts,
} from '../../manifests';
import { reportRefusal } from '../../reports';
import type { ObjectStore, RoleStores } from '../../storage/object-store';
import { ofWorkspace } from '../batch/of-workspace';
import type { ActivityDependencies } from '../dependencies';
import type { JobSpecs } from '../job-spec';
import { type Leased, underLease } from '../lease';
import { checkNamedBuckets, precheckOperation } from '../precheck';
import { checkSomeAllowed, refusedRows } from './refused-rows';
import { scanInPlace } from './scan-in-place';
import { sourceContext } from './source-context';
import { SourceStore } from './source-store';

/**
 * Looks whether the job can be carried out at all, and reads its manifest: a plain CSV file, once and in place, so that the byte
 * offset of each batch lies in the workspace then. Every other source is cut into parts, which are read side by side.
 */
export function prepareManifestActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function prepareManifest(input: PrepareManifestInput): Promise<PreparedManifest | PlannedSource> {
    // Not waited for: the job says it again when it is ready.
    if (input.announce) dependencies.fleet.tellDispatcher(input.announce).catch(() => undefined);
    let seen: ScanProgress = { rows: 0, bytes: 0 };
    const onProgress = (progress: ScanProgress): void => void (seen = progress);
    const work = (leased: Leased) => prepare(dependencies, specs, input, leased, onProgress);
    return underLease(dependencies, input.jobId, work, {
      details: () => ({ preparing: toldCounts({ ...NO_COUNTS, ...seen, read: seen.rows }) }),
    });
  };
}

async function prepare(
  dependencies: ActivityDependencies,
  specs: JobSpecs,
  input: PrepareManifestInput,
  { stores, signal }: Leased,
  onProgress: (progress: ScanProgress) => void,
): Promise<PreparedManifest | PlannedSource> {
  const spec = await specs.load(input);
  const role = stores.forRole(spec.request.RoleArn, spec.account);
  await checkReportBucket(role, spec.request.Report);
  await checkNamedBuckets(role, spec, signal);
  const context = sourceContext(stores, spec, input, signal, {
    fleet: dependencies.fleet,
    ...(input.listAs && { listAs: input.listAs }),
  });
  const inPlace = manifestInPlace(spec.request);
  const summary = inPlace && (await scanInPlace(inPlace, context, onProgress));
  if (summary === undefined) {
    const plan = await planSource(spec.request, context);
    await new SourceStore(stores.workspace(), input.workspace, plan.id, signal).putParts(plan);
    const { files } = plan;
    return { parts: plan.parts.length, plan: plan.id, ...(files !== undefined && { files }) };
  }
  const refused = refusedRows(role, spec.operation(), summary.buckets);
  checkSomeAllowed(refused, summary.rows, sourceText(spec.request).text);
  await saveIndex(stores.workspace(), input, summary);
  await precheckOperation(stores, role, input, spec, signal);
  return {
    totalTasks: summary.rows,
    batches: summary.offsets.length - 1,
    ...(refused.rows > 0 && { refusedRows: refused.rows }),
  };
}

/** AWS finds out at the end; a job whose report can't be written had better not begin. */
async function checkReportBucket(role: RoleStores, report: JobReport): Promise<void> {
  if (!report.Enabled || report.Bucket === undefined) return;
  const bucket = parseS3Arn(report.Bucket)?.bucket;
  if (bucket !== undefined && (await isThere(role.storeFor(bucket, 'write'), bucket))) return;
  throw new DroverError(
    'ReportNotWritable',
    `The report bucket ${report.Bucket} does not exist, or the job role may not see it.`,
  );
}

async function isThere(store: ObjectStore, bucket: string): Promise<boolean> {
  try {
    return await store.bucketExists(bucket);
  } catch (error) {
    throw reportRefusal(error, bucket);
  }
}

async function saveIndex(workspace: ObjectStore, input: PrepareManifestInput, summary: ManifestSummary): Promise<void> {
  const ref = { bucket: input.workspace.bucket, key: workspaceKeys.index(input.workspace.prefix) };
  await ofWorkspace(
    workspace.put(ref, encodeIndex(summary.offsets)),
    `the index of the manifest (bucket ${ref.bucket})`,
  );
}
