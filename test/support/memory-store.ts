/**
 * An ObjectStore in memory: buckets, versions, tags, metadata, storage classes, archived objects with a clock of their own,
 * and faults at will. It answers as S3 does, error codes and statuses included, so that logic above `storage/` can be tested
 * without a server. It does not imitate retries: what a fault throws is what the store says after all of them.
 */
import { DroverError } from '../../contracts/failures';
import type {
  AbortMultipartUploadInput,
  CallOptions,
  CompleteMultipartUploadInput,
  CopyObjectInput,
  CreateMultipartUploadInput,
  DeleteObjectTaggingInput,
  FunctionInvoker,
  GetObjectInput,
  GetObjectTaggingInput,
  ObjectHead,
  ObjectRef,
  ObjectStore,
  OpenObject,
  PutObjectInput,
  PutObjectTaggingInput,
  PutOptions,
  ReadOptions,
  ReadRange,
  ReadTags,
  RestoreObjectInput,
  RoleStores,
  StoreAnswer,
  StoredBytes,
  Stores,
  Transfer,
  UploadPartInput,
  WebhookInvoker,
} from '../../storage/object-store';
import type { OperationContext } from '../../operations/operation';
import { LIMITS } from '../../contracts/limits';
import { ByteBudget } from '../../storage/byte-budget';
import { StoreError } from '../../storage/store-error';
import {
  isReadable,
  MemoryBucket,
  type MemoryObject,
  type ObjectSeed,
  refusal,
  requestRestore,
  restoreHeader,
} from './memory-bucket';
import { Faults, type RecordedCall } from './memory-faults';
import { MemoryFunctions } from './memory-functions';
import { MemoryUploadNotes } from './memory-upload-notes';
import { MemoryWebhooks } from './memory-webhooks';
import { checkBody, storedBytes } from './memory-checks';
import { describeObject, MemoryUploads, newObject } from './memory-uploads';

const COPY_SOURCE_BYTES_MAX = 5 * 1024 ** 3;
const STREAM_CHUNK_BYTES = 64 * 1024;

export class MemoryStore implements ObjectStore {
  readonly faults = new Faults();
  /** The store's own time: restores and constraints go by it. */
  now: Date;
  private readonly buckets = new Map<string, MemoryBucket>();
  private readonly breaks = new Map<string, number>();
  private readonly multipart = new MemoryUploads();
  private readsToTamper = 0;
  private writesToTamper = 0;
  private readonly verifies: boolean;

  constructor(
    options: {
      readonly buckets?: readonly string[];
      readonly now?: Date;
      /** False for a store that takes bodies without a look at the checksums that come with them. */
      readonly verifies?: boolean;
    } = {},
  ) {
    this.verifies = options.verifies ?? true;
    this.now = options.now ?? new Date('2026-01-01T00:00:00Z');
    for (const bucket of options.buckets ?? []) this.createBucket(bucket);
  }

  get calls(): readonly RecordedCall[] {
    return this.faults.calls;
  }

  // Setting up and looking in: nothing here is recorded, and no fault strikes.

  createBucket(name: string, options: { readonly versioned?: boolean } = {}): void {
    this.buckets.set(name, new MemoryBucket(name, options.versioned ?? false));
  }

  seed(bucket: string, key: string, body: string | Uint8Array = key, seed: ObjectSeed = {}): MemoryObject {
    return this.bucket(bucket).put(key, Buffer.from(body as Uint8Array), this.now, seed);
  }

  /** Undefined when there is no such object. */
  peek(bucket: string, key: string, versionId?: string): MemoryObject | undefined {
    try {
      return this.bucket(bucket).get(key, versionId);
    } catch (error) {
      if (error instanceof StoreError) return undefined;
      throw error;
    }
  }

  versions(bucket: string, key: string): readonly MemoryObject[] {
    return this.bucket(bucket).versions(key);
  }

  keys(bucket: string): string[] {
    return this.bucket(bucket).keys();
  }

  advance(ms: number): void {
    this.now = new Date(this.now.getTime() + ms);
  }

  /** The next `readStream` or `getObject` of the object breaks off after so many bytes. */
  breakStream(bucket: string, key: string, afterBytes: number): void {
    this.breaks.set(`${bucket}/${key}`, afterBytes);
  }

  /** Keys of the multipart uploads that were neither completed nor aborted. */
  unfinishedUploads(): string[] {
    return this.multipart.keys();
  }

  /** One byte is another in the bodies of the next reads. */
  tamperReads(times = 1): void {
    this.readsToTamper = times;
  }

  /** One byte is another in the bodies of the next writes when they arrive. */
  tamperWrites(times = 1): void {
    this.writesToTamper = times;
  }

  // ObjectStore

  describe(): string {
    return 'memory://store (region memory-1)';
  }

