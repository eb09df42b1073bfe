import type { PrepareManifestInput, PreparedManifest } from '../contracts/activities';
import { parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import type { JobReport } from '../contracts/job';
import { workspaceKeys } from '../contracts/naming';
import { encodeIndex, type ManifestSummary, scanCsv } from '../manifests';
import type { ObjectStore, RoleStores } from '../storage/object-store';
import { StoreError } from '../storage/store-error';
import type { ActivityDependencies } from './dependencies';
import type { JobSpec, JobSpecs } from './job-spec';
import { underLease } from './lease';
import { manifestError } from './manifest-error';
import { precheckOperation } from './precheck';

/** Reads the manifest once, checks every row's shape, and leaves the byte offset of each batch in the workspace. */
export function prepareManifestActivity(dependencies: ActivityDependencies, specs: JobSpecs) {
  return async function prepareManifest(input: PrepareManifestInput): Promise<PreparedManifest> {
    // Not waited for: the job says it again when it is ready.
    if (input.announce) dependencies.fleet.tellDispatcher(input.announce).catch(() => undefined);
    let rows = 0;
    return underLease(
      dependencies,
      input.jobId,
      async ({ stores, signal }) => {
        const spec = await specs.load(input);
        const role = stores.forRole(spec.request.RoleArn, spec.account);
        await checkReportBucket(role, spec.request.Report);
        const summary = await scanManifest(role, spec, (seen) => (rows = seen), signal);
        await saveIndex(stores.workspace(), input, summary);
        await precheckOperation(stores, role, input, spec, signal);
        return { totalTasks: summary.rows, batches: summary.offsets.length - 1 };
      },
      () => ({ rows }),
    );
  };
}

/** AWS finds out at the end; a job whose report can't be written had better not begin. */
async function checkReportBucket(role: RoleStores, report: JobReport): Promise<void> {
  if (!report.Enabled || report.Bucket === undefined) return;
  const bucket = parseS3Arn(report.Bucket)?.bucket;
  if (bucket === undefined || !(await role.storeFor(bucket, 'write').bucketExists(bucket))) {
    throw new DroverError(
      'ReportNotWritable',
      `The report bucket ${report.Bucket} does not exist, or the job role may not see it.`,
    );
  }
}

async function scanManifest(
  role: RoleStores,
  { request, plan }: JobSpec,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<ManifestSummary> {
  const { Location, Spec } = request.Manifest;
  const { bucket, key } = parseS3Arn(Location.ObjectArn) ?? {};
  if (bucket === undefined || key === undefined) {
    throw new DroverError('ManifestNotFound', `The manifest ARN names no object: ${Location.ObjectArn}`);
  }
  const ref = {
    bucket,
    key,
    ...(Location.ObjectVersionId === undefined ? {} : { versionId: Location.ObjectVersionId }),
  };
  try {
    const { body } = await role.storeFor(bucket, 'read').readStream(ref, { ifMatch: Location.ETag, signal });
    return await scanCsv(body, {
      fields: Spec.Fields,
      batchRows: plan.batchRows,
      onProgress: (progress) => {
        onRows(progress.rows);
      },
    });
  } catch (error) {
    throw manifestError(error, Location.ObjectArn);
  }
}

async function saveIndex(workspace: ObjectStore, input: PrepareManifestInput, summary: ManifestSummary): Promise<void> {
  const ref = { bucket: input.workspace.bucket, key: workspaceKeys.index(input.workspace.prefix) };
  try {
    await workspace.put(ref, encodeIndex(summary.offsets));
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown || error.httpStatus >= 500) throw error;
    throw new DroverError(
      'WorkspaceNotWritable',
      `The workspace can't be written: ${error.code} (bucket ${ref.bucket})`,
      { cause: error },
    );
  }
}
