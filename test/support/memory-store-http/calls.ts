/** Each S3 call, carried out by the in-memory store and told as S3 tells it. */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { refusal } from '../memory-store/refusals';
import type { MemoryStore } from '../memory-store/store';
import { plain, propertyHeaders, quoted, storedHeaders, type WireAnswer, xmlAnswer } from './answers';
import { listedObjects, listedVersions } from './listings';

export type Input = Readonly<Record<string, unknown>> & { readonly Bucket: string; readonly Key?: string };
/** Inputs come from the wire: the store's types are what the schemas have made of them. */
type Call = (store: MemoryStore, input: never) => Promise<WireAnswer>;

/** By the name of the SDK's schema. */
export const CALLS: Readonly<Record<string, Call>> = {
  CopyObject: async (store, input) => {
    await store.copyObject(input);
    const { etag, lastModified, versionId } = made(store, input);
    return xmlAnswer('CopyObjectResult', { ETag: quoted(etag), LastModified: lastModified }, versionOf(versionId));
  },
  PutObject: async (store, input) => plain(200, storedHeaders(await store.putObject(input))),
  GetObject: async (store, input) => {
    const { body, ...properties } = await store.getObject(input);
    const bytes = await buffer(Readable.from(body));
    const range = (input as Input)['Range'] as string | undefined;
    const { size } = made(store, input, (input as Input)['VersionId'] as string | undefined);
    const start = Number(/^bytes=(\d+)-/.exec(range ?? '')?.[1] ?? 0);
    const headers = propertyHeaders({ ...properties, contentLength: bytes.length });
    if (range === undefined) return { status: properties.httpStatus, headers, body: bytes };
    return {
      status: 206,
      headers: { ...headers, 'content-range': `bytes ${start}-${start + bytes.length - 1}/${size}` },
      body: bytes,
    };
  },
  HeadObject: async (store, input) => {
    const properties = await store.describeObject(input);
    return plain(properties.httpStatus, propertyHeaders(properties));
  },
  DeleteObject: async (store, input) => {
    const { versionId, deleteMarker } = await store.deleteObject(input);
    return plain(204, { ...versionOf(versionId), ...(deleteMarker && { 'x-amz-delete-marker': 'true' }) });
  },
  DeleteObjects: async (store, input) => {
    const { deleted, errors } = await store.deleteObjects(input);
    return xmlAnswer('DeleteResult', {
      Deleted: deleted.map(({ key, versionId }) => ({ Key: key, VersionId: versionId })),
      Error: errors.map((each) => ({
        Key: each.key,
        VersionId: each.versionId,
        Code: each.code,
        Message: each.message,
      })),
    });
  },
  PutObjectTagging: async (store, input) => plain((await store.putObjectTagging(input)).httpStatus),
  DeleteObjectTagging: async (store, input) => plain((await store.deleteObjectTagging(input)).httpStatus),
  GetObjectTagging: async (store, input) => {
    const { tags, versionId } = await store.getObjectTagging(input);
    return xmlAnswer('Tagging', { TagSet: { Tag: tags.map((tag) => ({ ...tag })) } }, versionOf(versionId));
  },
  PutObjectAcl: async (store, input) => plain((await store.putObjectAcl(input)).httpStatus),
  GetObjectAcl: async (store, input) => {
    const { Owner, Grants } = await store.getObjectAcl(input);
    const grants = (Grants ?? []).map(({ Grantee, Permission }) => {
      const { Type, ...grantee } = Grantee ?? {};
      return { Grantee: { ...grantee }, Permission, type: Type };
    });
    const answer = xmlAnswer('AccessControlPolicy', { Owner: { ...Owner }, AccessControlList: { Grant: grants } });
    // The type is an attribute, which is the only one that S3 has.
    const xml = answer.body
      .toString()
      .replace(/<Grantee>(.*?)<\/Grantee>(<Permission>\w+<\/Permission>)<type>(\w+)<\/type>/g, granteeXml);
    return { ...answer, body: Buffer.from(xml) };
  },
  PutObjectLegalHold: async (store, input) => plain((await store.putObjectLegalHold(input)).httpStatus),
  GetObjectLegalHold: async (store, input) => {
    const status = await store.getObjectLegalHold(input);
    if (status === undefined) throw noLock();
    return xmlAnswer('LegalHold', { Status: status });
  },
  PutObjectRetention: async (store, input) => plain((await store.putObjectRetention(input)).httpStatus),
  GetObjectRetention: async (store, input) => {
    const { Mode, RetainUntilDate } = await store.getObjectRetention(input);
    if (Mode === undefined) throw noLock();
    return xmlAnswer('Retention', { Mode, RetainUntilDate });
  },
  GetObjectLockConfiguration: async (store, { Bucket }: Input) => {
    if (await store.hasObjectLock(Bucket)) {
      return xmlAnswer('ObjectLockConfiguration', { ObjectLockEnabled: 'Enabled' });
    }
    throw refusal(
      'ObjectLockConfigurationNotFoundError',
      404,
      'Object Lock configuration does not exist for this bucket',
    );
  },
  GetBucketReplication: async (store, { Bucket }: Input) => {
    const rules = await store.replicationRules(Bucket);
    if (rules.length === 0) throw refusal('ReplicationConfigurationNotFoundError', 404, 'There is no configuration');
    return xmlAnswer('ReplicationConfiguration', { Role: 'r', Rule: rules as never });
  },
  UpdateObjectEncryption: async (store, input) => plain((await store.updateObjectEncryption(input)).httpStatus),
  RestoreObject: async (store, input) => plain((await store.restoreObject(input)).httpStatus),
  ListObjectsV2: async (store, input) => listedObjects(await store.listObjects(input), input),
  ListObjectVersions: async (store, input) => listedVersions(await store.listObjectVersions(input), input),
  HeadBucket: async (store, { Bucket }: Input) => plain((await store.bucketExists(Bucket)) ? 200 : 404),
  CreateMultipartUpload: async (store, input) => {
    const { uploadId } = await store.createMultipartUpload(input);
    return xmlAnswer('InitiateMultipartUploadResult', { UploadId: uploadId });
  },
  UploadPart: async (store, input) => plain(200, storedHeaders(await store.uploadPart(input))),
  UploadPartCopy: async (store, input) => {
    const stored = await store.uploadPartCopy(input);
    return xmlAnswer('CopyPartResult', { ETag: quoted(stored.etag), ...stored.checksums });
  },
  CompleteMultipartUpload: async (store, input) => {
    const stored = await store.completeMultipartUpload(input);
    const content = { ETag: quoted(stored.etag), ...stored.checksums };
    return xmlAnswer('CompleteMultipartUploadResult', content, versionOf(stored.versionId));
  },
  AbortMultipartUpload: async (store, input) => plain((await store.abortMultipartUpload(input)).httpStatus),
  ListParts: async (store, input) => {
    const { parts, next } = await store.listParts(input);
    return xmlAnswer('ListPartsResult', {
      Part: parts.map(({ partNumber, etag, size, ...sums }) => ({
        PartNumber: partNumber,
        ETag: quoted(etag),
        Size: size,
        ...sums,
      })),
      IsTruncated: next !== undefined,
      NextPartNumberMarker: next?.PartNumberMarker,
    });
  },
  ListMultipartUploads: async (store, input) => {
    const { uploads, next } = await store.listMultipartUploads(input);
    return xmlAnswer('ListMultipartUploadsResult', {
      Upload: uploads.map(({ key, uploadId, initiated }) => ({ Key: key, UploadId: uploadId, Initiated: initiated })),
      IsTruncated: next !== undefined,
      NextKeyMarker: next?.KeyMarker,
      NextUploadIdMarker: next?.UploadIdMarker,
    });
  },
};

/** The object as it is after the call. */
function made(store: MemoryStore, { Bucket, Key = '' }: Input, versionId?: string) {
  const object = store.peek(Bucket, Key, versionId);
  if (object === undefined) throw refusal('NoSuchKey', 404, 'The specified key does not exist.');
  return object;
}

function versionOf(versionId: string | undefined): { readonly 'x-amz-version-id'?: string } {
  return versionId === undefined || versionId === 'null' ? {} : { 'x-amz-version-id': versionId };
}

function granteeXml(_all: string, grantee: string, permission: string, type: string): string {
  const attributes = `xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}"`;
  return `<Grantee ${attributes}>${grantee}</Grantee>${permission}`;
}

function noLock(): Error {
  return refusal(
    'NoSuchObjectLockConfiguration',
    404,
    'The specified object does not have an ObjectLock configuration',
  );
}