  copyObject(input: CopyObjectInput, options: CallOptions = {}): Promise<StoreAnswer> {
    return this.call('copyObject', target(input), input, options, () => {
      const from = parseCopySource(input.CopySource ?? '');
      const source = this.bucket(from.bucket).get(from.key, from.versionId);
      this.checkCopy(input, from, source);
      const replace = input.MetadataDirective === 'REPLACE';
      const made = newObject(input);
      this.bucket(input.Bucket ?? '').put(input.Key ?? '', source.body, this.now, {
        size: source.size,
        headers: replace ? made.headers : source.headers,
        metadata: replace ? made.metadata : source.metadata,
        tags: input.TaggingDirective === 'REPLACE' ? made.tags : source.tags,
        storageClass: made.storageClass,
        settings: made.settings,
      });
      return { httpStatus: 200 };
    });
  }

  putObjectTagging(input: PutObjectTaggingInput, options: CallOptions = {}): Promise<StoreAnswer> {
    return this.call('putObjectTagging', target(input), input, options, () => {
      const object = this.bucket(input.Bucket ?? '').get(input.Key ?? '', input.VersionId);
      const tags = (input.Tagging?.TagSet ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' }));
      if (tags.length > 10) throw refusal('BadRequest', 400, 'Object tags cannot be greater than 10');
      if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
        throw refusal('InvalidTag', 400, 'Cannot provide multiple Tags with the same key');
      }
      object.tags = tags;
      return { httpStatus: 200 };
    });
  }

  deleteObjectTagging(input: DeleteObjectTaggingInput, options: CallOptions = {}): Promise<StoreAnswer> {
    return this.call('deleteObjectTagging', target(input), input, options, () => {
      this.bucket(input.Bucket ?? '').get(input.Key ?? '', input.VersionId).tags = [];
      return { httpStatus: 204 };
    });
  }

  restoreObject(input: RestoreObjectInput, options: CallOptions = {}): Promise<StoreAnswer> {
    return this.call('restoreObject', target(input), input, options, () => {
      const object = this.bucket(input.Bucket ?? '').get(input.Key ?? '', input.VersionId);
      const tier = input.RestoreRequest?.GlacierJobParameters?.Tier ?? 'Standard';
      return { httpStatus: requestRestore(object, input.RestoreRequest?.Days, tier, this.now) };
    });
  }

  headObject(ref: ObjectRef, options: CallOptions = {}): Promise<ObjectHead> {
    return this.call('headObject', ref, ref, options, () => {
      const object = this.bucket(ref.bucket).get(ref.key, ref.versionId);
      const restore = restoreHeader(object, this.now);
      return {
        httpStatus: 200,
        etag: object.etag,
        contentLength: object.size,
        // S3 names no class for STANDARD.
        ...(object.storageClass === 'STANDARD' ? {} : { storageClass: object.storageClass }),
        ...(restore === undefined ? {} : { restore }),
        ...(object.versionId === 'null' ? {} : { versionId: object.versionId }),
      };
    });
  }

  getObject(input: GetObjectInput, options: CallOptions = {}): Promise<OpenObject> {
    const ref = target(input);
    return this.call('getObject', ref, input, options, () => {
      const object = this.bucket(ref.bucket).get(ref.key, ref.versionId);
      const { IfModifiedSince: after, IfUnmodifiedSince: before, IfMatch: ifMatch } = input;
      if (after !== undefined && object.lastModified <= after) {
        throw refusal('NotModified', 304, 'The store answered with HTTP status 304');
      }
      if (before !== undefined && object.lastModified > before) throw preconditionFailed();
      const range = rangeOf(input.Range);
      const read = { ...(ifMatch === undefined ? {} : { ifMatch }), ...(range && { range }) };
      const { body } = this.content(ref, read);
      if (this.readsToTamper > 0 && body.length > 0) {
        this.readsToTamper -= 1;
        tamper(body);
      }
      const properties = describeObject(object, input.ChecksumMode === 'ENABLED');
      return {
        ...properties,
        contentLength: range ? body.length : object.size,
        body: stream(body, this.takeBreak(ref), options.signal),
        discard: () => undefined,
      };
    });
  }

  getObjectTagging(input: GetObjectTaggingInput, options: CallOptions = {}): Promise<ReadTags> {
    return this.call('getObjectTagging', target(input), input, options, () => {
      const { tags, versionId } = this.bucket(input.Bucket ?? '').get(input.Key ?? '', input.VersionId);
      return { tags, ...(versionId === 'null' ? {} : { versionId }) };
    });
  }

  putObject(input: PutObjectInput, options: CallOptions = {}): Promise<StoredBytes> {
    return this.call('putObject', target(input), input, options, async () => {
      const body = await this.accept(input);
      const object = this.bucket(input.Bucket ?? '').put(input.Key ?? '', body, this.now, newObject(input));
      return storedBytes(object.etag, input.ServerSideEncryption);
    });
  }

