import { Context } from '@temporalio/activity';
import type { ResolvedManifest, ResolveManifestInput } from '../contracts/activities';
import { parseS3Arn } from '../contracts/arn';
import { DroverError } from '../contracts/failures';
import { StoreError } from '../storage/store-error';
import type { ActivityDependencies } from './dependencies';

/** Looks the manifest of a scheduled job up, under the job's role: what is there now is what the run works through. */
export function resolveManifestActivity({ stores }: ActivityDependencies) {
  return async function resolveManifest(input: ResolveManifestInput): Promise<ResolvedManifest> {
    const { account, roleArn, objectArn, versionId } = input;
    const { bucket, key } = parseS3Arn(objectArn) ?? {};
    if (bucket === undefined || key === undefined) {
      throw new DroverError('ManifestNotFound', `The manifest ARN names no object: ${objectArn}`);
    }
    const store = stores.forRole(roleArn, account).storeFor(bucket, 'read');
    try {
      const ref = { bucket, key, ...(versionId === undefined ? {} : { versionId }) };
      const { etag } = await store.headObject(ref, { signal: Context.current().cancellationSignal });
      return { etag };
    } catch (error) {
      throw explained(error, objectArn);
    }
  };
}

function explained(error: unknown, manifestArn: string): unknown {
  if (!(error instanceof StoreError)) return error;
  const cause = { cause: error };
  switch (error.httpStatus) {
    case 403:
      return new DroverError('ManifestAccessDenied', `The role may not read the manifest ${manifestArn}`, cause);
    case 404:
      return new DroverError('ManifestNotFound', `There is no manifest ${manifestArn} now that the run is due`, cause);
    default:
      return error;
  }
}
