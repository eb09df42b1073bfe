import { CLIMBING, climbs } from '../contracts/object-key';
import { StoreError } from './store-error';

/** The members of any request that a store may make a path of. */
interface Named {
  readonly Key?: string | undefined;
  readonly VersionId?: string | undefined;
  readonly UploadId?: string | undefined;
  readonly Prefix?: string | undefined;
  /** As `copySource` makes it. */
  readonly CopySource?: string | undefined;
  readonly Delete?: { readonly Objects?: readonly Named[] | undefined } | undefined;
}

/**
 * Throws StoreError for a request that names what lies outside its bucket, on a store that takes keys for paths: versitygw 1.8
 * deletes it when DeleteObjects names it. The bucket is the boundary that a role is held to, so this is asked of every request.
 */
export function refuseClimbing(input: object): void {
  const { Key, VersionId, UploadId, Prefix, CopySource, Delete } = input as Named;
  if (isOutside(Key) || isOutside(Prefix)) throw climbingError(CLIMBING.message);
  if (isOutside(VersionId)) throw climbingError(CLIMBING.message.replace('key', 'version id'));
  if (isOutside(UploadId)) throw climbingError(CLIMBING.message.replace('key', 'upload id'));
  if (CopySource !== undefined && isSourceOutside(CopySource)) throw climbingError(`CopySource: ${CLIMBING.message}`);
  if (Delete?.Objects !== undefined) for (const each of Delete.Objects) refuseClimbing(each);
}

function isOutside(text: string | undefined): boolean {
  return text !== undefined && climbs(text);
}

/** Dots and slashes stand as they are in the encoded form; a backslash does not. */
function isSourceOutside(source: string): boolean {
  if (!source.includes('..')) return false;
  const [path = '', version = ''] = source.split('?versionId=');
  const slash = path.indexOf('/');
  return [path.slice(0, slash), path.slice(slash + 1), version].some((part) => climbs(decodeURIComponent(part)));
}

function climbingError(message: string): StoreError {
  return new StoreError(CLIMBING.errorCode, CLIMBING.httpStatus, message);
}