  createMultipartUpload(
    input: CreateMultipartUploadInput,
    options: CallOptions = {},
  ): Promise<{ readonly uploadId: string }> {
    return this.call('createMultipartUpload', target(input), input, options, () => {
      this.bucket(input.Bucket ?? '');
      return { uploadId: this.multipart.create(input) };
    });
  }

  uploadPart(input: UploadPartInput, options: CallOptions = {}): Promise<StoredBytes> {
    return this.call('uploadPart', target(input), input, options, async () =>
      this.multipart.add(input, await this.accept(input)),
    );
  }

  completeMultipartUpload(input: CompleteMultipartUploadInput, options: CallOptions = {}): Promise<StoredBytes> {
    return this.call('completeMultipartUpload', target(input), input, options, async () => {
      const { body, seed, etag } = await this.multipart.complete(input);
      this.bucket(input.Bucket ?? '').put(input.Key ?? '', body, this.now, { ...seed, etag });
      return { httpStatus: 200, etag };
    });
  }

  abortMultipartUpload(input: AbortMultipartUploadInput, options: CallOptions = {}): Promise<StoreAnswer> {
    return this.call('abortMultipartUpload', target(input), input, options, () => {
      this.multipart.remove(input);
      return { httpStatus: 204 };
    });
  }

  read(ref: ObjectRef, options: ReadOptions = {}): Promise<Buffer> {
    return this.call('read', ref, ref, options, () => this.content(ref, options).body);
  }

  readStream(
    ref: ObjectRef,
    options: ReadOptions = {},
  ): Promise<{ readonly contentLength: number; readonly etag: string; readonly body: AsyncIterable<Uint8Array> }> {
    return this.call('readStream', ref, ref, options, () => {
      const { body, etag } = this.content(ref, options);
      return { contentLength: body.length, etag, body: stream(body, this.takeBreak(ref), options.signal) };
    });
  }

  put(ref: ObjectRef, body: Uint8Array | string, options: PutOptions = {}): Promise<{ readonly etag: string }> {
    return this.call('put', ref, ref, options, () => {
      const headers = options.contentType === undefined ? {} : { ContentType: options.contentType };
      return {
        etag: this.bucket(ref.bucket).put(ref.key, Buffer.from(body as Uint8Array), this.now, { headers }).etag,
      };
    });
  }

  remove(ref: ObjectRef, options: CallOptions = {}): Promise<void> {
    return this.call('remove', ref, ref, options, () => {
      this.bucket(ref.bucket).remove(ref.key, this.now, ref.versionId);
    });
  }

  bucketExists(bucket: string, options: CallOptions = {}): Promise<boolean> {
    return this.call('bucketExists', { bucket, key: '' }, bucket, options, () => this.buckets.has(bucket));
  }

  private takeBreak(ref: ObjectRef): number | undefined {
    const name = `${ref.bucket}/${ref.key}`;
    const afterBytes = this.breaks.get(name);
    this.breaks.delete(name);
    return afterBytes;
  }

  /** The body as it arrives, refused when it is not what its checksums say. */
  private async accept(input: PutObjectInput | UploadPartInput): Promise<Buffer> {
    this.bucket(input.Bucket ?? '');
    const body = Buffer.from(input.Body);
    if (this.writesToTamper > 0 && body.length > 0) {
      this.writesToTamper -= 1;
      tamper(body);
    }
    if (this.verifies) await checkBody(input, body);
    return body;
  }

  private call<T>(
    method: string,
    at: ObjectRef,
    input: unknown,
    options: CallOptions,
    effect: () => T | Promise<T>,
  ): Promise<T> {
    return this.faults.run({ method, ...at, input }, options.signal, effect);
  }

  private bucket(name: string): MemoryBucket {
    const bucket = this.buckets.get(name);
    if (bucket === undefined) throw refusal('NoSuchBucket', 404, 'The specified bucket does not exist');
    return bucket;
  }

  private content(ref: ObjectRef, options: ReadOptions): { readonly body: Buffer; readonly etag: string } {
    const object = this.bucket(ref.bucket).get(ref.key, ref.versionId);
    if (options.ifMatch !== undefined && options.ifMatch.replaceAll('"', '') !== object.etag)
      throw preconditionFailed();
    if (!isReadable(object, this.now)) throw notReadable();
    const { range } = options;
    if (range !== undefined && range.start >= object.body.length) {
      throw refusal('InvalidRange', 416, 'The requested range is not satisfiable');
    }
    const body = range === undefined ? object.body : object.body.subarray(range.start, range.end);
    return { body: Buffer.from(body), etag: object.etag };
  }

