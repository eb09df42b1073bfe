import type { StoreProfile } from '../contracts/store-profile';
import type { ByteBudget } from './byte-budget';
import type { ChecksumAlgorithm } from './checksums';
import type { SilentStore } from './http/hearing';
import type { ListedPage, ListPageInput, ObjectsPage, ObjectVersionsPage, PartsPage, UploadsPage } from './listed';
import type { RequestOwner } from './request-owner';
import type {
  AbortMultipartUploadInput,
  CompleteMultipartUploadInput,
  CopyObjectInput,
  CreateMultipartUploadInput,
  DeleteObjectInput,
  DeleteObjectsInput,
  DeleteObjectTaggingInput,
  GetObjectAclInput,
  GetObjectInput,
  GetObjectLegalHoldInput,
  GetObjectRetentionInput,
  GetObjectTaggingInput,
  HeadObjectInput,
  ListMultipartUploadsInput,
  ListObjectsInput,
  ListObjectVersionsInput,
  ListPartsInput,
  ObjectAcl,
  ObjectRetention,
  PutObjectAclInput,
  PutObjectInput,
  PutObjectLegalHoldInput,
  PutObjectRetentionInput,
  PutObjectTaggingInput,
  ReplicationRule,
  RestoreObjectInput,
  UpdateObjectEncryptionInput,
  UploadPartCopyInput,
  UploadPartInput,
} from './s3-inputs';
import type { VaultService } from './vaults';

export type * from './listed';
export type * from './s3-inputs';

export interface CallOptions {
  /** Aborting gives up the request at once; the call rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

export interface HeadOptions extends CallOptions {
  /**
   * A 404 is enough. Else the store is asked once more, for its answer to HeadObject does not tell which of key, version and
   * bucket is not there.
   */
  readonly plainNotFound?: boolean;
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
  /** Without quotes. Empty when the store does not tell. */
  readonly etag: string;
  /** Absent when the store does not tell: see `sizeOf`. */
  readonly contentLength?: number;
  readonly storageClass?: string;
  /** The `x-amz-restore` header as the store sent it. */
  readonly restore?: string;
  readonly versionId?: string;
}

/** All that an answer to HeadObject or GetObject says of an object beside its bytes. */
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
  readonly sseKmsKeyId?: string;
  readonly bucketKeyEnabled?: boolean;
  readonly lastModified?: Date;
  readonly websiteRedirectLocation?: string;
  /** `GOVERNANCE` or `COMPLIANCE`; absent also where the credentials may not see it. */
  readonly objectLockMode?: string;
  readonly objectLockRetainUntilDate?: Date;
  /** `ON` or `OFF`. */
  readonly objectLockLegalHold?: string;
  /** `ON` or `OFF`; how long the object stays protected after an event hold is told while it is on. */
  readonly objectLockEventHold?: string;
  readonly objectLockEventHoldDays?: number;
  readonly objectLockEventHoldYears?: number;
  /** `PENDING`, `COMPLETED`, `FAILED` or `REPLICA`. */
  readonly replicationStatus?: string;
  /** The archive tier of S3 Intelligent-Tiering: `ARCHIVE_ACCESS` or `DEEP_ARCHIVE_ACCESS`. */
  readonly archiveStatus?: string;
  /** Parts that the object was uploaded in; told only to a request for one of its parts. */
  readonly partsCount?: number;
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

/** Checksums (base64) by their members' names, as CopyPartResult and CompleteMultipartUpload spell them: `ChecksumCRC32`, … */
export type ChecksumMembers = { readonly [A in ChecksumAlgorithm as `Checksum${A}`]?: string };

/** What a store says of bytes it has taken. */
export interface StoredBytes extends StoreAnswer {
  /** Without quotes. */
  readonly etag: string;
  readonly serverSideEncryption?: string;
  readonly versionId?: string;
  readonly checksums?: ChecksumMembers;
}

export interface DeletedObject extends StoreAnswer {
  /** The id of the version that is gone, or of the delete marker that was made. */
  readonly versionId?: string;
  /** A delete marker was made, or is gone. */
  readonly deleteMarker?: boolean;
}

/** Answer to DeleteObjects: each key in one of the lists, unless the store lost it. */
export interface DeletedKeys {
  readonly deleted: readonly { readonly key: string; readonly versionId?: string }[];
  readonly errors: readonly {
    readonly key: string;
    readonly versionId?: string;
    readonly code: string;
    readonly message: string;
  }[];
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

export interface SelectCsvInput {
  /** S3 Select's SQL, over columns by their numbers: the object has no header for it. */
  readonly expression: string;
  readonly isGzip: boolean;
}

export interface PutOptions extends CallOptions {
  readonly contentType?: string;
}

/**
 * One S3 endpoint under one set of credentials. Every method rejects with `StoreError` for what the store or the network
 * says, after the retries that make sense.
 */
export interface ObjectStore {
  /** For messages, without secrets: `name (endpoint, region)`. */
  describe(): string;

