/**
 * An ObjectStore in memory: buckets, versions, tags, ACLs, locks, metadata, storage classes, archived objects with a clock of
 * their own, and faults at will. It answers as S3 does, error codes and statuses included, so that logic above `storage/`
 * can be tested without a server. It does not imitate retries: what a fault throws is what the store says after all of them.
 */
import { defined } from '../../../contracts/defined';
import type * as Api from '../../../storage/object-store';
import type { CallOptions, ObjectRef, ObjectStore, StoreAnswer, StoredBytes } from '../../../storage/object-store';
import { aclFrom } from './acl';
import type { MemoryBucket } from './bucket';
import { algorithmOf, checkBody, checksumMembers, checksumOf, storedBytes } from './checks';
import { checkCopy, copiedPart, copyOf, parseCopySource } from './copying';
import { deleteObject, deleteObjects } from './deleting';
import { checkConditions, describeObject, headOf, matches, newObject, partRange } from './describe';
import { updateEncryption } from './encryption';
import { listObjects, listObjectVersions, listPage } from './listing';
import { checkLockable, nextRetention } from './lock';
import { rangeOf } from './reading';
import { malformedXml, preconditionFailed, refusal } from './refusals';
import { requestRestore } from './restore';
import { MemoryWorld } from './world';

export { memoryRoleStores, memoryStores } from './role-stores';

export class MemoryStore extends MemoryWorld implements ObjectStore {
  describe(): string {
    return 'memory://store (region memory-1)';
  }

  copyObject(input: Api.CopyObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('copyObject', input, options, async (bucket) => {
      const from = parseCopySource(input.CopySource);
      const source = this.bucket(from.bucket).get(from.key, from.versionId);
      checkCopy(input, from, source, this.now);
      const seed = await copyOf(input, source);
      this.checkTarget(bucket, input);
      bucket.put(input.Key ?? '', source.body, this.now, seed);
      return { httpStatus: 200 };
    });
  }

