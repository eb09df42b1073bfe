import { Context } from '@temporalio/activity';
import type { ResolvedManifest, ResolveManifestInput } from '../contracts/activities';
import { parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import { uploadedManifest } from '../contracts/uploaded-manifest';
import { manifestEtag } from '../manifests';
import type { ActivityDependencies } from './dependencies';

/** Looks the manifest of a scheduled job up, under the job's role: what is there now is what the run works through. */
export function resolveManifestActivity({ stores }: ActivityDependencies) {
  return async function resolveManifest(input: ResolveManifestInput): Promise<ResolvedManifest> {
    const { account, roleArn, objectArn, versionId, workspace } = input;
    const { bucket, key } = parseS3Arn(objectArn) ?? {};
    if (bucket === undefined || key === undefined) {
      throw new DroverError('ManifestNotFound', `The manifest ARN names no object: ${objectArn}`);
    }
    const isUploaded = workspace !== undefined && uploadedManifest(workspace, account, objectArn) !== undefined;
    const store = isUploaded ? stores.workspace() : stores.forRole(roleArn, account).storeFor(bucket, 'read');
    const ref = { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
    const options = { signal: Context.current().cancellationSignal };
    return { etag: await manifestEtag(store, ref, objectArn, options) };
  };
}