  copyObject(input: CopyObjectInput, options?: CallOptions): Promise<StoreAnswer>;
  putObjectTagging(input: PutObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer>;
  deleteObjectTagging(input: DeleteObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer>;
  restoreObject(input: RestoreObjectInput, options?: CallOptions): Promise<StoreAnswer>;
  putObjectAcl(input: PutObjectAclInput, options?: CallOptions): Promise<StoreAnswer>;
  putObjectLegalHold(input: PutObjectLegalHoldInput, options?: CallOptions): Promise<StoreAnswer>;
  putObjectRetention(input: PutObjectRetentionInput, options?: CallOptions): Promise<StoreAnswer>;
  /** Succeeds also when nothing was there (where the store says NoSuchKey, so does this). */
  deleteObject(input: DeleteObjectInput, options?: CallOptions): Promise<DeletedObject>;
  /** Up to 1,000 keys. What became of each stands in the answer. */
  deleteObjects(input: DeleteObjectsInput, options?: CallOptions): Promise<DeletedKeys>;
  headObject(ref: ObjectRef, options?: HeadOptions): Promise<ObjectHead>;
  /**
   * HeadObject, with all that it tells. A store that leaves out size, ETag or time there is asked for them by GetObject; they are
   * absent only when that does not tell them either.
   */
  describeObject(input: HeadObjectInput, options?: HeadOptions): Promise<ObjectProperties>;

  /** What the store understands, as far as it is known by now. Requests are put accordingly; most callers need not look. */
  readonly profile: StoreProfile;

  /** Rejects with NotImplemented unless `profile.updatesEncryption`: callers copy the object onto itself instead. */
  updateObjectEncryption(input: UpdateObjectEncryptionInput, options?: CallOptions): Promise<StoreAnswer>;

  getObjectAcl(input: GetObjectAclInput, options?: CallOptions): Promise<ObjectAcl>;
  /** `ON` or `OFF`; undefined when the object never had one. */
  getObjectLegalHold(input: GetObjectLegalHoldInput, options?: CallOptions): Promise<string | undefined>;
  /** Empty when the object has none. */
  getObjectRetention(input: GetObjectRetentionInput, options?: CallOptions): Promise<ObjectRetention>;
  /** False when the bucket has no Object Lock. */
  hasObjectLock(bucket: string, options?: CallOptions): Promise<boolean>;
  /** Empty when the bucket has no replication configuration. */
  replicationRules(bucket: string, options?: CallOptions): Promise<readonly ReplicationRule[]>;
  listObjectVersions(input: ListObjectVersionsInput, options?: CallOptions): Promise<ObjectVersionsPage>;
  listObjects(input: ListObjectsInput, options?: CallOptions): Promise<ObjectsPage>;
  /** One page with all that a listing tells of objects, or of versions. */
  listPage(input: ListPageInput, options?: CallOptions): Promise<ListedPage>;

  uploadPartCopy(input: UploadPartCopyInput, options?: CallOptions): Promise<StoredBytes>;
  listParts(input: ListPartsInput, options?: CallOptions): Promise<PartsPage>;
  listMultipartUploads(input: ListMultipartUploadsInput, options?: CallOptions): Promise<UploadsPage>;

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
  ): Promise<{ readonly etag: string; readonly body: AsyncIterable<Uint8Array> }>;
  /**
   * The rows of a CSV object that the store selects (SelectObjectContent), as CSV with all fields in quotes. The call knows no
   * version and no ETag. Rejects with NotImplemented for a store without it, also while it is read, and for an answer that
   * breaks off.
   */
  selectCsv(ref: ObjectRef, input: SelectCsvInput, options?: CallOptions): AsyncIterable<Uint8Array>;
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
   * bucket so, or it is the workspace's, `StoreNotConfigured` when no store has it.
   */
  storeFor(bucket: string, access: Access): ObjectStore;
  readonly functions: FunctionInvoker;
  readonly webhooks: WebhookInvoker;
  readonly vaults: VaultService;
  readonly transfer: Transfer;
}

/** All stores of the configuration, by role. */
export interface Stores {
  /**
   * What a job of the account reaches that acts as the role; never the workspace. Throws `DroverError`: `RoleNotConfigured` for
   * a role that the configuration does not map, `AccessDenied` for one that the account may not use, or may not any more.
   */
  forRole(roleArn: string, account: string): RoleStores;
  /** Drover's own workspace, under Drover's own credentials. */
  workspace(): ObjectStore;
  /** The same stores, functions and webhooks, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): Stores;
  /**
   * Stores that owe this process an answer and have given none since. One that has been silent for some seconds is asked for a
   * sign of life, so that a long copy is not taken for a store that hangs.
   */
  silentStores(): readonly SilentStore[];
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

export interface WebhookAnswer {
  readonly httpStatus: number;
  readonly body: string;
  /** From `Retry-After`, when the answer has one. */
  readonly retryAfterMs?: number;
  /** The target of a redirect, which is not followed. */
  readonly location?: string;
}

export interface WebhookCallOptions extends CallOptions {
  /** For the whole answer of one attempt. */
  readonly timeoutMs?: number;
}

/**
 * Posts JSON to an address that is no store, signed (Standard Webhooks) with the secret that the configuration has for it.
 * `id` is the same in each repeat. Rejects with `StoreError` when there is no answer, with `DroverError('UrlNotAllowed')`
 * when the role may not call the address.
 */
export interface WebhookInvoker {
  post(url: string, id: string, payload: string, options?: WebhookCallOptions): Promise<WebhookAnswer>;
}
