import { isAccessPoint, parseS3Arn } from '../contracts/arn';
import { defined } from '../contracts/defined';
import { DroverError } from '../contracts/engine/failures';
import { uploadedManifest } from '../contracts/uploaded-manifest';
import type { ObjectRef, ObjectStore } from '../storage/object-store';
import type { SourceContext } from './sources/source';

interface ManifestReaders extends Pick<SourceContext, 'storeFor' | 'account'> {
  /** Absent: nothing that was sent to the API is asked for. */
  readonly workspace?: SourceContext['workspace'] | undefined;
}

/**
 * Where a manifest lies, and who reads it: the job's role, or Drover itself what the job's account has sent to the API. Throws
 * ManifestNotFound for an ARN that names no object, and what the role's stores throw.
 */
export function storeOfManifest(
  { ObjectArn, ObjectVersionId }: { readonly ObjectArn: string; readonly ObjectVersionId?: string | undefined },
  { storeFor, account, workspace }: ManifestReaders,
): { readonly store: ObjectStore; readonly ref: ObjectRef } {
  if (isAccessPoint(ObjectArn)) {
    const message = `The manifest is named by an access point, and these are not supported: ${ObjectArn}. Name the bucket`;
    throw new DroverError('ManifestNotFound', message);
  }
  const { bucket, key } = parseS3Arn(ObjectArn) ?? {};
  if (bucket === undefined || key === undefined) {
    throw new DroverError('ManifestNotFound', `The manifest ARN names no object: ${ObjectArn}`);
  }
  const isUploaded = workspace !== undefined && uploadedManifest(workspace, account, ObjectArn) !== undefined;
  const store = isUploaded ? workspace.store : storeFor(bucket);
  return { store, ref: { bucket, key, ...defined({ versionId: ObjectVersionId }) } };
}
