import type { Task } from '../../contracts/engine/outcome';
import { type ChecksumAlgorithm, checksumMember } from '../../storage/checksums';
import type { ObjectProperties, ObjectStore, StoredBytes } from '../../storage/object-store';
import { sizeOf } from '../common/known-size';
import type { OperationContext } from '../operation';
import { checkOctetsKept, doubtfulOctets } from './check-octets';
import { checkRead, checkStored, claimsOf } from './copy-checks';
import { CopySource } from './copy-from';
import type { CopyParameters } from './copy-parameters';
import { copiedObject, copyRequest, type NewObject } from './copy-request';
import { copyInParts } from './in-parts/copy-in-parts';
import { checkMetadataTaken } from './metadata-taken';
import { preservedSettings } from './preserve';
import { lacksMetadata } from './settings-taken';

/** One object on its way. */
export interface StoreCopy {
  readonly given: CopyParameters;
  readonly context: Pick<OperationContext, 'storeFor' | 'transfer' | 'uploads'>;
  readonly sourceStore: ObjectStore;
  readonly task: Task;
  readonly target: ObjectStore;
  readonly bucket: string;
  readonly key: string;
  /** The state to be copied; absent: whatever is there. */
  readonly source?: ObjectProperties;
  readonly ifNoneMatch?: '*';
}

/**
 * What CopyObject does, where no store can do it because source and target are in different ones: the bytes go through this
 * process, in one piece or in parts. They are checked against what the source says of them, and the target refuses them when
 * they are not what was read. Rejects with `StoreError`.
 */
export async function copyBetweenStores(copy: StoreCopy, signal: AbortSignal): Promise<Partial<StoredBytes>> {
  const { given, context, target, task } = copy;
  const { transfer } = context;
  const source = await CopySource.open(copy.sourceStore, task, given, copy.source?.etag, signal);
  try {
    const isWhole = sizeOf(source.properties) <= transfer.multipartAboveBytes;
    const { stored, request } = await (isWhole ? copyWhole(copy, source, signal) : copyParts(copy, source, signal));
    const own = { store: target, request, task, context, ofBytes: true } as const;
    await checkMetadataTaken(own, signal);
    await lacksMetadata(own, signal);
    const { MetadataDirective } = copyRequest(given, copy.bucket);
    if (MetadataDirective !== 'REPLACE') {
      const made = { Bucket: copy.bucket, Key: copy.key, ...(stored.versionId && { VersionId: stored.versionId }) };
      await checkOctetsKept(target, made, doubtfulOctets(target, source.properties), signal);
    }
    return stored;
  } finally {
    source.close();
  }
}

/** What the target said of the copy, and what it was asked for. */
interface Sent {
  readonly stored: Partial<StoredBytes>;
  readonly request: NewObject & { readonly Key: string };
}

async function copyParts(copy: StoreCopy, source: CopySource, signal: AbortSignal): Promise<Sent> {
  const { given, context, target, task, ifNoneMatch } = copy;
  source.close();
  const request = await newObject(copy, source, signal);
  const algorithm = given.ChecksumAlgorithm;
  const { transfer } = context;
  const parts = { source, target, request, algorithm, transfer, ifNoneMatch, row: task.row, context };
  return { stored: await copyInParts(parts, signal), request };
}

async function newObject(
  copy: StoreCopy,
  source: CopySource,
  signal: AbortSignal,
): Promise<NewObject & { Key: string }> {
  const { given, bucket, key, context, sourceStore } = copy;
  const tags = given.NewObjectTagging ?? (await source.tags(signal));
  const made = copiedObject(copyRequest(given, bucket), source.properties, tags);
  if (given.Preserve === undefined) return { ...made, Key: key };
  const { object, properties } = source;
  const from = { store: sourceStore, object, properties, sameStore: false, context };
  const settings = (await preservedSettings(given.Preserve, from, signal)) as Partial<NewObject>;
  return { ...made, ...settings, Key: key };
}

async function copyWhole(copy: StoreCopy, source: CopySource, signal: AbortSignal): Promise<Sent> {
  const { memory } = copy.context.transfer;
  const bytes = sizeOf(source.properties);
  if (!memory.tryTake(bytes)) {
    // Waiting with an open answer would try the patience of the store.
    source.close();
    await memory.take(bytes, signal);
  }
  try {
    return await sendWhole(copy, source, signal);
  } finally {
    memory.release(bytes);
  }
}

async function sendWhole(copy: StoreCopy, source: CopySource, signal: AbortSignal): Promise<Sent> {
  const { given, target, ifNoneMatch } = copy;
  const claims = claimsOf(source.properties);
  // CopyObject keeps the algorithm of the source unless told otherwise (API_CopyObject, x-amz-checksum-algorithm).
  const algorithm = given.ChecksumAlgorithm ?? source.properties.checksum?.algorithm;
  const algorithms: ChecksumAlgorithm[] = ['MD5', ...claims.map((claim) => claim.algorithm)];
  const { body, sums } = await source.read(undefined, algorithm ? [...algorithms, algorithm] : algorithms, signal);
  checkRead(claims, sums);
  const request = await newObject(copy, source, signal);
  const input = {
    ...request,
    Body: body,
    ContentMD5: sums.get('MD5'),
    ...(algorithm && { [checksumMember(algorithm)]: sums.get(algorithm) }),
    // A store that takes no checksums refuses one that the job asks for, and is sent none that it does not.
    ...(given.ChecksumAlgorithm && { ChecksumAlgorithm: given.ChecksumAlgorithm }),
    ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }),
  };
  const stored = await target.putObject(input, { signal });
  checkStored(stored, sums, 'the object');
  return { stored, request };
}
