import { LIMITS } from '../../../contracts/limits';
import { type ChecksumAlgorithm, checksumMember, isFullObjectInParts } from '../../../storage/checksums';
import { inLanes } from '../../../storage/http/in-lanes';
import type {
  CreateMultipartUploadInput,
  ObjectStore,
  ReadRange,
  StoredBytes,
  Transfer,
} from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import { sizeOf } from '../../common/known-size';
import type { OperationContext } from '../../operation';
import { checkRead, checkStored, claimsOf, Summing, type Sums } from '../copy-checks';
import type { CopySource } from '../copy-from';
import { RowUpload, type UploadRef } from './multipart-upload';
import { cutParts, partBytesFor } from './parts';

export interface PartsCopy {
  readonly source: CopySource;
  readonly target: ObjectStore;
  readonly request: CreateMultipartUploadInput;
  /** That the target shall keep a checksum of; its own default when undefined. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly transfer: Transfer;
  readonly ifNoneMatch: '*' | undefined;
  readonly row: number;
  readonly context: Pick<OperationContext, 'storeFor' | 'uploads'>;
}

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string;
}

/**
 * Copies by a multipart upload, which is given up when anything goes wrong: its parts came through this process, where
 * nobody remembers what they held.
 */
export async function copyInParts(copy: PartsCopy, signal: AbortSignal): Promise<Partial<StoredBytes>> {
  const { source, target, request, algorithm, row, context } = copy;
  const size = sizeOf(source.properties);
  const ranges = partRanges(size, copy.transfer.multipartPartBytes);
  const type = algorithm && isFullObjectInParts(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE';
  const upload = new RowUpload({
    target,
    request: { ...request, ...(algorithm && ({ ChecksumAlgorithm: algorithm, ChecksumType: type } as const)) },
    source: source.properties,
    partBytes: partBytesFor(size, copy.transfer.multipartPartBytes),
    row,
    context,
  });
  const left = await upload.leftover(signal);
  if (left) await upload.giveUp(upload.ref(left.uploadId), signal);
  const { ref, begunAt } = await upload.begin(signal);
  try {
    signal.throwIfAborted();
    const { parts, whole } = await sendParts(copy, ref, ranges, signal);
    checkRead(claimsOf(source.properties), whole);
    const etags = parts.map(({ ETag }) => ETag.replaceAll('"', ''));
    const expected = { parts: parts.length, etags, begunAt };
    const stored = await upload.complete(ref, completion(copy, parts, whole), expected, signal);
    await upload.forget();
    return stored;
  } catch (error) {
    await upload.giveUp(ref, signal);
    throw error;
  }
}

/** Exported for the tests. Throws StoreError for an object that is too large. */
export function partRanges(size: number, partBytesWanted: number): ReadRange[] {
  if (size > LIMITS.copy.transferObjectBytesMax) {
    const most = `at most ${LIMITS.copy.transferObjectBytesMax / 1024 ** 4} TiB go from one store to another`;
    throw new StoreError('EntityTooLarge', 400, `The object has ${size} bytes: ${most}`);
  }
  return cutParts(size, partBytesFor(size, partBytesWanted));
}

function completion({ source, algorithm, ifNoneMatch }: PartsCopy, parts: readonly SentPart[], whole: Sums) {
  const full = algorithm && isFullObjectInParts(algorithm) ? whole.get(algorithm) : undefined;
  return {
    MultipartUpload: { Parts: [...parts] },
    MpuObjectSize: sizeOf(source.properties),
    ...(algorithm && full !== undefined
      ? ({ ChecksumType: 'FULL_OBJECT', [checksumMember(algorithm)]: full } as const)
      : {}),
    ...(ifNoneMatch && { IfNoneMatch: ifNoneMatch }),
  };
}

/** Several parts at once, each read and sent by itself; checksums of the whole object are taken in the order of the parts. */
async function sendParts(
  copy: PartsCopy,
  upload: UploadRef,
  ranges: readonly ReadRange[],
  signal: AbortSignal,
): Promise<{ readonly parts: SentPart[]; readonly whole: Sums }> {
  const whole = new Summing(wholeAlgorithms(copy));
  const parts: SentPart[] = [];
  let former = Promise.resolve();
  await inLanes(ranges, LIMITS.multipart.partsInFlight, signal, async (range, index, stop) => {
    const turn = takeTurn(former);
    former = turn.ended;
    const addToWhole = async (body: Buffer): Promise<void> => {
      await turn.came;
      whole.update(body);
      turn.end();
    };
    try {
      parts[index] = await sendPart(copy, upload, index + 1, range, addToWhole, stop);
    } finally {
      turn.end();
    }
  });
  return { parts, whole: await whole.sums() };
}

function wholeAlgorithms({ source, algorithm }: PartsCopy): ChecksumAlgorithm[] {
  const claimed = claimsOf(source.properties).map((claim) => claim.algorithm);
  return algorithm && isFullObjectInParts(algorithm) ? [...claimed, algorithm] : claimed;
}

function takeTurn(came: Promise<void>): { came: Promise<void>; ended: Promise<void>; end: () => void } {
  let end = (): void => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return { came, ended, end };
}

async function sendPart(
  { source, target, algorithm, transfer }: PartsCopy,
  upload: UploadRef,
  number: number,
  range: ReadRange,
  addToWhole: (body: Buffer) => Promise<void>,
  signal: AbortSignal,
): Promise<SentPart> {
  const bytes = range.end - range.start;
  await transfer.memory.take(bytes, signal);
  try {
    const { body, sums } = await source.read(range, algorithm ? ['MD5', algorithm] : ['MD5'], signal);
    await addToWhole(body);
    const md5 = sums.get('MD5') ?? '';
    const checksum = algorithm && { [checksumMember(algorithm)]: sums.get(algorithm) };
    const input = { ...upload, PartNumber: number, Body: body, ContentMD5: md5, ...checksum };
    const stored = await target.uploadPart(input, { signal });
    checkStored(stored, sums, `part ${number}`);
    return { PartNumber: number, ETag: `"${stored.etag}"`, ...checksum };
  } finally {
    transfer.memory.release(bytes);
  }
}
