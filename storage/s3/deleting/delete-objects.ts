import type { DeleteObjectsOutput } from '@aws-sdk/client-s3';
import { climbs, isBucketItself } from '../../../contracts/object-key';
import type { DeletedKeys, DeleteObjectsInput } from '../../object-store';
import { isNotImplemented } from '../../profile/refusals';
import type { StoreClient } from '../../profile/store-client';
import { StoreError } from '../../store-error';
import { S3_OPERATIONS } from '../s3-operations';
import { fitsXml } from '../xml-text';
import { readDeleteResult } from './delete-objects-xml';

type ObjectIdentifier = NonNullable<NonNullable<DeleteObjectsInput['Delete']>['Objects']>[number];

/**
 * Deletes all keys with one request, but for those that it is not safe for: these go by DeleteObject each. Rejects with 501 at once
 * where the store has refused the call before.
 */
export async function deleteObjects(
  client: StoreClient,
  input: DeleteObjectsInput,
  signal: AbortSignal | undefined,
): Promise<DeletedKeys> {
  if (input.Delete?.Quiet) {
    throw new StoreError('InvalidRequest', 400, 'Quiet answers do not tell which keys are deleted');
  }
  const objects = input.Delete?.Objects ?? [];
  if (!client.knowledge.profile.multiDelete) {
    throw new StoreError('NotImplemented', 501, 'The store does not know DeleteObjects');
  }
  const unfit = objects.filter((each) => !goesTogether(each));
  if (unfit.length === 0) return deleteFit(client, input, signal);
  const fit = objects.filter(goesTogether);
  const answers = await Promise.all([
    ...(fit.length === 0 ? [] : [deleteFit(client, { ...input, Delete: { Objects: fit } }, signal)]),
    ...unfit.map((each) => deleteAlone(client, input, each, signal)),
  ]);
  return {
    deleted: answers.flatMap(({ deleted }) => deleted),
    errors: answers.flatMap(({ errors }) => errors),
  };
}

/**
 * What no XML can carry makes stores refuse the whole request. A key with a backslash is said to be deleted and is still there
 * on a store that keeps keys as paths (SeaweedFS 4.48); its DeleteObject does delete it. A key that is the bucket as a path is looked
 * at by DeleteObject alone (versitygw 1.8). What climbs is refused, and would be so together with all others.
 */
function goesTogether({ Key = '', VersionId = '' }: ObjectIdentifier): boolean {
  if (!fitsXml(Key) || Key.includes('\\')) return false;
  return !climbs(Key) && !isBucketItself(Key) && !climbs(VersionId);
}

async function deleteFit(
  client: StoreClient,
  input: DeleteObjectsInput,
  signal: AbortSignal | undefined,
): Promise<DeletedKeys> {
  const { knowledge } = client;
  try {
    const answer = await deleteTogether(client, input, signal);
    knowledge.confirm('multiDelete');
    return knowledge.profile.confirmsDeletion ? answer : await looked(client, input, answer, signal);
  } catch (error) {
    const isUnknown = error instanceof StoreError && (isNotImplemented(error) || error.code === 'MethodNotAllowed');
    if (isUnknown && knowledge.isOpen('multiDelete')) knowledge.learn('multiDelete', false);
    throw error;
  }
}

/** For a store whose word for a key is no proof: what is still there is an error. */
async function looked(
  client: StoreClient,
  { Bucket = '', RequestPayer }: DeleteObjectsInput,
  { deleted, errors }: DeletedKeys,
  signal: AbortSignal | undefined,
): Promise<DeletedKeys> {
  const isThere = async ({ key, versionId }: DeletedKeys['deleted'][number]): Promise<boolean> => {
    const request = { Bucket, Key: key, VersionId: versionId, RequestPayer };
    try {
      await client.call(S3_OPERATIONS.headObject, Bucket, request, signal);
      return true;
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      // 405: the version is a delete marker, and is there.
      if (error.httpStatus === 404 || error.httpStatus === 405) return error.httpStatus === 405;
      throw error;
    }
  };
  const there = await Promise.all(deleted.map(isThere));
  const message = 'The store says that the key is deleted, and it is still there';
  return {
    deleted: deleted.filter((_, index) => !there[index]),
    errors: [
      ...errors,
      ...deleted.filter((_, index) => there[index]).map((each) => ({ ...each, code: 'NotDeleted', message })),
    ],
  };
}

async function deleteTogether(
  client: StoreClient,
  input: DeleteObjectsInput,
  signal: AbortSignal | undefined,
): Promise<DeletedKeys> {
  const operation = S3_OPERATIONS.deleteObjects;
  const answer = await client.call(operation, input.Bucket ?? '', input, signal);
  const result = readDeleteResult(answer.body.toString());
  if (result) return result;
  const { Deleted, Errors } = (await client.parse(operation, answer)) as DeleteObjectsOutput;
  if (!Deleted && !Errors) {
    throw new StoreError('InvalidAnswer', answer.status, 'DeleteObjects: no key is in the answer');
  }
  return {
    deleted: (Deleted ?? []).map(identified),
    errors: (Errors ?? []).map((each) => ({ ...identified(each), code: each.Code ?? '', message: each.Message ?? '' })),
  };
}

async function deleteAlone(
  client: StoreClient,
  { Bucket, MFA, RequestPayer, BypassGovernanceRetention, ExpectedBucketOwner }: DeleteObjectsInput,
  { Key, VersionId, ETag }: ObjectIdentifier,
  signal: AbortSignal | undefined,
): Promise<DeletedKeys> {
  const shared = { Bucket, MFA, RequestPayer, BypassGovernanceRetention, ExpectedBucketOwner };
  const at = identified({ Key, VersionId });
  try {
    const request = { ...shared, Key, VersionId, IfMatch: ETag };
    await client.call(S3_OPERATIONS.deleteObject, Bucket ?? '', request, signal);
    return { deleted: [at], errors: [] };
  } catch (error) {
    // Out of reach is out of reach for all of them.
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    return { deleted: [], errors: [{ ...at, code: error.code, message: error.message }] };
  }
}

function identified(of: { readonly Key?: string | undefined; readonly VersionId?: string | undefined }): {
  readonly key: string;
  readonly versionId?: string;
} {
  return { key: of.Key ?? '', ...(of.VersionId ? { versionId: of.VersionId } : {}) };
}
