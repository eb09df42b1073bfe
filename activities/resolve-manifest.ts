import { Context } from '@temporalio/activity';
import type { ResolvedManifest, ResolveManifestInput } from '../contracts/engine/activities';
import { manifestEtag, storeOfManifest } from '../manifests';
import type { ActivityDependencies } from './dependencies';

/** Looks the manifest of a scheduled job up, under the job's role: what is there now is what the run works through. */
export function resolveManifestActivity({ stores }: ActivityDependencies) {
  return async function resolveManifest(input: ResolveManifestInput): Promise<ResolvedManifest> {
    const { account, roleArn, objectArn, versionId, workspace } = input;
    const location = { ObjectArn: objectArn, ObjectVersionId: versionId };
    const { store, ref } = storeOfManifest(location, {
      account,
      storeFor: (bucket) => stores.forRole(roleArn, account).storeFor(bucket, 'read'),
      workspace: workspace && { ...workspace, store: stores.workspace() },
    });
    const options = { signal: Context.current().cancellationSignal };
    return { etag: await manifestEtag(store, ref, objectArn, options) };
  };
}
