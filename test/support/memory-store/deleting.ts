/** DeleteObject and DeleteObjects of the in-memory store. */
import { defined } from '../../../contracts/defined';
import { refuseClimbing } from '../../../storage/climbing-keys';
import type { DeletedKeys, DeletedObject, DeleteObjectInput, DeleteObjectsInput } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import type { MemoryBucket } from './bucket';
import { matches } from './describe';
import { checkBypass, checkDeletable } from './lock';
import { malformedXml, preconditionFailed, refusal } from './refusals';

const KEYS_PER_REQUEST_MAX = 1_000;

type One = Pick<DeleteObjectInput, 'Key' | 'VersionId' | 'IfMatch' | 'BypassGovernanceRetention'>;

export function deleteObject(bucket: MemoryBucket, input: One, now: Date): DeletedObject {
  const { Key = '', VersionId, IfMatch, BypassGovernanceRetention: bypass } = input;
  checkBypass(bypass, bucket.objectLock);
  const versions = bucket.versions(Key);
  const newest = versions.at(-1);
  if (IfMatch !== undefined) {
    if (newest === undefined) throw refusal('NoSuchKey', 404, 'The specified key does not exist.');
    if (newest.deleteMarker || !matches(newest, IfMatch)) throw preconditionFailed();
  }
  const version = versions.find(({ versionId }) => versionId === VersionId);
  if (version) checkDeletable(version, bypass ?? false, now);
  return { httpStatus: 204, ...bucket.remove(Key, now, VersionId) };
}

/** `refused`: the error of keys that a test wants refused. */
export function deleteObjects(
  bucket: MemoryBucket,
  input: DeleteObjectsInput,
  now: Date,
  refused: (key: string) => StoreError | undefined,
): DeletedKeys {
  const objects = input.Delete?.Objects ?? [];
  if (objects.length === 0 || objects.length > KEYS_PER_REQUEST_MAX) throw malformedXml();
  checkBypass(input.BypassGovernanceRetention, bucket.objectLock);
  const deleted: DeletedKeys['deleted'][number][] = [];
  const errors: DeletedKeys['errors'][number][] = [];
  for (const { Key, VersionId, ETag } of objects) {
    const at = { key: Key ?? '', ...defined({ versionId: VersionId }) };
    try {
      refuseClimbing({ Key, VersionId });
      const wanted = refused(at.key);
      if (wanted) throw wanted;
      const { BypassGovernanceRetention } = input;
      deleteObject(bucket, { Key, VersionId, IfMatch: ETag, BypassGovernanceRetention }, now);
      if (!input.Delete?.Quiet) deleted.push(at);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      errors.push({ ...at, code: error.code, message: error.message });
    }
  }
  return { deleted, errors };
}
