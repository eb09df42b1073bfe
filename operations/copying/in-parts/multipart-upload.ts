import { createHash } from 'node:crypto';
import { LIMITS } from '../../../contracts/limits';
import { unwatchAbort, watchAbort } from '../../../storage/http/abort';
import type {
  CompleteMultipartUploadInput,
  CreateMultipartUploadInput,
  ListMultipartUploadsInput,
  ObjectProperties,
  ObjectStore,
  StoredBytes,
} from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import type { OperationContext, UploadNote } from '../../operation';
import { checkSameChecksum } from '../copy-checks';

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
  /** The ETags of all parts, in order; absent when they are not known any more. */
  readonly etags?: readonly string[];
  readonly begunAt: Date;
}

export interface BegunUpload {
  readonly ref: UploadRef;
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
      ...(request.RequestPayer && { requestPayer: request.RequestPayer }),
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

  /** After a lost answer there may be an upload that nobody knows the id of: it is given up before the next is begun. */
  async begin(signal: AbortSignal): Promise<BegunUpload> {
    for (let attempt = 1; ; attempt += 1) {
      const begunAt = new Date();
      const note = { ...this.note, begunAt: begunAt.toISOString() };
      try {
        return { ref: await this.create(note, signal), begunAt };
      } catch (error) {
        const isLost = error instanceof StoreError && error.answerLost;
        if (!isLost || signal.aborted || attempt >= LIMITS.request.attemptsMax) throw error;
        await giveUpNoted((bucket) => this.plan.context.storeFor(bucket, 'write'), note, signal);
      }
    }
  }

  private async create(note: UploadNote, signal: AbortSignal): Promise<UploadRef> {
    const { target, request, context, row } = this.plan;
    await context.uploads.write(row, note);
    const { uploadId } = await unhurried(signal, (late) =>
      target.createMultipartUpload(request, { signal: late }),
    ).catch(async (error: unknown) => {
      // Refused, so that there is none.
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
    return ref;
  }

  ref(uploadId: string): UploadRef {
    const { Bucket, Key, RequestPayer } = this.plan.request;
    return { Bucket, Key, ...(RequestPayer && { RequestPayer }), UploadId: uploadId };
  }

  /** After a lost answer the upload tells whether it is completed, and the object whether it was that, not its end. */
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
      if (!isNoSuchUpload(error) && (await this.isThere(upload, signal))) throw error;
      const finished = await this.finished(expected, signal);
      if (finished === undefined) throw error;
      return finished;
    }
  }

  /** False also on a store that can't tell. */
  private async isThere(upload: UploadRef, signal: AbortSignal): Promise<boolean> {
    try {
      await this.plan.target.listParts({ ...upload, MaxParts: 1 }, { signal });
      return true;
    } catch (error) {
      if (error instanceof StoreError && !error.storeDown) return false;
      throw error;
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
  const { bucket, uploadId } = note;
  const store = storeOf(bucket);
  const ids = uploadId === undefined ? await begunJustThen(store, note, signal) : [uploadId];
  for (const UploadId of ids) await abort(store, { ...objectOf(note), UploadId }, signal);
}

function objectOf({ bucket: Bucket, key: Key, requestPayer }: UploadNote): Omit<UploadRef, 'UploadId'> {
  return { Bucket, Key, ...(requestPayer && { RequestPayer: requestPayer }) };
}

/**
 * The upload whose id was never read: of this key, begun when the note says, and without parts. Without parts it costs
 * nothing, so that a store that can't tell is left alone.
 */
async function begunJustThen(store: ObjectStore, note: UploadNote, signal: AbortSignal): Promise<string[]> {
  const object = objectOf(note);
  try {
    const found: string[] = [];
    for (const UploadId of await uploadsOfThatTime(store, note, signal)) {
      const { parts } = await store.listParts({ ...object, UploadId, MaxParts: 1 }, { signal });
      if (parts.length === 0) found.push(UploadId);
    }
    return found;
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return [];
    throw error;
  }
}

async function uploadsOfThatTime(store: ObjectStore, note: UploadNote, signal: AbortSignal): Promise<string[]> {
  const { Key, ...bucket } = objectOf(note);
  const begun = Date.parse(note.begunAt);
  const from = begun - LIMITS.multipart.beginSkewMs;
  const to = begun + LIMITS.multipart.beginMs;
  const found: string[] = [];
  let next: Pick<ListMultipartUploadsInput, 'KeyMarker' | 'UploadIdMarker'> | undefined = {};
  while (next) {
    const page = await store.listMultipartUploads({ ...bucket, Prefix: Key, ...next }, { signal });
    const ofKey = page.uploads.filter(({ key }) => key === Key);
    for (const { uploadId, initiated } of ofKey) {
      const at = initiated?.getTime() ?? NaN;
      if (at >= from && at <= to) found.push(uploadId);
    }
    // Longer keys come after this one.
    next = ofKey.length === page.uploads.length ? page.next : undefined;
  }
  return found;
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
  const since = begunAt.getTime() - LIMITS.api.clockSkewMs;
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
      }, LIMITS.multipart.stopGraceMs);
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
