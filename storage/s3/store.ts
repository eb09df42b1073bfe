import type {
  CompleteMultipartUploadOutput,
  CreateMultipartUploadOutput,
  GetObjectTaggingOutput,
  UploadPartCopyOutput,
} from '@aws-sdk/client-s3';
import type { StoreProfile } from '../../contracts/store-profile';
import type { AwsClient } from '../aws/client';
import { single } from '../http/answer-headers';
import type { HttpAnswer } from '../http/exchange';
import type * as Api from '../object-store';
import type { CallOptions, ObjectRef, ObjectStore, StoreAnswer, StoredBytes } from '../object-store';
import { OwnedBytes } from '../owned-bytes';
import { checkConditionsHeld } from '../profile/conditions-held';
import { Knowledge } from '../profile/knowledge';
import { StoreClient } from '../profile/store-client';
import type { RequestOwner } from '../request-owner';
import { StoreError } from '../store-error';
import { openAsStored } from './as-stored';
import { deleteObjects } from './deleting/delete-objects';
import { explainHead } from './explain-head';
import { Findings } from './known-calls/findings';
import { KnownCalls } from './known-calls/known-calls';
import { listPage } from './listing/list-page';
import { S3Listings } from './listing/listings';
import { S3Locks } from './locks';
import { etagOf, objectHead, objectProperties, stored, storedBytes, withoutQuotes } from './object-properties';
import { checkRange, objectInput, rangeOf, readInput } from './read-range';
import { S3_OPERATIONS } from './s3-operations';
import { selectCsv } from './select-csv';
import { askedOtherwise, completed, tellsState } from './untold';

/** Calls of which nothing but the status matters. */
type PlainCall = {
  [Name in keyof typeof S3_OPERATIONS]: Name extends keyof ObjectStore ? Name : never;
}[keyof typeof S3_OPERATIONS];

export interface S3StoreOptions {
  /** Absent: nothing is known yet. */
  readonly knowledge?: Knowledge;
  /** AWS: nothing is looked at before it is sent. */
  readonly knowsAllCalls?: boolean;
}

/** `ObjectStore` over S3's REST API. Copy sources are expected as `copySource` makes them: URL-encoded. */
export class S3Store implements ObjectStore {
  private readonly client: StoreClient;
  private readonly knowledge: Knowledge;
  private readonly known: KnownCalls | undefined;
  private readonly bytes: OwnedBytes;
  private readonly locks: S3Locks;
  private readonly listings: S3Listings;

  constructor(
    private readonly plainClient: AwsClient,
    private readonly description: string,
    private readonly options: S3StoreOptions = {},
    private readonly findings = new Findings(),
    owner?: RequestOwner,
  ) {
    this.bytes = new OwnedBytes(owner);
    this.knowledge = options.knowledge ?? new Knowledge();
    this.client = new StoreClient(plainClient, this.knowledge);
    this.known = options.knowsAllCalls
      ? undefined
      : new KnownCalls(this.client, description, findings, owner?.id ?? '');
    this.locks = new S3Locks(plainClient);
    this.listings = new S3Listings(plainClient);
  }

  get profile(): StoreProfile {
    return this.knowledge.profile;
  }

