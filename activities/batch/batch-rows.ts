import type { RunBatchInput } from '../../contracts/activities';
import { parseS3Arn } from '../../contracts/arn';
import type { JobManifest } from '../../contracts/job';
import { workspaceKeys } from '../../contracts/naming';
import { decodeBatchRange, indexRange, manifestRefusal, type ManifestRow, parseBatch } from '../../manifests';
import type { RoleStores, Stores } from '../../storage/object-store';
import type { JobSpec } from '../job-spec';

/** The rows of one batch: 16 bytes of the index say which bytes of the manifest they are. */
export async function readBatchRows(
  stores: Stores,
  role: RoleStores,
  input: Pick<RunBatchInput, 'workspace' | 'batch'>,
  spec: JobSpec,
  signal: AbortSignal,
): Promise<ManifestRow[]> {
  const index = { bucket: input.workspace.bucket, key: workspaceKeys.index(input.workspace.prefix) };
  const offsets = await stores.workspace().read(index, { range: indexRange(input.batch), signal });
  const bytes = await readManifest(role, spec.request.Manifest, decodeBatchRange(offsets), signal);
  return parseBatch(bytes, spec.request.Manifest.Spec.Fields, input.batch * spec.plan.batchRows);
}

/** A manifest that changed under way must not be mixed with the one that was counted: the ETag holds for every range. */
async function readManifest(
  role: RoleStores,
  manifest: JobManifest,
  range: { readonly start: number; readonly end: number },
  signal: AbortSignal,
): Promise<Buffer> {
  const { ObjectArn, ETag, ObjectVersionId } = manifest.Location;
  const { bucket = '', key = '' } = parseS3Arn(ObjectArn) ?? {};
  const ref = { bucket, key, ...(ObjectVersionId === undefined ? {} : { versionId: ObjectVersionId }) };
  try {
    return await role.storeFor(bucket, 'read').read(ref, { range, ifMatch: ETag, signal });
  } catch (error) {
    throw manifestRefusal(error, ObjectArn, ObjectVersionId);
  }
}
