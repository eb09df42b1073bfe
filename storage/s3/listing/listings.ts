import type {
  DeleteMarkerEntry,
  ListMultipartUploadsOutput,
  ListObjectsV2Output,
  ListObjectVersionsOutput,
  ListPartsOutput,
  ObjectVersion as ListedVersion,
} from '@aws-sdk/client-s3';
import type { AwsClient } from '../../aws/client';
import { compareBytes } from '../../key-order';
import type {
  CallOptions,
  ListMultipartUploadsInput,
  ListObjectsInput,
  ListObjectVersionsInput,
  ListPartsInput,
  ObjectsPage,
  ObjectVersion,
  ObjectVersionsPage,
  PartsPage,
  UploadsPage,
} from '../../object-store';
import { StoreError } from '../../store-error';
import { checksumMembers, withoutQuotes } from '../object-properties';
import { S3_OPERATIONS } from '../s3-operations';
import { fitsXml } from '../xml-text';
import { decodedKey, ENCODED } from './listed-key';

/** Lists one page at a time: `ObjectStore`'s methods of the same names. */
export class S3Listings {
  constructor(private readonly client: AwsClient) {}

  async listObjects(input: ListObjectsInput, options?: CallOptions): Promise<ObjectsPage> {
    const operation = S3_OPERATIONS.listObjects;
    const request = { ...input, ...ENCODED };
    const answer = (await this.client.output(
      operation,
      input.Bucket ?? '',
      request,
      options?.signal,
    )) as ListObjectsV2Output;
    const key = keyReader(answer.EncodingType, input.Prefix);
    const objects = (answer.Contents ?? []).map(({ Key, Size, ETag }) => ({
      key: key(Key),
      size: Size ?? 0,
      etag: withoutQuotes(ETag),
    }));
    if (!answer.IsTruncated) return { objects };
    if (!answer.NextContinuationToken) throw endless(operation.name);
    return { objects, next: { ContinuationToken: answer.NextContinuationToken } };
  }

  async listObjectVersions(input: ListObjectVersionsInput, options?: CallOptions): Promise<ObjectVersionsPage> {
    const operation = S3_OPERATIONS.listObjectVersions;
    const request = { ...input, ...ENCODED };
    const raw = await this.client.call(operation, input.Bucket ?? '', request, options?.signal);
    // Before it is parsed: the SDK makes something else of the buffer.
    const xml = raw.body.toString();
    const answer = (await this.client.parse(operation, raw)) as ListObjectVersionsOutput;
    const key = keyReader(answer.EncodingType, input.Prefix);
    const read = (isDeleteMarker: boolean) => (entry: ListedVersion | DeleteMarkerEntry) => ({
      key: key(entry.Key),
      versionId: entry.VersionId ?? 'null',
      isLatest: entry.IsLatest ?? false,
      isDeleteMarker,
      ...(entry.LastModified && { lastModified: entry.LastModified }),
    });
    const stored = (answer.Versions ?? []).map(read(false));
    const markers = (answer.DeleteMarkers ?? []).map(read(true));
    // Some stores begin a page with the one that the former ended with.
    const isFormer = ({ key: name, versionId }: ObjectVersion): boolean =>
      versionId === input.VersionIdMarker && name === input.KeyMarker;
    const versions = inOrder(xml, stored, markers).filter((version) => !isFormer(version));
    if (!answer.IsTruncated) return { versions };
    if (!answer.NextKeyMarker) throw endless(operation.name);
    const { NextVersionIdMarker: marker } = answer;
    return { versions, next: { KeyMarker: key(answer.NextKeyMarker), ...(marker && { VersionIdMarker: marker }) } };
  }

  async listParts(input: ListPartsInput, options?: CallOptions): Promise<PartsPage> {
    const operation = S3_OPERATIONS.listParts;
    const answer = await this.client.output(operation, input.Bucket ?? '', input, options?.signal);
    const { Parts, IsTruncated, NextPartNumberMarker } = answer as ListPartsOutput;
    const parts = (Parts ?? []).map((part) => ({
      partNumber: part.PartNumber ?? 0,
      etag: withoutQuotes(part.ETag),
      size: part.Size ?? 0,
      ...checksumMembers(part),
    }));
    if (!IsTruncated) return { parts };
    if (!NextPartNumberMarker) throw endless(operation.name);
    return { parts, next: { PartNumberMarker: NextPartNumberMarker } };
  }

  async listMultipartUploads(input: ListMultipartUploadsInput, options?: CallOptions): Promise<UploadsPage> {
    const operation = S3_OPERATIONS.listMultipartUploads;
    const request = { ...input, ...ENCODED };
    const output = await this.client.output(operation, input.Bucket ?? '', request, options?.signal);
    const answer = output as ListMultipartUploadsOutput;
    const key = keyReader(answer.EncodingType, input.Prefix);
    const uploads = (answer.Uploads ?? []).map(({ Key, UploadId, Initiated }) => ({
      key: key(Key),
      uploadId: UploadId ?? '',
      ...(Initiated && { initiated: Initiated }),
    }));
    if (!answer.IsTruncated) return { uploads };
    if (!answer.NextKeyMarker) throw endless(operation.name);
    const { NextUploadIdMarker: marker } = answer;
    return { uploads, next: { KeyMarker: key(answer.NextKeyMarker), ...(marker && { UploadIdMarker: marker }) } };
  }
}

/**
 * How keys stand in the answer: stores that do not encode do not say that they do. Their listings can't be trusted for keys
 * that XML has no form for: other characters stand in their place, or none.
 */
function keyReader(encodingType: string | undefined, prefix = ''): (key: string | undefined) => string {
  if (encodingType === 'url') return (key = '') => decodedKey(key);
  if (fitsXml(prefix)) return (key = '') => key;
  const message = 'The store does not list keys with control characters: it ignores encoding-type=url';
  throw new StoreError('NotImplemented', 501, message);
}

/**
 * Versions and delete markers of one page as S3 orders them. The parsed answer has lost how the two alternate, the XML has it.
 * Stores that give all of one kind first tell the order by time alone, which leaves it open within a second.
 */
function inOrder(
  xml: string,
  stored: readonly ObjectVersion[],
  markers: readonly ObjectVersion[],
): readonly ObjectVersion[] {
  if (markers.length === 0) return stored;
  if (stored.length === 0) return markers;
  const kinds = [...xml.matchAll(/<(?:\w+:)?(Version|DeleteMarker)[\s>]/g)].map(([, kind]) => kind);
  const next = { Version: stored[Symbol.iterator](), DeleteMarker: markers[Symbol.iterator]() };
  const asListed = kinds.flatMap((kind) => {
    const { value } = next[kind as keyof typeof next].next() as { readonly value?: ObjectVersion };
    return value ? [value] : [];
  });
  const changes = kinds.filter((kind, index) => index > 0 && kind !== kinds[index - 1]).length;
  return changes > 1 ? asListed : asListed.sort(byKeyAndTime);
}

function byKeyAndTime(a: ObjectVersion, b: ObjectVersion): number {
  return (
    compareBytes(a.key, b.key) ||
    Number(b.isLatest) - Number(a.isLatest) ||
    (b.lastModified?.getTime() ?? 0) - (a.lastModified?.getTime() ?? 0)
  );
}

function endless(operation: string): StoreError {
  return new StoreError(
    'InvalidAnswer',
    200,
    `${operation}: the page is not the last, but the store names no next one`,
  );
}
