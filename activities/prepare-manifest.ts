import type { PrepareManifestInput, PreparedManifest } from '../contracts/activities';
import { isAccessPoint, parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import type { JobReport } from '../contracts/job';
import { workspaceKeys } from '../contracts/naming';
import { encodeIndex, manifestRefusal, type ManifestSummary, scanCsv } from '../manifests';
import { reportRefusal } from '../reports';
import type { ObjectStore, RoleStores } from '../storage/object-store';
import type { ActivityDependencies } from './dependencies';
import { ofWorkspace } from './batch/of-workspace';
import type { JobSpec, JobSpecs } from './job-spec';
import { underLease } from './lease';
import { checkNamedBuckets, precheckOperation } from './precheck';

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
        await checkNamedBuckets(role, spec, signal);
        const summary = await scanManifest(role, spec, (seen) => (rows = seen), signal);
        await saveIndex(stores.workspace(), input, summary);
        await precheckOperation(stores, role, input, spec, signal);
        return { totalTasks: summary.rows, batches: summary.offsets.length - 1 };
      },
      { details: () => ({ rows }) },
    );
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

async function scanManifest(
  role: RoleStores,
  { request, plan }: JobSpec,
  onRows: (rows: number) => void,
  signal: AbortSignal,
): Promise<ManifestSummary> {
  const { Location, Spec } = request.Manifest;
  if (isAccessPoint(Location.ObjectArn)) {
    const message = `The manifest is named by an access point, and these are not supported: ${Location.ObjectArn}. Name the bucket`;
    throw new DroverError('ManifestNotFound', message);
  }
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
    throw manifestRefusal(error, Location.ObjectArn, Location.ObjectVersionId);
  }
}

async function saveIndex(workspace: ObjectStore, input: PrepareManifestInput, summary: ManifestSummary): Promise<void> {
  const ref = { bucket: input.workspace.bucket, key: workspaceKeys.index(input.workspace.prefix) };
  await ofWorkspace(
    workspace.put(ref, encodeIndex(summary.offsets)),
    `the index of the manifest (bucket ${ref.bucket})`,
  );
}
