import { isAccessPoint, parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import type { JobManifest } from '../contracts/job';
import { uploadedManifest } from '../contracts/uploaded-manifest';
import type { ObjectRef, ObjectStore } from '../storage/object-store';
import type { SourceContext } from './sources/source';

/**
 * Where a manifest lies, and who reads it: the job's role, or Drover itself what the job's account has sent to the API. Throws
 * ManifestNotFound for an ARN that names no object, and what the role's stores throw.
 */
export function storeOfManifest(
  { ObjectArn, ObjectVersionId }: Omit<JobManifest['Location'], 'ETag'>,
  context: Pick<SourceContext, 'storeFor' | 'workspace' | 'account'>,
): { readonly store: ObjectStore; readonly ref: ObjectRef } {
  if (isAccessPoint(ObjectArn)) {
    const message = `The manifest is named by an access point, and these are not supported: ${ObjectArn}. Name the bucket`;
    throw new DroverError('ManifestNotFound', message);
  }
  const { bucket, key } = parseS3Arn(ObjectArn) ?? {};
  if (bucket === undefined || key === undefined) {
    throw new DroverError('ManifestNotFound', `The manifest ARN names no object: ${ObjectArn}`);
  }
  const isUploaded = uploadedManifest(context.workspace, context.account, ObjectArn) !== undefined;
  const store = isUploaded ? context.workspace.store : context.storeFor(bucket);
  return { store, ref: { bucket, key, ...(ObjectVersionId !== undefined && { versionId: ObjectVersionId }) } };
}
