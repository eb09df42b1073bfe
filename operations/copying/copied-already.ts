import type { Task } from '../../contracts/engine/outcome';
import type { ObjectProperties } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sameTags } from '../common/tag-sets';
import type { OperationContext } from '../operation';
import { compareByWord } from '../verifying/same-content';
import { describeSource, tagsOf } from './copy-from';
import type { CopyParameters } from './copy-parameters';
import {
  copyRequest,
  type FixedCopyRequest,
  metadataOf,
  readable,
  requestPayer,
  sameMetadata,
  sourceMetadata,
} from './copy-request';

export interface CopyToLookFor {
  readonly given: CopyParameters;
  readonly context: Pick<OperationContext, 'storeFor'>;
  readonly task: Task;
  readonly bucket: string;
  readonly key: string;
}

/** What a look at an object does not tell for certain: a copy that is to have it is never taken for one that has it. */
const UNSEEN: readonly (keyof CopyParameters)[] = [
  'CannedAccessControlList',
  'AccessControlGrants',
  'ObjectLockMode',
  'ObjectLockRetainUntilDate',
  'ObjectLockLegalHoldStatus',
  'ObjectLockEventHold',
  'ObjectLockEventHoldDuration',
  'AnnotationDirective',
];

/**
 * True when the copy is there as it would be made: the same bytes (by the ETag, or a checksum of the whole) with the same
 * metadata, tags, storage class and encryption, as far as the parameters say them or the source has them. Rejects with
 * `StoreError` for a source that can't be looked at.
 */
export async function isCopiedAlready(copy: CopyToLookFor, signal: AbortSignal): Promise<boolean> {
  const { given, context, task, bucket, key } = copy;
  if (UNSEEN.some((member) => given[member] !== undefined)) return false;
  if (given.Preserve?.some((kept) => kept === 'AccessControlList' || kept === 'ObjectLock')) return false;
  const from = context.storeFor(task.bucket, 'read');
  const to = context.storeFor(bucket, 'write');
  const source = await describeSource(from, task, requestPayer(given), signal);
  const made = { Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' } as const;
  const target = await to.describeObject(made, { signal, plainNotFound: true }).catch(undefinedIfRefused);
  if (target === undefined || !hasSameBytes(source, target)) return false;
  if (!isAsWanted(given, copyRequest(given, bucket), source, target)) return false;
  const sourceObject = { Bucket: task.bucket, Key: task.key, VersionId: task.versionId, ...requestPayer(given) };
  const wanted = given.NewObjectTagging ?? (await tagsOf(from, sourceObject, source, signal));
  return sameTags(wanted, await tagsOf(to, { Bucket: bucket, Key: key }, target, signal));
}

/** An object that can't be looked at may still be written: the copy itself will tell. */
function undefinedIfRefused(error: unknown): undefined {
  if (error instanceof StoreError && !error.storeDown) return undefined;
  throw error;
}

/** ETags that are no MD5s prove nothing: each store makes up its own. */
export function hasSameBytes(source: ObjectProperties, target: ObjectProperties): boolean {
  const { contentLength } = source;
  const isSameSize = contentLength !== undefined && contentLength === target.contentLength;
  return isSameSize && compareByWord(source, target) === 'equal';
}

function isAsWanted(
  given: CopyParameters,
  request: FixedCopyRequest,
  source: ObjectProperties,
  target: ObjectProperties,
): boolean {
  if (!hasWantedPlace(given, request, source, target)) return false;
  if (request.WebsiteRedirectLocation !== target.websiteRedirectLocation) return false;
  if (request.ChecksumAlgorithm !== undefined && request.ChecksumAlgorithm !== target.checksum?.algorithm) return false;
  const metadata = request.MetadataDirective === 'REPLACE' ? metadataOf(request) : sourceMetadata(source);
  return sameMetadata(readable(metadata), readable(sourceMetadata(target)));
}

/** Storage class and encryption: what is given, or the source's where that is to be kept. */
function hasWantedPlace(
  { Preserve = [] }: CopyParameters,
  request: FixedCopyRequest,
  source: ObjectProperties,
  target: ObjectProperties,
): boolean {
  const storageClass = Preserve.includes('StorageClass') ? (source.storageClass ?? 'STANDARD') : request.StorageClass;
  if (storageClass !== undefined && storageClass !== (target.storageClass ?? 'STANDARD')) return false;
  const { serverSideEncryption, sseKmsKeyId, bucketKeyEnabled } = Preserve.includes('Encryption')
    ? source
    : {
        serverSideEncryption: request.ServerSideEncryption,
        sseKmsKeyId: request.SSEKMSKeyId,
        bucketKeyEnabled: request.BucketKeyEnabled,
      };
  if (serverSideEncryption !== undefined && serverSideEncryption !== target.serverSideEncryption) return false;
  if (sseKmsKeyId !== undefined && !isSameKey(sseKmsKeyId, target.sseKmsKeyId)) return false;
  return bucketKeyEnabled === undefined || bucketKeyEnabled === (target.bucketKeyEnabled ?? false);
}

/** A store may tell the ARN of a key whose id it was given, or the other way round. */
export function isSameKey(wanted: string, told: string | undefined): boolean {
  if (told === undefined) return false;
  return wanted === told || wanted.endsWith(`/${told}`) || told.endsWith(`/${wanted}`);
}
