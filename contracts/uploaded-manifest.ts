import { parseS3Arn } from './arn';
import type { Workspace } from './job';

/**
 * Manifests that were sent to the API lie in the workspace, below the account that sent them: `manifests/<account>/<name>.csv`.
 * No role may use the workspace, so these are read under Drover's own credentials, for jobs of that account alone.
 */

/** `workspace` is that of the configuration, not a job's folder in it. */
export function uploadedManifestKey(workspace: Workspace, account: string, name: string): string {
  return `${workspace.prefix}manifests/${account}/${name}.csv`;
}

/** All accounts' manifests. */
export function uploadedManifestsPrefix(workspace: Workspace): string {
  return `${workspace.prefix}manifests/`;
}

/** A note beside the manifest, whose age is that of the last use. */
export function uploadedManifestUse(manifestKey: string): string {
  return `${manifestKey}.used`;
}

export function isUploadedManifest(workspace: Workspace, key: string): boolean {
  const [account = '', name = '', ...more] = key.slice(uploadedManifestsPrefix(workspace).length).split('/');
  return key.startsWith(uploadedManifestsPrefix(workspace)) && account !== '' && NAME.test(name) && more.length === 0;
}

/** A SHA-256 of the content in hexadecimal, or a UUID. */
const NAME = /^(?:[0-9a-f]{64}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.csv$/;

/**
 * Where the manifest lies in the workspace when `arn` is that of one which this account has sent; undefined for anything else,
 * another account's included.
 */
export function uploadedManifest(
  workspace: Workspace,
  account: string,
  arn: string,
): { readonly key: string } | undefined {
  const { bucket, key = '' } = parseS3Arn(arn) ?? {};
  const folder = `${workspace.prefix}manifests/${account}/`;
  const isOwn = bucket === workspace.bucket && key.startsWith(folder) && NAME.test(key.slice(folder.length));
  return isOwn ? { key } : undefined;
}
