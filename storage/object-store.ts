import type {
  AbortMultipartUploadCommandInput,
  CompleteMultipartUploadCommandInput,
  CopyObjectCommandInput,
  CreateMultipartUploadCommandInput,
  DeleteObjectCommandInput,
  DeleteObjectsCommandInput,
  DeleteObjectTaggingCommandInput,
  GetObjectAclCommandInput,
  GetObjectAclCommandOutput,
  GetObjectCommandInput,
  GetObjectLegalHoldCommandInput,
  GetObjectRetentionCommandInput,
  GetObjectRetentionCommandOutput,
  GetObjectTaggingCommandInput,
  HeadObjectCommandInput,
  ListMultipartUploadsCommandInput,
  ListObjectsV2CommandInput,
  ListObjectVersionsCommandInput,
  ListPartsCommandInput,
  PutObjectAclCommandInput,
  PutObjectCommandInput,
  PutObjectLegalHoldCommandInput,
  PutObjectRetentionCommandInput,
  PutObjectTaggingCommandInput,
  ReplicationRule as SdkReplicationRule,
  RestoreObjectCommandInput,
  UpdateObjectEncryptionCommandInput,
  UploadPartCommandInput,
  UploadPartCopyCommandInput,
} from '@aws-sdk/client-s3';
import type { StoreProfile } from '../contracts/store-profile';
import type { SilentStore } from './http/hearing';
import type { RequestOwner } from './request-owner';
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
export type PutObjectAclInput = PutObjectAclCommandInput;
export type PutObjectLegalHoldInput = PutObjectLegalHoldCommandInput;
export type PutObjectRetentionInput = PutObjectRetentionCommandInput;
export type UpdateObjectEncryptionInput = UpdateObjectEncryptionCommandInput;
export type DeleteObjectInput = DeleteObjectCommandInput;
export type DeleteObjectsInput = DeleteObjectsCommandInput;
export type HeadObjectInput = HeadObjectCommandInput;
export type GetObjectAclInput = GetObjectAclCommandInput;
export type GetObjectLegalHoldInput = GetObjectLegalHoldCommandInput;
export type GetObjectRetentionInput = GetObjectRetentionCommandInput;
export type ListObjectsInput = ListObjectsV2CommandInput;
export type ListObjectVersionsInput = ListObjectVersionsCommandInput;
export type ListPartsInput = ListPartsCommandInput;
export type ListMultipartUploadsInput = ListMultipartUploadsCommandInput;
export type UploadPartCopyInput = UploadPartCopyCommandInput;
export type ReplicationRule = SdkReplicationRule;
export type ObjectAcl = Pick<GetObjectAclCommandOutput, 'Owner' | 'Grants'>;
export type ObjectRetention = NonNullable<GetObjectRetentionCommandOutput['Retention']>;
/** Bodies are in memory, so that a request can be sent again. */
export type PutObjectInput = Omit<PutObjectCommandInput, 'Body'> & { readonly Body: Uint8Array };
export type UploadPartInput = Omit<UploadPartCommandInput, 'Body'> & { readonly Body: Uint8Array };

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

export interface ObjectVersion {
  readonly key: string;
  /** `null` for what was stored without versioning. */
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly lastModified?: Date;
}

/**
 * Newest first within a key, delete markers among the versions, as S3 orders them. Stores that list markers apart leave the
 * order open within a second. `isDeleteMarker` is not always true: versitygw 1.8 with its metadata in a sidecar says it of all
 * that is stored over a delete marker.
 */
export interface ObjectVersionsPage {
  readonly versions: readonly ObjectVersion[];
  /** To be given with the next call; absent: this was the last page. */
  readonly next?: Pick<ListObjectVersionsInput, 'KeyMarker' | 'VersionIdMarker'>;
}

export interface ObjectsPage {
  readonly objects: readonly { readonly key: string; readonly size: number; readonly etag: string }[];
  readonly next?: Pick<ListObjectsInput, 'ContinuationToken'>;
}

export interface ListPageInput {
  readonly bucket: string;
  readonly prefix?: string;
  /** True: all versions and delete markers, by ListObjectVersions. False: the present objects, by ListObjectsV2. */
  readonly versions: boolean;
  /** Only keys after this one, which need not exist; of versions, after all of that key. */
  readonly after?: string;
  /** As the former page told. Instead of `after`. */
  readonly next?: ListCursor;
  /** Keys that have it after the prefix are told as `prefixes`. */
  readonly delimiter?: string;
  readonly maxKeys?: number;
}

export interface ListCursor {
  readonly token?: string;
  readonly keyMarker?: string;
  readonly versionIdMarker?: string;
}

/** An absent member is not told, which is neither zero nor "no". */
export interface ListedEntry {
  readonly bucket: string;
  readonly key: string;
  readonly size?: number;
  /** Milliseconds since 1970. */
  readonly lastModifiedMs?: number;
  readonly storageClass?: string;
  /** Without quotes. */
  readonly etag?: string;
  /** `null` for what was stored without versioning. This and the next two: of versions only. */
  readonly versionId?: string;
  readonly isLatest?: boolean;
  readonly isDeleteMarker?: boolean;
}

/** As the store gives it, not judged: see manifests/listing/ for what may be wrong with it. */
export interface ListedPage {
  readonly entries: readonly ListedEntry[];
  readonly prefixes: readonly string[];
  readonly isTruncated: boolean;
  readonly next?: ListCursor;
}

export interface PartsPage {
  readonly parts: readonly ({
    readonly partNumber: number;
    readonly etag: string;
    readonly size: number;
  } & ChecksumMembers)[];
  readonly next?: Pick<ListPartsInput, 'PartNumberMarker'>;
}

export interface UploadsPage {
  readonly uploads: readonly { readonly key: string; readonly uploadId: string; readonly initiated?: Date }[];
  readonly next?: Pick<ListMultipartUploadsInput, 'KeyMarker' | 'UploadIdMarker'>;
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
