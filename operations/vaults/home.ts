import type { Task } from '../../contracts/engine/outcome';
import type { ObjectProperties, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { targetKeyOf, type TargetKeyParameters } from '../common/target-key';
import { archiveOf, type ArchiveRow } from './archive-row';

/** User metadata of archives that came home. */
export const METADATA = {
  vault: 'glacier-vault',
  archiveId: 'glacier-archive-id',
  createdAt: 'glacier-creation-date',
  treeHash: 'glacier-sha256-tree-hash',
  /** In its place, where the bytes have another one. */
  wrongTreeHash: 'glacier-tree-hash-not-met',
  description: 'glacier-archive-description',
} as const;

/** Where an archive goes. */
export interface Home {
  readonly store: ObjectStore;
  readonly bucket: string;
  readonly key: string;
}

/** The key of an archive's object. `{versionId}` is the archive's id. */
export function archiveKeyOf(given: TargetKeyParameters, createdAt: Date): (task: Task) => string {
  const keyOf = targetKeyOf(given, createdAt);
  return (task) => keyOf({ ...task, versionId: archiveOf(task).archiveId });
}

/** What is there; undefined when nothing is. Rejects with `StoreError`. */
export async function objectAt(
  { store, bucket, key }: Home,
  signal: AbortSignal,
): Promise<ObjectProperties | undefined> {
  try {
    return await store.describeObject({ Bucket: bucket, Key: key }, { signal, plainNotFound: true });
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}

/** Whether an object is the archive, by what Drover has written beside it when its hash was right, and by its size. */
export function isArchive(object: ObjectProperties, { archiveId, bytes, treeHash }: ArchiveRow): boolean {
  const { metadata, contentLength } = object;
  const toldHash = metadata[METADATA.treeHash];
  return (
    metadata[METADATA.archiveId] === archiveId &&
    toldHash !== undefined &&
    (treeHash === undefined || treeHash === toldHash) &&
    (bytes === undefined || bytes === contentLength)
  );
}