  putObjectTagging(input: Api.PutObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('putObjectTagging', input, options, (bucket, ref) => {
      const object = bucket.get(ref.key, ref.versionId);
      const tags = (input.Tagging?.TagSet ?? []).map(({ Key, Value }) => ({ Key: Key ?? '', Value: Value ?? '' }));
      if (tags.length > 10) throw refusal('BadRequest', 400, 'Object tags cannot be greater than 10');
      if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
        throw refusal('InvalidTag', 400, 'Cannot provide multiple Tags with the same key');
      }
      object.tags = tags;
      return { httpStatus: 200 };
    });
  }

  deleteObjectTagging(input: Api.DeleteObjectTaggingInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('deleteObjectTagging', input, options, (bucket, ref) => {
      bucket.get(ref.key, ref.versionId).tags = [];
      return { httpStatus: 204 };
    });
  }

  restoreObject(input: Api.RestoreObjectInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('restoreObject', input, options, (bucket, ref) => {
      const object = bucket.get(ref.key, ref.versionId);
      const tier = input.RestoreRequest?.GlacierJobParameters?.Tier ?? 'Standard';
      return { httpStatus: requestRestore(object, input.RestoreRequest?.Days, tier, this.now) };
    });
  }

  putObjectAcl(input: Api.PutObjectAclInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('putObjectAcl', input, options, (bucket, ref) => {
      const object = bucket.get(ref.key, ref.versionId);
      object.acl = aclFrom(input, bucket.aclsDisabled);
      return { httpStatus: 200 };
    });
  }

  getObjectAcl(input: Api.GetObjectAclInput, options?: CallOptions): Promise<Api.ObjectAcl> {
    return this.call('getObjectAcl', input, options, (bucket, ref) => bucket.get(ref.key, ref.versionId).acl);
  }

  putObjectLegalHold(input: Api.PutObjectLegalHoldInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('putObjectLegalHold', input, options, (bucket, ref) => {
      checkLockable(bucket.objectLock);
      const status = input.LegalHold?.Status;
      if (status !== 'ON' && status !== 'OFF') throw malformedXml();
      bucket.get(ref.key, ref.versionId).legalHold = status;
      return { httpStatus: 200 };
    });
  }

  getObjectLegalHold(input: Api.GetObjectLegalHoldInput, options?: CallOptions): Promise<string | undefined> {
    return this.call('getObjectLegalHold', input, options, (bucket, ref) => {
      checkLockable(bucket.objectLock);
      return bucket.get(ref.key, ref.versionId).legalHold;
    });
  }

  putObjectRetention(input: Api.PutObjectRetentionInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('putObjectRetention', input, options, (bucket, ref) => {
      checkLockable(bucket.objectLock);
      const object = bucket.get(ref.key, ref.versionId);
      const bypass = input.BypassGovernanceRetention ?? false;
      object.retention = nextRetention(object, input.Retention ?? {}, bypass, this.now);
      return { httpStatus: 200 };
    });
  }

  getObjectRetention(input: Api.GetObjectRetentionInput, options?: CallOptions): Promise<Api.ObjectRetention> {
    return this.call('getObjectRetention', input, options, (bucket, ref) => {
      checkLockable(bucket.objectLock);
      return bucket.get(ref.key, ref.versionId).retention;
    });
  }

  hasObjectLock(bucket: string, options?: CallOptions): Promise<boolean> {
    return this.call('hasObjectLock', { Bucket: bucket }, options, ({ objectLock }) => objectLock);
  }

  replicationRules(bucket: string, options?: CallOptions): Promise<readonly Api.ReplicationRule[]> {
    return this.call('replicationRules', { Bucket: bucket }, options, ({ replication }) => replication);
  }

  deleteObject(input: Api.DeleteObjectInput, options?: CallOptions): Promise<Api.DeletedObject> {
    return this.call('deleteObject', input, options, (bucket) => deleteObject(bucket, input, this.now));
  }

  deleteObjects(input: Api.DeleteObjectsInput, options?: CallOptions): Promise<Api.DeletedKeys> {
    return this.call('deleteObjects', input, options, (bucket) => {
      const refused = (key: string) => this.takeRefusal(bucket.name, key);
      return deleteObjects(bucket, input, this.now, refused);
    });
  }

  headObject(ref: ObjectRef, options?: CallOptions): Promise<Api.ObjectHead> {
    return this.callAt('headObject', ref, options, (bucket) => headOf(bucket.get(ref.key, ref.versionId), this.now));
  }

  describeObject(input: Api.HeadObjectInput, options?: CallOptions): Promise<Api.ObjectProperties> {
    return this.call('describeObject', input, options, (bucket, ref) => {
      const object = bucket.get(ref.key, ref.versionId);
      checkConditions(object, input);
      return describeObject(object, input, this.now);
    });
  }

  updateObjectEncryption(input: Api.UpdateObjectEncryptionInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('updateObjectEncryption', input, options, (bucket, ref) => {
      if (this.profile.updatesEncryption) updateEncryption(bucket.get(ref.key, ref.versionId), input, this.now);
      else bucket.put(ref.key, Buffer.from('<ObjectEncryption/>'), this.now);
      return { httpStatus: 200 };
    });
  }

  listObjects(input: Api.ListObjectsInput, options?: CallOptions): Promise<Api.ObjectsPage> {
    return this.call('listObjects', input, options, (bucket) => listObjects(bucket, input));
  }

  listObjectVersions(input: Api.ListObjectVersionsInput, options?: CallOptions): Promise<Api.ObjectVersionsPage> {
    return this.call('listObjectVersions', input, options, (bucket) => listObjectVersions(bucket, input));
  }

  listPage(input: Api.ListPageInput, options?: CallOptions): Promise<Api.ListedPage> {
    const method = input.versions ? 'listObjectVersions' : 'listObjects';
    return this.call(method, { Bucket: input.bucket }, options, (bucket) => listPage(bucket, input, this.now));
  }

  getObject(input: Api.GetObjectInput, options?: CallOptions): Promise<Api.OpenObject> {
    return this.call('getObject', input, options, (bucket, ref) => {
      const object = bucket.get(ref.key, ref.versionId);
      checkConditions(object, input);
      const range = partRange(object, input.PartNumber) ?? rangeOf(input.Range);
      const body = this.reading.content(object, range, this.now);
      this.reading.spoilRead(body);
      return {
        ...describeObject(object, { ChecksumMode: input.ChecksumMode }, this.now),
        contentLength: range ? body.length : object.size,
        body: this.reading.stream(ref, body, options?.signal),
        discard: () => undefined,
      };
    });
  }

  getObjectTagging(input: Api.GetObjectTaggingInput, options?: CallOptions): Promise<Api.ReadTags> {
    return this.call('getObjectTagging', input, options, (bucket, ref) => {
      const { tags, versionId } = bucket.get(ref.key, ref.versionId);
      return { tags, ...(versionId === 'null' ? {} : { versionId }) };
    });
  }

  putObject(input: Api.PutObjectInput, options?: CallOptions): Promise<StoredBytes> {
    return this.call('putObject', input, options, async (bucket, ref) => {
      const body = await this.accept(input);
      this.checkTarget(bucket, input);
      const { etag, versionId, encryption } = bucket.put(ref.key, body, this.now, newObject(input));
      return storedBytes(etag, encryption.ServerSideEncryption, { versionId, checksums: checksumsOf(input) });
    });
  }

  createMultipartUpload(
    input: Api.CreateMultipartUploadInput,
    options?: CallOptions,
  ): Promise<{ readonly uploadId: string }> {
    return this.call('createMultipartUpload', input, options, () => ({
      uploadId: this.multipart.create(input, this.now),
    }));
  }

  uploadPart(input: Api.UploadPartInput, options?: CallOptions): Promise<StoredBytes> {
    return this.call('uploadPart', input, options, async () => this.multipart.add(input, await this.accept(input)));
  }

  uploadPartCopy(input: Api.UploadPartCopyInput, options?: CallOptions): Promise<StoredBytes> {
    return this.call('uploadPartCopy', input, options, () => {
      this.multipart.get(input);
      const from = parseCopySource(input.CopySource);
      const source = this.bucket(from.bucket).get(from.key, from.versionId);
      const { body, size } = copiedPart(input, source, this.now);
      return this.multipart.add(input, body, size);
    });
  }

  listParts(input: Api.ListPartsInput, options?: CallOptions): Promise<Api.PartsPage> {
    return this.call('listParts', input, options, () => this.multipart.listParts(input));
  }

  listMultipartUploads(input: Api.ListMultipartUploadsInput, options?: CallOptions): Promise<Api.UploadsPage> {
    return this.call('listMultipartUploads', input, options, () => this.multipart.list(input));
  }

  completeMultipartUpload(input: Api.CompleteMultipartUploadInput, options?: CallOptions): Promise<StoredBytes> {
    return this.call('completeMultipartUpload', input, options, async (bucket, ref) => {
      const { body, seed } = await this.multipart.complete(input);
      this.checkTarget(bucket, input);
      const { etag, versionId, encryption, settings } = bucket.put(ref.key, body, this.now, seed);
      this.multipart.remove(input);
      return storedBytes(etag, encryption.ServerSideEncryption, { versionId, checksums: checksumsOf(settings) });
    });
  }

  abortMultipartUpload(input: Api.AbortMultipartUploadInput, options?: CallOptions): Promise<StoreAnswer> {
    return this.call('abortMultipartUpload', input, options, () => {
      this.multipart.remove(input);
      return { httpStatus: 204 };
    });
  }

  read(ref: ObjectRef, options: Api.ReadOptions = {}): Promise<Buffer> {
    return this.callAt('read', ref, options, (bucket) => this.content(bucket, ref, options).body);
  }

  readStream(
    ref: ObjectRef,
    options: Api.ReadOptions = {},
  ): Promise<{ readonly etag: string; readonly body: AsyncIterable<Uint8Array> }> {
    return this.callAt('readStream', ref, options, (bucket) => {
      const { body, etag } = this.content(bucket, ref, options);
      return { etag, body: this.reading.stream(ref, body, options.signal) };
    });
  }

  /** As most stores: they do not know the call. */
  // eslint-disable-next-line require-yield
  async *selectCsv(): AsyncGenerator<Uint8Array> {
    throw refusal('NotImplemented', 501, 'SelectObjectContent is not implemented');
  }

  put(ref: ObjectRef, body: Uint8Array | string, options: Api.PutOptions = {}): Promise<{ readonly etag: string }> {
    return this.callAt('put', ref, options, (bucket) => {
      const headers = options.contentType === undefined ? {} : { ContentType: options.contentType };
      return { etag: bucket.put(ref.key, Buffer.from(body as Uint8Array), this.now, { headers }).etag };
    });
  }

  remove(ref: ObjectRef, options?: CallOptions): Promise<void> {
    return this.callAt('remove', ref, options, (bucket) => {
      const { key, versionId } = ref;
      deleteObject(bucket, { Key: key, ...defined({ VersionId: versionId }) }, this.now);
    });
  }

  bucketExists(bucket: string, options: CallOptions = {}): Promise<boolean> {
    const call = { method: 'bucketExists', bucket, key: '', input: bucket };
    return this.faults.run(call, options.signal, () => this.buckets.has(bucket));
  }

  /** The body as it arrives, refused when it is not what its checksums say. */
  private async accept(input: Api.PutObjectInput | Api.UploadPartInput): Promise<Buffer> {
    const body = Buffer.from(input.Body);
    this.reading.spoilWrite(body);
    if (this.verifies) await checkBody(input, body);
    return body;
  }

  private content(
    bucket: MemoryBucket,
    ref: ObjectRef,
    { ifMatch, range }: Api.ReadOptions,
  ): { readonly body: Buffer; readonly etag: string } {
    const object = bucket.get(ref.key, ref.versionId);
    if (ifMatch !== undefined && !matches(object, ifMatch)) throw preconditionFailed();
    return { body: this.reading.content(object, range, this.now), etag: object.etag };
  }
}

function checksumsOf(members: object): Api.ChecksumMembers {
  const algorithm = algorithmOf(members);
  return algorithm === undefined ? {} : checksumMembers(algorithm, checksumOf(members, algorithm) ?? '');
}
