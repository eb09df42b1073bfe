import { defined } from '../../../contracts/defined';
import type { Task } from '../../../contracts/engine/outcome';
import { LIMITS } from '../../../contracts/limits';
import { CHECKSUM_ALGORITHMS, checksumMember, isFullObjectInParts } from '../../../storage/checksums';
import { copySource } from '../../../storage/copy-source';
import { inLanes } from '../../../storage/http/in-lanes';
import type {
  CompleteMultipartUploadInput,
  CopyObjectInput,
  CreateMultipartUploadInput,
  ListPartsInput,
  ObjectProperties,
  ObjectStore,
  ReadRange,
  StoredBytes,
} from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import { sizeOf } from '../../common/known-size';
import type { OperationContext } from '../../operation';
import { wholeChecksum } from '../copy-checks';
import { changed, checkMetadataTold, tagsOf } from '../copy-from';
import { copiedObject } from '../copy-request';
import { type BegunUpload, isInterruption, isNoSuchUpload, RowUpload, type UploadRef } from './multipart-upload';
import { cutParts, partBytesFor } from './parts';

/** Bounds of copies within a store, in bytes: S3's, but for tests. */
export interface CopyBounds {
  /** Larger objects are refused by CopyObject. */
  readonly copyObjectBytesMax: number;
  readonly partBytesMin: number;
}

export const COPY_BOUNDS: CopyBounds = {
  copyObjectBytesMax: LIMITS.copy.objectBytesMax,
  partBytesMin: LIMITS.copy.partBytesMin,
};

/** One object to be copied within a store. */
export interface WithinStore {
  readonly store: ObjectStore;
  /** What CopyObject would be asked. Its `CopySource` names the object of `task`. */
  readonly request: CopyObjectInput;
  readonly task: Task;
  readonly context: Pick<OperationContext, 'storeFor' | 'uploads'>;
  readonly bounds?: CopyBounds;
}

type Part = NonNullable<NonNullable<CompleteMultipartUploadInput['MultipartUpload']>['Parts']>[number];

/**
 * Does what CopyObject would do if the object weren't too large for it: the store copies the parts, all of one state of the
 * source. Goes on with the parts that a former attempt of the same copy has left. Refused, it leaves nothing; stopped, it
 * leaves its parts for the next attempt. Rejects with `StoreError`.
 */
