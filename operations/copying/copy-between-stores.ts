import type { Task } from '../../contracts/outcome';
import { checksumMember, type ChecksumAlgorithm } from '../../storage/checksums';
import type { ObjectStore, Transfer } from '../../storage/object-store';
import { checkRead, checkStored, claimsOf } from './copy-checks';
import { CopySource } from './copy-from';
import { copyInParts } from './copy-in-parts';
import type { CopyParameters } from './copy-parameters';
import { newObjectRequest } from './copy-request';

/** One object on its way. */
export interface StoreCopy {
  readonly given: CopyParameters;
  readonly transfer: Transfer;
  readonly source: ObjectStore;
  readonly task: Task;
  readonly target: ObjectStore;
  readonly bucket: string;
  readonly key: string;
}

/**
 * What CopyObject does, where no store can do it because source and target are in different ones: the bytes go through this
 * process, in one piece or in parts. They are checked against what the source says of them, and the target refuses them when
 * they are not what was read. Rejects with `StoreError`.
 */
export async function copyBetweenStores(copy: StoreCopy, signal: AbortSignal): Promise<void> {
  const { given, transfer, bucket, key } = copy;
  const source = await CopySource.open(copy.source, copy.task, given, signal);
  try {
    if (source.properties.contentLength <= transfer.multipartAboveBytes) {
      await copyWhole(copy, source, signal);
      return;
    }
    source.close();
    const tags = given.NewObjectTagging ?? (await source.tags(signal));
    const request = { ...newObjectRequest(given, bucket, source.properties, tags), Key: key };
    const algorithm = given.ChecksumAlgorithm;
    await copyInParts({ source, target: copy.target, request, algorithm, transfer }, signal);
  } finally {
    source.close();
  }
}

async function copyWhole(copy: StoreCopy, source: CopySource, signal: AbortSignal): Promise<void> {
  const { memory } = copy.transfer;
  const bytes = source.properties.contentLength;
  if (!memory.tryTake(bytes)) {
    // Waiting with an open answer would try the patience of the store.
    source.close();
    await memory.take(bytes, signal);
  }
  try {
    await sendWhole(copy, source, signal);
  } finally {
    memory.release(bytes);
  }
}

async function sendWhole(copy: StoreCopy, source: CopySource, signal: AbortSignal): Promise<void> {
  const { given, target, bucket, key } = copy;
  const claims = claimsOf(source.properties);
  // CopyObject keeps the algorithm of the source unless told otherwise (API_CopyObject, x-amz-checksum-algorithm).
  const algorithm = given.ChecksumAlgorithm ?? source.properties.checksum?.algorithm;
  const algorithms: ChecksumAlgorithm[] = ['MD5', ...claims.map((claim) => claim.algorithm)];
  const { body, sums } = await source.read(undefined, algorithm ? [...algorithms, algorithm] : algorithms, signal);
  checkRead(claims, sums);
  const tags = given.NewObjectTagging ?? (await source.tags(signal));
  const input = {
    ...newObjectRequest(given, bucket, source.properties, tags),
    Key: key,
    Body: body,
    ContentMD5: sums.get('MD5'),
    ...(algorithm && { [checksumMember(algorithm)]: sums.get(algorithm) }),
  };
  checkStored(await target.putObject(input, { signal }), sums, 'the object');
}
