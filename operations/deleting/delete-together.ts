import { SUCCESSFUL, type TaskOutcome } from '../../contracts/engine/outcome';
import type { DeletedKeys, ObjectStore } from '../../storage/object-store';
import { type DeleteOptions, isGoneCode } from './delete-one';

export interface Entry {
  readonly Key: string;
  readonly VersionId?: string;
}

/** The same for the same object or version, and for no other: keys may have any character. */
export function entryName(key: string, versionId: string | undefined): string {
  return versionId === undefined ? `k${key}` : `v${versionId.length}:${versionId}${key}`;
}

/**
 * One DeleteObjects for up to 1,000 entries that differ. Resolves with their outcomes, by `entryName`. There is none for
 * what the answer does not name, and none for an error that has another status elsewhere or may pass: of these nobody knows
 * until they are asked for singly. Rejects when the request as a whole failed.
 */
export async function deleteTogether(
  store: ObjectStore,
  bucket: string,
  entries: readonly Entry[],
  { bypassGovernance, signal }: DeleteOptions,
): Promise<Map<string, TaskOutcome>> {
  const Delete = { Objects: entries as Entry[], Quiet: false };
  const bypass = bypassGovernance ? { BypassGovernanceRetention: true } : {};
  const { deleted, errors } = await store.deleteObjects({ Bucket: bucket, Delete, ...bypass }, { signal });
  const outcomes = new Map<string, TaskOutcome>();
  for (const { key, versionId } of deleted) outcomes.set(entryName(key, versionId), SUCCESSFUL);
  for (const error of errors) settleError(outcomes, error);
  return outcomes;
}

/** Errors in a 200 have no status; this one is common, and always the same. */
function settleError(outcomes: Map<string, TaskOutcome>, error: DeletedKeys['errors'][number]): void {
  const name = entryName(error.key, error.versionId);
  if (isGoneCode(error.code)) {
    outcomes.set(name, SUCCESSFUL);
  } else if (error.code === 'AccessDenied') {
    outcomes.set(name, { status: 'failed', httpStatus: 403, errorCode: error.code, message: error.message });
  } else {
    outcomes.delete(name);
  }
}
