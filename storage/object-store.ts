import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CopyObjectCommandInput,
  CreateMultipartUploadCommandInput,
  DeleteObjectTaggingCommandInput,
  GetObjectCommandInput,
  GetObjectTaggingCommandInput,
  PutObjectCommandInput,
  PutObjectTaggingCommandInput,
  RestoreObjectCommandInput,
  UploadPartCommandInput,
} from '@aws-sdk/client-s3';
import type { ByteBudget } from './byte-budget';
import type { ChecksumAlgorithm } from './checksums';

/** The shapes are AWS's own; only this folder names the SDK, the rest of Drover takes them from here. */
export type CopyObjectInput = CopyObjectCommandInput;
export type PutObjectTaggingInput = PutObjectTaggingCommandInput;
export type DeleteObjectTaggingInput = DeleteObjectTaggingCommandInput;
export type RestoreObjectInput = RestoreObjectCommandInput;
export type GetObjectInput = GetObjectCommandInput;
export type GetObjectTaggingInput = GetObjectTaggingCommandInput;
export type CreateMultipartUploadInput = CreateMultipartUploadCommandInput;
export type CompleteMultipartUploadInput = CompleteMultipartUploadCommandInput;
export type AbortMultipartUploadInput = AbortMultipartUploadCommandInput;
/** Bodies are in memory, so that a request can be sent again. */
export type PutObjectInput = Omit<PutObjectCommandInput, 'Body'> & { readonly Body: Uint8Array };
export type UploadPartInput = Omit<UploadPartCommandInput, 'Body'> & { readonly Body: Uint8Array };

export interface CallOptions {
  /** Aborting gives up the request at once; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface StoreAnswer {
  readonly httpStatus: number;
}

export interface ObjectRef {
  readonly bucket: string;
  readonly key: string;
  readonly versionId?: string;
}

export interface ObjectHead extends StoreAnswer {
  /** Without quotes. */
  readonly etag: string;
  readonly contentLength: number;
  readonly storageClass?: string;
  /** The `x-amz-restore` header as the store sent it. */
  readonly restore?: string;
  readonly versionId?: string;
}

/** All that an answer to GetObject says of an object beside its bytes. */
export interface ObjectProperties extends ObjectHead {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** The `Expires` header as the store sent it: not always a date. */
  readonly expires?: string;
  /** User metadata: lower-case names without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Entries of user metadata that the store could not put into headers. */
  readonly missingMetadata: number;
  /** Absent when the store does not tell: there may be tags all the same. */
  readonly tagCount?: number;
  /** `AES256`, `aws:kms`, … */
  readonly serverSideEncryption?: string;
  /** Stored with the object (base64); only when `ChecksumMode` asked for it. */
  readonly checksum?: {
    readonly algorithm: ChecksumAlgorithm;
    readonly value: string;
    /** Absent when the store does not tell. */
    readonly type?: string;
  };
}

export interface OpenObject extends ObjectProperties {
  /** To be read to its end, left (`break`) or discarded: until then it holds a connection. A break in it rejects with `StoreError`. */
  readonly body: AsyncIterable<Uint8Array>;
  discard(): void;
}

/** What a store says of bytes it has taken. */
export interface StoredBytes extends StoreAnswer {
  /** Without quotes. */
  readonly etag: string;
  readonly serverSideEncryption?: string;
}

export interface ReadTags {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
  readonly versionId?: string;
}

export interface ReadRange {
  /** First byte, and the byte after the last. */
  readonly start: number;
  readonly end: number;
}

export interface ReadOptions extends CallOptions {
  /** The read fails with PreconditionFailed when the object has another ETag (quotes or not). */
  readonly ifMatch?: string;
  readonly range?: ReadRange;
}

export interface PutOptions extends CallOptions {
  readonly contentType?: string;
}