  private checkCopy(input: CopyObjectInput, from: ObjectRef, source: MemoryObject): void {
    this.bucket(input.Bucket ?? '');
    const { CopySourceIfModifiedSince: after, CopySourceIfUnmodifiedSince: before } = input;
    if (after !== undefined && source.lastModified <= after) throw preconditionFailed();
    if (before !== undefined && source.lastModified > before) throw preconditionFailed();
    if (!isReadable(source, this.now)) throw notReadable();
    if (source.size > COPY_SOURCE_BYTES_MAX) {
      const limit = `larger than the maximum allowable size for a copy source: ${COPY_SOURCE_BYTES_MAX}`;
      throw refusal('InvalidRequest', 400, `The specified copy source is ${limit}`);
    }
    const onItself = from.bucket === input.Bucket && from.key === input.Key && from.versionId === undefined;
    const changed = (input.MetadataDirective === 'REPLACE' || input.StorageClass) ?? input.ServerSideEncryption;
    if (onItself && !changed) {
      throw refusal(
        'InvalidRequest',
        400,
        'This copy request is illegal because it is trying to copy an object to itself',
      );
    }
  }
}

/** Stores of one role over a single store, or two. `denied` buckets throw as `storeFor` does for a role without the right. */
export function memoryRoleStores(
  store: ObjectStore,
  options: {
    readonly functions?: FunctionInvoker;
    readonly denied?: readonly string[];
    /** Another store that holds these buckets. */
    readonly elsewhere?: { readonly store: ObjectStore; readonly buckets: readonly string[] };
    readonly transfer?: Partial<Transfer>;
    readonly webhooks?: WebhookInvoker;
  } = {},
): RoleStores & Pick<OperationContext, 'createdAt' | 'uploads'> {
  const { elsewhere, transfer } = options;
  return {
    storeFor(bucket) {
      if (options.denied?.includes(bucket))
        throw new DroverError('BucketNotAllowed', `The role may not use bucket ${bucket}`);
      return elsewhere?.buckets.includes(bucket) ? elsewhere.store : store;
    },
    functions: options.functions ?? new MemoryFunctions(),
    webhooks: options.webhooks ?? new MemoryWebhooks(),
    createdAt: new Date('2026-01-01T00:00:00Z'),
    uploads: new MemoryUploadNotes(),
    transfer: {
      multipartAboveBytes: LIMITS.multipartAboveBytes,
      multipartPartBytes: LIMITS.multipartPartBytes,
      memory: new ByteBudget(LIMITS.transferBytesInFlightMax),
      ...transfer,
    },
  };
}

/** The same stores for every role, except those that `roles` leaves out. */
export function memoryStores(role: RoleStores, workspace: ObjectStore, roles?: readonly string[]): Stores {
  return {
    forRole(roleArn) {
      if (roles === undefined || roles.includes(roleArn)) return role;
      throw new DroverError('RoleNotConfigured', `No credentials are configured for role ${roleArn}`);
    },
    workspace: () => workspace,
    close: () => Promise.resolve(),
  };
}

function target(input: {
  Bucket?: string | undefined;
  Key?: string | undefined;
  VersionId?: string | undefined;
}): ObjectRef {
  const at = { bucket: input.Bucket ?? '', key: input.Key ?? '' };
  return input.VersionId === undefined ? at : { ...at, versionId: input.VersionId };
}

function parseCopySource(source: string): ObjectRef {
  const match = /^\/?([^/]+)\/(.*?)(?:\?versionId=(.*))?$/s.exec(source);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw refusal('InvalidArgument', 400, 'Copy Source must mention the source bucket and key: sourcebucket/sourcekey');
  }
  const at = { bucket: decodeURIComponent(match[1]), key: decodeURIComponent(match[2]) };
  return match[3] === undefined ? at : { ...at, versionId: decodeURIComponent(match[3]) };
}

function tamper(body: Buffer): void {
  const middle = body.length >> 1;
  body[middle] = (body[middle] ?? 0) ^ 1;
}

function rangeOf(header: string | undefined): ReadRange | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  return last === undefined ? undefined : { start: Number(first), end: Number(last) + 1 };
}

function preconditionFailed(): StoreError {
  return refusal('PreconditionFailed', 412, 'At least one of the pre-conditions you specified did not hold');
}

function notReadable(): StoreError {
  return refusal('InvalidObjectState', 403, "The operation is not valid for the object's storage class");
}

async function* stream(body: Buffer, breakAfter: number | undefined, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = Math.min(breakAfter ?? body.length, body.length);
  for (let start = 0; start < end; start += STREAM_CHUNK_BYTES) {
    await new Promise((go) => setImmediate(go));
    signal?.throwIfAborted();
    yield body.subarray(start, Math.min(start + STREAM_CHUNK_BYTES, end));
  }
  if (breakAfter !== undefined) throw new StoreError('ECONNRESET', 0, 'connection broke while the body was read');
}
