import { createHash } from 'node:crypto';
import { LIMITS } from '../../contracts/limits';
import { unwatchAbort, watchAbort } from '../../storage/abort';
import { checksumMember, isFullObjectInParts, type ChecksumAlgorithm } from '../../storage/checksums';
import type { CreateMultipartUploadInput, ObjectStore, ReadRange, Transfer } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { checkRead, checkStored, claimsOf, Summing, type Sums } from './copy-checks';
import type { CopySource } from './copy-from';

export interface PartsCopy {
  readonly source: CopySource;
  readonly target: ObjectStore;
  readonly request: CreateMultipartUploadInput;
  /** That the target shall keep a checksum of; its own default when undefined. */
  readonly algorithm: ChecksumAlgorithm | undefined;
  readonly transfer: Transfer;
}

/** Names an upload in all requests about it. */
type Upload = Pick<CreateMultipartUploadInput, 'Bucket' | 'Key' | 'RequestPayer'> & { readonly UploadId: string };

interface SentPart {
  readonly PartNumber: number;
  readonly ETag: string;
  readonly md5: string;
}

const MIB = 1024 * 1024;

/** Copies by a multipart upload, which is given up when anything goes wrong: parts of a forgotten one cost for ever. */
export async function copyInParts(copy: PartsCopy, signal: AbortSignal): Promise<void> {
  const ranges = partRanges(copy.source.properties.contentLength, copy.transfer.multipartPartBytes);
  const upload = await begin(copy, signal);
  try {
    signal.throwIfAborted();
    const { parts, whole } = await sendParts(copy, upload, ranges, signal);
    await complete(copy, upload, parts, whole, signal);
  } catch (error) {
    await giveUp(copy.target, upload, signal);
    throw error;
  }
}

/** Exported for the tests. Throws StoreError for an object that is too large. */
export function partRanges(size: number, partBytesWanted: number): ReadRange[] {
  if (size > LIMITS.transferObjectBytesMax) {
    const most = `at most ${LIMITS.transferObjectBytesMax / 1024 ** 4} TiB go from one store to another`;
    throw new StoreError('EntityTooLarge', 400, `The object has ${size} bytes: ${most}`);
  }
  const needed = Math.ceil(size / LIMITS.multipartPartsMax / MIB) * MIB;
  const partBytes = Math.max(partBytesWanted, needed, LIMITS.multipartPartBytesMin);
  return Array.from({ length: Math.ceil(size / partBytes) }, (_, index) => {
    const start = index * partBytes;
    return { start, end: Math.min(start + partBytes, size) };
  });
}

async function begin({ target, request, algorithm }: PartsCopy, signal: AbortSignal): Promise<Upload> {
  const type = algorithm && isFullObjectInParts(algorithm) ? 'FULL_OBJECT' : 'COMPOSITE';
  const input = { ...request, ...(algorithm && ({ ChecksumAlgorithm: algorithm, ChecksumType: type } as const)) };
  const { uploadId } = await unhurried(signal, (late) => target.createMultipartUpload(input, { signal: late }));
  const { Bucket, Key, RequestPayer } = request;
  return { Bucket, Key, ...(RequestPayer && { RequestPayer }), UploadId: uploadId };
}

/** Several parts at once, each read and sent by itself; checksums of the whole object are taken in the order of the parts. */
async function sendParts(
  copy: PartsCopy,
  upload: Upload,
  ranges: readonly ReadRange[],
  signal: AbortSignal,
): Promise<{ readonly parts: SentPart[]; readonly whole: Sums }> {
  const stop = new AbortController();
  const onAbort = (reason: unknown): void => {
    stop.abort(reason);
  };
  const watcher = { onAbort };
  watchAbort(signal, watcher);
  const whole = new Summing(wholeAlgorithms(copy));
  const parts: SentPart[] = [];
  let next = 0;
  let former = Promise.resolve();
  const lane = async (): Promise<void> => {
    for (let range = ranges[next]; range; range = ranges[next]) {
      const number = ++next;
      const turn = takeTurn(former);
      former = turn.ended;
      const addToWhole = async (body: Buffer): Promise<void> => {
        await turn.came;
        whole.update(body);
        turn.end();
      };
      try {
        parts[number - 1] = await sendPart(copy, upload, number, range, addToWhole, stop.signal);
      } catch (error) {
        onAbort(error);
        throw error;
      } finally {
        turn.end();
      }
    }
  };
  const lanes = Array.from({ length: Math.min(LIMITS.multipartPartsInFlight, ranges.length) }, lane);
  // All have ended before the upload is given up: a part that arrives later would stay.
  await Promise.allSettled(lanes);
  unwatchAbort(signal, watcher);
  await Promise.all(lanes);
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
  upload: Upload,
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
    return { PartNumber: number, ETag: `"${stored.etag}"`, ...checksum, md5 };
  } finally {
    transfer.memory.release(bytes);
  }
}

async function complete(
  { source, target, algorithm }: PartsCopy,
  upload: Upload,
  sent: readonly SentPart[],
  whole: Sums,
  signal: AbortSignal,
): Promise<void> {
  checkRead(claimsOf(source.properties), whole);
  const size = source.properties.contentLength;
  const full = algorithm && whole.get(algorithm);
  const input = {
    ...upload,
    MultipartUpload: { Parts: sent.map(({ md5: _md5, ...part }) => part) },
    MpuObjectSize: size,
    ...(algorithm && full !== undefined && isFullObjectInParts(algorithm)
      ? ({ ChecksumType: 'FULL_OBJECT', [checksumMember(algorithm)]: full } as const)
      : {}),
  };
  try {
    await target.completeMultipartUpload(input, { signal });
  } catch (error) {
    // A repeat of a request whose answer was lost finds no upload any more.
    if (!(error instanceof StoreError) || !error.answerLost) throw error;
    if (!(await isThere(target, upload, sent, size, signal))) throw error;
  }
}

/** The ETag of an object made of parts tells the parts: MD5 of their MD5s, and their number. */
async function isThere(
  target: ObjectStore,
  { Bucket = '', Key = '' }: Upload,
  sent: readonly SentPart[],
  size: number,
  signal: AbortSignal,
): Promise<boolean> {
  const hash = createHash('md5');
  for (const { md5 } of sent) hash.update(md5, 'base64');
  const expected = `${hash.digest('hex')}-${sent.length}`;
  try {
    const { etag, contentLength } = await target.headObject({ bucket: Bucket, key: Key }, { signal });
    return etag === expected && contentLength === size;
  } catch (error) {
    if (error instanceof StoreError) return false;
    throw error;
  }
}

async function giveUp(target: ObjectStore, upload: Upload, signal: AbortSignal): Promise<void> {
  try {
    await unhurried(signal, (late) => target.abortMultipartUpload(upload, { signal: late }));
  } catch {
    // What ended the copy is what counts. A lifecycle rule (AbortIncompleteMultipartUpload) removes what stays.
  }
}

/** For requests that begin or end an upload: a stop leaves them a little time, else nobody would know what became of them. */
async function unhurried<T>(signal: AbortSignal, request: (late: AbortSignal) => Promise<T>): Promise<T> {
  const late = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const watcher = {
    onAbort: (reason: unknown): void => {
      timer = setTimeout(() => {
        late.abort(reason);
      }, LIMITS.multipartStopGraceMs);
    },
  };
  if (signal.aborted) watcher.onAbort(signal.reason);
  else watchAbort(signal, watcher);
  try {
    return await request(late.signal);
  } finally {
    unwatchAbort(signal, watcher);
    clearTimeout(timer);
  }
}