  /** The same store, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): S3Store {
    const { description, knowledge, options, findings } = this;
    return new S3Store(this.plainClient.ownedBy(owner), description, { ...options, knowledge }, findings, owner);
  }

  describe(): string {
    return this.description;
  }

  async copyObject(input: Api.CopyObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    const mayCopy = this.bytes.beforeCopy(input, this, options);
    if (mayCopy) await mayCopy;
    const { status, body } = await this.call('copyObject', input, options);
    this.plainClient.checkAnswer(S3_OPERATIONS.copyObject, body);
    return { httpStatus: status };
  }

  putObjectTagging(input: Api.PutObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('putObjectTagging', input, options);
  }

  deleteObjectTagging(input: Api.DeleteObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('deleteObjectTagging', input, options);
  }

  restoreObject(input: Api.RestoreObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('restoreObject', input, options);
  }

  putObjectAcl(input: Api.PutObjectAclInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('putObjectAcl', input, options);
  }

  putObjectLegalHold(input: Api.PutObjectLegalHoldInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('putObjectLegalHold', input, options);
  }

  putObjectRetention(input: Api.PutObjectRetentionInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('putObjectRetention', input, options);
  }

  async updateObjectEncryption(input: Api.UpdateObjectEncryptionInput, options?: CallOptions): Promise<StoreAnswer> {
    if (this.profile.updatesEncryption) return this.answer('updateObjectEncryption', input, options);
    // Never sent on the off chance: it would store the request's body as the object.
    throw new StoreError('NotImplemented', 501, `${this.description} may not know UpdateObjectEncryption`);
  }

  async deleteObject(input: Api.DeleteObjectInput, options?: CallOptions): Promise<Api.DeletedObject> {
    const { status, headers } = await this.call('deleteObject', input, options);
    this.known?.learn(input, headers);
    const versionId = single(headers['x-amz-version-id']);
    return {
      httpStatus: status,
      ...(versionId === undefined ? {} : { versionId }),
      ...(single(headers['x-amz-delete-marker']) === 'true' ? { deleteMarker: true } : {}),
    };
  }

  async deleteObjects(input: Api.DeleteObjectsInput, options?: CallOptions): Promise<Api.DeletedKeys> {
    await this.known?.checkVersions(input, options?.signal);
    return deleteObjects(this.client, input, options?.signal);
  }

  async headObject(ref: ObjectRef, options?: Api.HeadOptions): Promise<Api.ObjectHead> {
    const { status, headers } = await this.head(objectInput(ref), options);
    return objectHead(status, headers);
  }

  async describeObject(input: Api.HeadObjectInput, options?: Api.HeadOptions): Promise<Api.ObjectProperties> {
    const { status, headers } = await this.head(input, options);
    this.known?.checkRead('headObject', input, headers);
    const told = objectProperties(status, headers);
    const found = tellsState(told) ? told : await askedOtherwise(told, this.client, input, options?.signal);
    checkConditionsHeld(input, found);
    return found;
  }

  getObjectAcl(input: Api.GetObjectAclInput, options?: CallOptions): Promise<Api.ObjectAcl> {
    return this.locks.getObjectAcl(input, options);
  }

  getObjectLegalHold(input: Api.GetObjectLegalHoldInput, options?: CallOptions): Promise<string | undefined> {
    return this.locks.getObjectLegalHold(input, options);
  }

  getObjectRetention(input: Api.GetObjectRetentionInput, options?: CallOptions): Promise<Api.ObjectRetention> {
    return this.locks.getObjectRetention(input, options);
  }

  hasObjectLock(bucket: string, options?: CallOptions): Promise<boolean> {
    return this.locks.hasObjectLock(bucket, options);
  }

  replicationRules(bucket: string, options?: CallOptions): Promise<readonly Api.ReplicationRule[]> {
    return this.locks.replicationRules(bucket, options);
  }

  listObjectVersions(input: Api.ListObjectVersionsInput, options?: CallOptions): Promise<Api.ObjectVersionsPage> {
    return this.listings.listObjectVersions(input, options);
  }

  listObjects(input: Api.ListObjectsInput, options?: CallOptions): Promise<Api.ObjectsPage> {
    return this.listings.listObjects(input, options);
  }

  listPage(input: Api.ListPageInput, options?: CallOptions): Promise<Api.ListedPage> {
    return listPage(this.plainClient, input, options?.signal);
  }

  listParts(input: Api.ListPartsInput, options?: CallOptions): Promise<Api.PartsPage> {
    return this.listings.listParts(input, options);
  }

  listMultipartUploads(input: Api.ListMultipartUploadsInput, options?: CallOptions): Promise<Api.UploadsPage> {
    return this.listings.listMultipartUploads(input, options);
  }

  async getObject(input: Api.GetObjectInput, options?: CallOptions): Promise<Api.OpenObject> {
    await this.bytes.beforeRead(options?.signal);
    const { answer, head } = await openAsStored(this.client, input, options?.signal);
    const { status, headers, body } = answer;
    const discard = (): void => {
      answer.discard();
    };
    try {
      this.known?.checkRead('getObject', input, headers);
      checkRange(status, headers, rangeOf(input.Range));
      const found = objectProperties(status, headers);
      const isWhole = input.Range === undefined && input.PartNumber === undefined;
      const told = head && isWhole ? completed(found, objectProperties(head.status, head.headers)) : found;
      checkConditionsHeld(input, told);
      return { ...told, body: this.bytes.ofRead(body, options?.signal), discard };
    } catch (error) {
      discard();
      throw error;
    }
  }

  async getObjectTagging(input: Api.GetObjectTaggingInput, options?: CallOptions): Promise<Api.ReadTags> {
    const answer = await this.client.output(S3_OPERATIONS.getObjectTagging, input.Bucket ?? '', input, options?.signal);
    const { TagSet, VersionId } = answer as GetObjectTaggingOutput;
    // An empty one is told as such (API_GetObjectTagging, TagSet: required).
    if (!TagSet) throw new StoreError('InvalidAnswer', 200, 'GetObjectTagging: the answer has no set of tags');
    return {
      tags: TagSet.map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' })),
      ...(VersionId === undefined ? {} : { versionId: VersionId }),
    };
  }

  putObject(input: Api.PutObjectInput, options?: CallOptions): Promise<StoredBytes> {
    return this.store('putObject', input, options);
  }

  async createMultipartUpload(
    input: Api.CreateMultipartUploadInput,
    options?: CallOptions,
  ): Promise<{ readonly uploadId: string }> {
    const operation = S3_OPERATIONS.createMultipartUpload;
    await this.known?.check('createMultipartUpload', input, options?.signal);
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    const { UploadId } = answer as CreateMultipartUploadOutput;
    if (!UploadId) throw new StoreError('InvalidAnswer', 200, 'The store created a multipart upload without an id');
    return { uploadId: UploadId };
  }

  uploadPart(input: Api.UploadPartInput, options?: CallOptions): Promise<StoredBytes> {
    return this.store('uploadPart', input, options);
  }

  async uploadPartCopy(input: Api.UploadPartCopyInput, options?: CallOptions): Promise<StoredBytes> {
    const operation = S3_OPERATIONS.uploadPartCopy;
    await this.bytes.beforePart(input.CopySourceRange, options?.signal);
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    const { CopyPartResult, ServerSideEncryption } = answer as UploadPartCopyOutput;
    if (!CopyPartResult?.ETag) throw new StoreError('InvalidAnswer', 200, 'The store copied a part without an ETag');
    return storedOutput({ ...CopyPartResult, ServerSideEncryption });
  }

  async completeMultipartUpload(input: Api.CompleteMultipartUploadInput, options?: CallOptions): Promise<StoredBytes> {
    const operation = S3_OPERATIONS.completeMultipartUpload;
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    return storedOutput(answer);
  }

  abortMultipartUpload(input: Api.AbortMultipartUploadInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.answer('abortMultipartUpload', input, options);
  }

  async read(ref: ObjectRef, options: Api.ReadOptions = {}): Promise<Buffer> {
    const input = readInput(ref, options);
    const { status, headers, body } = await this.client.call(
      S3_OPERATIONS.getObject,
      ref.bucket,
      input,
      options.signal,
    );
    checkConditionsHeld(input, { etag: etagOf(headers) });
    checkRange(status, headers, options.range, body.byteLength);
    return body;
  }

  async readStream(
    ref: ObjectRef,
    options: Api.ReadOptions = {},
  ): Promise<{ readonly etag: string; readonly body: AsyncIterable<Uint8Array> }> {
    const input = readInput(ref, options);
    const answer = await this.client.open(S3_OPERATIONS.getObject, ref.bucket, input, options.signal);
    const { status, headers, body } = answer;
    try {
      checkConditionsHeld(input, { etag: etagOf(headers) });
      checkRange(status, headers, options.range);
    } catch (error) {
      answer.discard();
      throw error;
    }
    return { etag: etagOf(headers), body };
  }

  selectCsv(ref: ObjectRef, input: Api.SelectCsvInput, options?: CallOptions): AsyncIterable<Uint8Array> {
    return selectCsv(this.plainClient, ref, input, options);
  }

  async put(
    ref: ObjectRef,
    body: Uint8Array | string,
    options: Api.PutOptions = {},
  ): Promise<{ readonly etag: string }> {
    const input = {
      Bucket: ref.bucket,
      Key: ref.key,
      Body: typeof body === 'string' ? Buffer.from(body) : body,
      ...(options.contentType === undefined ? {} : { ContentType: options.contentType }),
    };
    const { headers } = await this.client.call(S3_OPERATIONS.putObject, ref.bucket, input, options.signal);
    return { etag: etagOf(headers) };
  }

  async remove(ref: ObjectRef, options?: CallOptions): Promise<void> {
    try {
      await this.client.call(S3_OPERATIONS.deleteObject, ref.bucket, objectInput(ref), options?.signal);
    } catch (error) {
      // S3 answers 204 for what is not there; other stores say so.
      if (error instanceof StoreError && (error.code === 'NoSuchKey' || error.code === 'NoSuchVersion')) return;
      throw error;
    }
  }

  async bucketExists(bucket: string, options?: CallOptions): Promise<boolean> {
    try {
      await this.client.call(S3_OPERATIONS.headBucket, bucket, { Bucket: bucket }, options?.signal);
      return true;
    } catch (error) {
      if (error instanceof StoreError && (error.httpStatus === 404 || error.httpStatus === 403)) return false;
      throw error;
    }
  }

  private async store(
    name: 'putObject' | 'uploadPart',
    input: Api.PutObjectInput | Api.UploadPartInput,
    options: CallOptions | undefined,
  ): Promise<StoredBytes> {
    const { status, headers } = await this.call(name, input, options);
    return storedBytes(status, headers);
  }

  private async answer(
    name: PlainCall,
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<StoreAnswer> {
    const { status } = await this.call(name, input, options);
    return { httpStatus: status };
  }

  private async head(input: Api.HeadObjectInput, options: Api.HeadOptions | undefined): Promise<HttpAnswer> {
    try {
      return await this.call('headObject', input, options);
    } catch (error) {
      if (options?.plainNotFound && error instanceof StoreError && error.httpStatus === 404) throw error;
      throw await explainHead(error, this.client, input, options?.signal);
    }
  }

  private call(
    name: keyof typeof S3_OPERATIONS,
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<HttpAnswer> {
    const checked = this.known?.check(name, input, options?.signal);
    return checked ? this.callOnce(checked, name, input, options) : this.send(name, input, options);
  }

  private async callOnce(
    checked: Promise<void>,
    name: keyof typeof S3_OPERATIONS,
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<HttpAnswer> {
    await checked;
    return this.send(name, input, options);
  }

  private send(
    name: keyof typeof S3_OPERATIONS,
    input: { readonly Bucket?: string | undefined },
    options: CallOptions | undefined,
  ): Promise<HttpAnswer> {
    return this.client.call(S3_OPERATIONS[name], input.Bucket ?? '', input, options?.signal);
  }
}

function storedOutput(output: CompleteMultipartUploadOutput): StoredBytes {
  const { ETag, ServerSideEncryption, VersionId, ...rest } = output;
  return stored({
    ...rest,
    httpStatus: 200,
    etag: withoutQuotes(ETag),
    serverSideEncryption: ServerSideEncryption,
    versionId: VersionId,
  });
}