export async function copyObjectInParts(
  copy: WithinStore,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<Partial<StoredBytes>> {
  const { store, task, context } = copy;
  const size = sizeOf(source);
  const partBytes = partBytesOf(size, copy.bounds ?? COPY_BOUNDS);
  const ranges = cutParts(size, partBytes);
  const request = await newUpload(copy, source, signal);
  const upload = new RowUpload({ target: store, request, source, partBytes, row: task.row, context });
  const left = await takeUp(store, upload, request, ranges, signal);
  if (left?.finished) {
    await upload.forget();
    return left.finished;
  }
  const begun = { request, ...(left?.begun ?? (await upload.begin(signal))) };
  try {
    const parts = await copyParts(copy, source, begun, ranges, left?.parts ?? [], signal);
    await checkUnchanged(copy, source, signal);
    const etags = parts.map(({ ETag = '' }) => ETag.replaceAll('"', ''));
    const expected = { parts: parts.length, etags, begunAt: begun.begunAt };
    const stored = await upload.complete(begun.ref, completion(copy, source, request, parts), expected, signal);
    await upload.forget();
    return stored;
  } catch (error) {
    if (!isInterruption(error, signal)) await upload.giveUp(begun.ref, signal);
    throw error;
  }
}

/** What a former attempt has left: the copy itself, or the upload with its parts. */
async function takeUp(
  store: ObjectStore,
  upload: RowUpload,
  request: CreateMultipartUploadInput,
  ranges: readonly ReadRange[],
  signal: AbortSignal,
): Promise<
  | { readonly finished: Partial<StoredBytes> }
  | { readonly finished?: never; readonly begun: BegunUpload; readonly parts: readonly Part[] }
  | undefined
> {
  const left = await upload.leftover(signal);
  if (left === undefined) return undefined;
  const begun = { ref: upload.ref(left.uploadId), begunAt: new Date(left.begunAt) };
  try {
    return { begun, parts: await partsThere(store, begun.ref, ranges, request, signal) };
  } catch (error) {
    if (isInterruption(error, signal)) throw error;
    if (!isNoSuchUpload(error)) {
      // A store that does not tell what is there.
      await upload.giveUp(begun.ref, signal);
      return undefined;
    }
  }
  const finished = await upload.finished({ parts: ranges.length, begunAt: begun.begunAt }, signal);
  return finished && { finished };
}

/** Throws `StoreError` for an object that no number of parts can hold. */
export function partBytesOf(size: number, { partBytesMin }: Pick<CopyBounds, 'partBytesMin'>): number {
  const most = LIMITS.multipart.partsMax * LIMITS.multipart.partBytesMax;
  if (size > most) {
    throw new StoreError('EntityTooLarge', 400, `The object has ${size} bytes: parts can hold ${most} at most`);
  }
  const aim = Math.min(Math.ceil(size / LIMITS.copy.partsAim), LIMITS.copy.partBytesAimMax);
  const whole = Math.ceil(aim / MIB) * MIB;
  return Math.min(partBytesFor(size, Math.max(whole, partBytesMin)), LIMITS.multipart.partBytesMax);
}

const MIB = 1024 * 1024;

/** The same object begun as an upload: what CopyObject takes over from the source by itself is in the request. */
async function newUpload(
  { store, request, task }: WithinStore,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<CreateMultipartUploadInput> {
  if (request.MetadataDirective !== 'REPLACE') checkMetadataTold(source);
  const { bucket: Bucket, key: Key, versionId: VersionId } = task;
  const object = { Bucket, Key, VersionId, RequestPayer: request.RequestPayer };
  const tags = request.TaggingDirective === 'REPLACE' ? [] : await tagsOf(store, object, source, signal);
  const algorithm = request.ChecksumAlgorithm ?? source.checksum?.algorithm;
  const type = CHECKSUM_ALGORITHMS.some((each) => each === algorithm && isFullObjectInParts(each));
  return {
    ...copiedObject(request, source, tags),
    Key: request.Key,
    ...(algorithm && { ChecksumAlgorithm: algorithm, ChecksumType: type ? 'FULL_OBJECT' : 'COMPOSITE' }),
  };
}

/** Parts of a former attempt that fit. Rejects with `StoreError`, NoSuchUpload when it has been completed or given up. */
async function partsThere(
  store: ObjectStore,
  upload: UploadRef,
  ranges: readonly ReadRange[],
  request: CreateMultipartUploadInput,
  signal: AbortSignal,
): Promise<Part[]> {
  const taken: Part[] = [];
  let next: Pick<ListPartsInput, 'PartNumberMarker'> | undefined = {};
  while (next) {
    const page = await store.listParts({ ...upload, ...next }, { signal });
    for (const { partNumber, etag, size, ...checksums } of page.parts) {
      const range = ranges[partNumber - 1];
      if (range === undefined || range.end - range.start !== size || etag === '') continue;
      const part = partOf(partNumber, { etag, checksums }, request);
      // Some stores list no checksums, and take no parts without them where the whole is made of them.
      if (request.ChecksumType === 'COMPOSITE' && !hasChecksum(part)) continue;
      taken[partNumber - 1] = part;
    }
    next = page.next;
  }
  return taken;
}

async function copyParts(
  { store, task }: WithinStore,
  source: ObjectProperties,
  { request, ...upload }: BegunUpload & { readonly request: CreateMultipartUploadInput },
  ranges: readonly ReadRange[],
  taken: readonly Part[],
  signal: AbortSignal,
): Promise<Part[]> {
  const parts = [...taken];
  const from = {
    CopySource: copySource(task.bucket, task.key, task.versionId),
    ...(source.etag === '' ? {} : { CopySourceIfMatch: `"${source.etag}"` }),
  };
  const missing = ranges.map((range, index) => ({ range, index })).filter(({ index }) => !parts[index]);
  await inLanes(missing, LIMITS.copy.partsInFlight, signal, async ({ range, index }, _, stop) => {
    const { start, end } = range;
    const input = { ...upload.ref, ...from, PartNumber: index + 1, CopySourceRange: `bytes=${start}-${end - 1}` };
    const copied = await store.uploadPartCopy(input, { signal: stop }).catch((error: unknown) => {
      throw error instanceof StoreError && error.httpStatus === 412 ? changed() : error;
    });
    parts[index] = partOf(index + 1, copied, request);
  });
  return parts;
}

/** Not every store obeys conditions on the source of a part, and parts may be days apart. Versions do not change. */
async function checkUnchanged(
  { store, task, request }: WithinStore,
  source: ObjectProperties,
  signal: AbortSignal,
): Promise<void> {
  if (task.versionId !== undefined) return;
  const { bucket: Bucket, key: Key } = task;
  const payer = request.RequestPayer && { RequestPayer: request.RequestPayer };
  const now = await store.describeObject({ Bucket, Key, ...payer }, { signal });
  const isSame = now.etag === source.etag && now.contentLength === source.contentLength;
  const time = now.lastModified?.getTime();
  // Where there is no ETag, the time has to tell.
  if (!isSame || (now.etag === '' && time !== source.lastModified?.getTime())) throw changed();
}

function hasChecksum(part: Part): boolean {
  return Object.keys(part).some((member) => member.startsWith('Checksum'));
}

/** The part as CompleteMultipartUpload names it, with the one checksum that the upload keeps: a store may tell others beside it. */
function partOf(
  PartNumber: number,
  { etag, checksums = {} }: Pick<StoredBytes, 'etag' | 'checksums'>,
  { ChecksumAlgorithm }: CreateMultipartUploadInput,
): Part {
  const algorithm = CHECKSUM_ALGORITHMS.find((each) => each === ChecksumAlgorithm);
  const part = { PartNumber, ETag: `"${etag}"` };
  const member = algorithm && checksumMember(algorithm);
  const value = member && checksums[member];
  return value === undefined ? part : { ...part, [member as string]: value };
}

/** The store itself compares what the source's checksum says of all bytes. */
function completion(
  { request, task }: WithinStore,
  source: ObjectProperties,
  { ChecksumAlgorithm, ChecksumType }: CreateMultipartUploadInput,
  parts: readonly Part[],
) {
  const whole = wholeChecksum(source);
  const isSame = ChecksumType === 'FULL_OBJECT' && whole?.algorithm === ChecksumAlgorithm;
  const isOntoItself = request.Bucket === task.bucket && request.Key === task.key && task.versionId === undefined;
  const ifMatch = request.IfMatch ?? (isOntoItself && source.etag !== '' ? `"${source.etag}"` : undefined);
  return {
    MultipartUpload: { Parts: [...parts] },
    MpuObjectSize: sizeOf(source),
    ...(ChecksumType === 'FULL_OBJECT' && { ChecksumType }),
    ...(isSame && whole && { [checksumMember(whole.algorithm)]: whole.value }),
    // What was put meanwhile must not be replaced by what it replaced.
    ...defined({ IfMatch: ifMatch, IfNoneMatch: request.IfNoneMatch }),
  };
}