/**
 * One S3 endpoint under one set of credentials. Every method rejects with `StoreError` for what the store or the network
 * says, after the retries that make sense; hot methods go the lean way, rare ones through the SDK.
 */
export interface ObjectStore {
  /** For messages, without secrets: `name (endpoint, region)`. */
  describe(): string;

  copyObject(input: CopyObjectInput, options?: CallOptions): Promise<StoreAnswer>;
  putObjectTagging(input: PutObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer>;
  deleteObjectTagging(input: DeleteObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer>;
  restoreObject(input: RestoreObjectInput, options?: CallOptions): Promise<StoreAnswer>;
  headObject(ref: ObjectRef, options?: CallOptions): Promise<ObjectHead>;

  getObject(input: GetObjectInput, options?: CallOptions): Promise<OpenObject>;
  getObjectTagging(input: GetObjectTaggingInput, options?: CallOptions): Promise<ReadTags>;
  putObject(input: PutObjectInput, options?: CallOptions): Promise<StoredBytes>;
  createMultipartUpload(
    input: CreateMultipartUploadInput,
    options?: CallOptions,
  ): Promise<{ readonly uploadId: string }>;
  uploadPart(input: UploadPartInput, options?: CallOptions): Promise<StoredBytes>;
  completeMultipartUpload(input: CompleteMultipartUploadInput, options?: CallOptions): Promise<StoredBytes>;
  abortMultipartUpload(input: AbortMultipartUploadInput, options?: CallOptions): Promise<StoreAnswer>;

  /** Whole body in memory: for what is known to be small. */
  read(ref: ObjectRef, options?: ReadOptions): Promise<Buffer>;
  /** Body as it arrives, for what may be large. A break in the middle rejects the iteration with `StoreError`. */
  readStream(
    ref: ObjectRef,
    options?: ReadOptions,
  ): Promise<{ readonly contentLength: number; readonly etag: string; readonly body: AsyncIterable<Uint8Array> }>;
  put(ref: ObjectRef, body: Uint8Array | string, options?: PutOptions): Promise<{ readonly etag: string }>;
  /** Succeeds when the object is gone, whether or not it was there. */
  remove(ref: ObjectRef, options?: CallOptions): Promise<void>;
  /** True when the bucket exists and these credentials may see it. */
  bucketExists(bucket: string, options?: CallOptions): Promise<boolean>;
}

/** Which store a bucket lives in, as one role sees it. */
export type Access = 'read' | 'write';

/** How objects go from one store to another. */
export interface Transfer {
  /** Larger objects go in parts. */
  readonly multipartAboveBytes: number;
  readonly multipartPartBytes: number;
  /** Memory for bodies on their way: one for the whole process. */
  readonly memory: ByteBudget;
}

export interface RoleStores {
  /**
   * The same object for buckets of the same store. Throws `DroverError`: `BucketNotAllowed` when the role may not use the
   * bucket so, `StoreNotConfigured` when no store has it.
   */
  storeFor(bucket: string, access: Access): ObjectStore;
  readonly functions: FunctionInvoker;
  readonly transfer: Transfer;
}

/** All stores of the configuration, by role. */
export interface Stores {
  /** Throws `DroverError('RoleNotConfigured')` for a role that the configuration does not map. */
  forRole(roleArn: string): RoleStores;
  /** Drover's own workspace, under Drover's own credentials. */
  workspace(): ObjectStore;
  close(): Promise<void>;
}

export interface FunctionAnswer {
  readonly httpStatus: number;
  /** Set when the function threw or timed out (`x-amz-function-error`). */
  readonly functionError?: string;
  readonly payload: string;
}

/**
 * Calls a function synchronously. Rejects with `StoreError` when the service refuses or can't be reached, with
 * `DroverError('FunctionNotAllowed')` when the role may not invoke it.
 */
export interface FunctionInvoker {
  invoke(functionArn: string, payload: string, options?: CallOptions): Promise<FunctionAnswer>;
}
