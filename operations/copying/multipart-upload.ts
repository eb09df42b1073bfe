import { createHash } from 'node:crypto';
import { LIMITS } from '../../contracts/limits';
import { unwatchAbort, watchAbort } from '../../storage/abort';
import type {
  CompleteMultipartUploadInput,
  CreateMultipartUploadInput,
  ObjectProperties,
  ObjectStore,
  StoredBytes,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import type { OperationContext, UploadNote } from '../operation';
import { checkSameChecksum } from './copy-checks';

/** Names an upload in all requests about it. */
export type UploadRef = Pick<CreateMultipartUploadInput, 'Bucket' | 'Key' | 'RequestPayer'> & {
  readonly UploadId: string;
};

/** What a copy in parts is of and makes. */
export interface UploadPlan {
  readonly target: ObjectStore;
  readonly request: CreateMultipartUploadInput;
  /** The state that the parts are of. */
  readonly source: ObjectProperties;
  readonly partBytes: number;
  readonly row: number;
  readonly context: Pick<OperationContext, 'storeFor' | 'uploads'>;
}

/** How a finished copy is told from any other object. */
export interface ExpectedCopy {
  readonly parts: number;
  /** Of all parts, in order; absent when they are not known any more. */
  readonly etags?: readonly string[];
  readonly begunAt: Date;
}

type Completion = Omit<CompleteMultipartUploadInput, keyof UploadRef>;

/**
 * The multipart upload of one row. Its note is there before it is begun and gone when it has ended, so that whoever comes
 * after a crash goes on with it or gives it up: parts of a forgotten upload cost for ever.
 */
export class RowUpload {
  private readonly note: Omit<UploadNote, 'uploadId' | 'begunAt'>;

  constructor(private readonly plan: UploadPlan) {
    const { request, source, partBytes } = plan;
    this.note = {
      bucket: request.Bucket ?? '',
      key: request.Key ?? '',
      sourceEtag: source.etag,
      requestDigest: createHash('sha256').update(JSON.stringify(request)).digest('base64url'),
      partBytes,
    };
  }

  /** The upload that a former attempt has begun for this very copy; whatever else it left is given up. */
  async leftover(signal: AbortSignal): Promise<(UploadNote & { readonly uploadId: string }) | undefined> {
    const { context, row } = this.plan;
    const left = await context.uploads.find(row);
    if (left === undefined) return undefined;
    const { uploadId } = left;
    if (uploadId !== undefined && this.isOfThisCopy(left)) return { ...left, uploadId };
    await giveUpNoted((bucket) => context.storeFor(bucket, 'write'), left, signal);
    await context.uploads.forget(row);
    return undefined;
  }

  private isOfThisCopy(left: UploadNote): boolean {
    const { bucket, key, sourceEtag, requestDigest, partBytes } = this.note;
    return (
      sourceEtag !== '' &&
      left.bucket === bucket &&
      left.key === key &&
      left.sourceEtag === sourceEtag &&
      left.requestDigest === requestDigest &&
      left.partBytes === partBytes
    );
  }

  async begin(signal: AbortSignal): Promise<{ readonly ref: UploadRef; readonly begunAt: Date }> {
    const { target, request, context, row } = this.plan;
    const begunAt = new Date();
    const note = { ...this.note, begunAt: begunAt.toISOString() };
    await context.uploads.write(row, note);
    const { uploadId } = await unhurried(signal, (late) =>
      target.createMultipartUpload(request, { signal: late }),
    ).catch(async (error: unknown) => {
      // Refused, so that there is none. After a lost answer there may be one.
      if (error instanceof StoreError && !error.answerLost) await this.forget();
      throw error;
    });
    const ref = this.ref(uploadId);
    try {
      await context.uploads.write(row, { ...note, uploadId });
    } catch (error) {
      await this.giveUp(ref, signal);
      throw error;
    }
    return { ref, begunAt };
  }

  ref(uploadId: string): UploadRef {
    const { Bucket, Key, RequestPayer } = this.plan.request;
    return { Bucket, Key, ...(RequestPayer && { RequestPayer }), UploadId: uploadId };
  }

  /** A repeat of a request whose answer was lost finds no upload any more: then the object itself tells. */
  async complete(
    upload: UploadRef,
    completion: Completion,
    expected: ExpectedCopy,
    signal: AbortSignal,
  ): Promise<Partial<StoredBytes>> {
    const { target, source } = this.plan;
    try {
      const stored = await target.completeMultipartUpload({ ...upload, ...completion }, { signal });
      checkSameChecksum(stored.checksums, source);
      return stored;
    } catch (error) {
      if (!(error instanceof StoreError) || !error.answerLost) throw error;
      const finished = await this.finished(expected, signal);
      if (finished === undefined) throw error;
      return finished;
    }
  }

  /** The copy, when it is there: the upload has been completed. */
  async finished(expected: ExpectedCopy, signal: AbortSignal): Promise<Partial<StoredBytes> | undefined> {
    const { target, request, source } = this.plan;
    const { Bucket, Key, RequestPayer } = request;
    const input = { Bucket, Key, ...(RequestPayer && { RequestPayer }), ChecksumMode: 'ENABLED' } as const;
    try {
      const found = await target.describeObject(input, { signal });
      return isExpected(found, source, expected) ? found : undefined;
    } catch (error) {
      if (error instanceof StoreError && !error.storeDown) return undefined;
      throw error;
    }
  }

  /** Its note stays when the upload can't be ended now: then it is given up later. */
  async giveUp(upload: UploadRef, signal: AbortSignal): Promise<void> {
    try {
      await unhurried(signal, (late) => abort(this.plan.target, upload, late));
      await this.forget();
    } catch {
      // What ended the copy is what counts.
    }
  }

  /** A note too many does no harm: who follows it finds no upload. */
  async forget(): Promise<void> {
    await this.plan.context.uploads.forget(this.plan.row).catch(() => undefined);
  }
}

/** True when a copy was not refused but stopped, or its store is out of reach: it goes on later from what is there. */
export function isInterruption(error: unknown, signal: AbortSignal): boolean {
  return signal.aborted || !(error instanceof StoreError) || error.storeDown;
}

/** Ends an upload that a note tells of. Rejects with `StoreError` when that can't be done. */
export async function giveUpNoted(
  storeOf: (bucket: string) => ObjectStore,
  note: UploadNote,
  signal: AbortSignal,
): Promise<void> {
  const { bucket, key, uploadId } = note;
  const store = storeOf(bucket);
  if (uploadId !== undefined) {
    await abort(store, { Bucket: bucket, Key: key, UploadId: uploadId }, signal);
    return;
  }
  for (const UploadId of await begunJustThen(store, note, signal)) {
    await abort(store, { Bucket: bucket, Key: key, UploadId }, signal);
  }
}

/**
 * The upload whose id was never read: of this key, begun when the note says, and without parts. Without parts it costs
 * nothing, so that a store that can't tell is left alone.
 */
async function begunJustThen(store: ObjectStore, note: UploadNote, signal: AbortSignal): Promise<string[]> {
  const { bucket: Bucket, key: Key } = note;
  const begun = Date.parse(note.begunAt);
  const from = begun - LIMITS.multipartBeginSkewMs;
  const to = begun + LIMITS.multipartBeginMs;
  try {
    const { uploads } = await store.listMultipartUploads({ Bucket, Prefix: Key }, { signal });
    const found: string[] = [];
    for (const { key, uploadId, initiated } of uploads) {
      const at = initiated?.getTime() ?? NaN;
      if (key !== Key || !(at >= from && at <= to)) continue;
      const { parts } = await store.listParts({ Bucket, Key, UploadId: uploadId, MaxParts: 1 }, { signal });
      if (parts.length === 0) found.push(uploadId);
    }
    return found;
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return [];
    throw error;
  }
}

async function abort(store: ObjectStore, upload: UploadRef, signal: AbortSignal): Promise<void> {
  try {
    await store.abortMultipartUpload(upload, { signal });
  } catch (error) {
    if (!isNoSuchUpload(error)) throw error;
  }
}

/** Completed, or given up. */
export function isNoSuchUpload(error: unknown): boolean {
  return error instanceof StoreError && error.code === 'NoSuchUpload';
}

/**
 * The ETag of an object made of parts tells the parts: MD5 of their ETags, and their number. Under keys of a key service
 * it is something else with their number at the end, and the time has to tell.
 */
function isExpected(found: ObjectProperties, source: ObjectProperties, expected: ExpectedCopy): boolean {
  if (found.contentLength !== source.contentLength) return false;
  const { parts, begunAt } = expected;
  const etags = expected.etags?.every((etag) => /^[0-9a-f]{32}$/i.test(etag)) ? expected.etags : undefined;
  if (etags !== undefined && found.etag === composed(etags)) return true;
  if (etags !== undefined && !(found.serverSideEncryption ?? '').startsWith('aws:kms')) return false;
  const since = begunAt.getTime() - LIMITS.clockSkewMs;
  return found.etag.endsWith(`-${parts}`) && (found.lastModified?.getTime() ?? 0) >= since;
}

function composed(etags: readonly string[]): string {
  const hash = createHash('md5');
  for (const etag of etags) hash.update(etag, 'hex');
  return `${hash.digest('hex')}-${etags.length}`;
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
