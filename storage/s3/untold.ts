import { defined } from '../../contracts/defined';
import type { AwsCalls, OpenAnswer } from '../aws/client';
import { type AnswerHeaders, single } from '../http/answer-headers';
import type { HeadObjectInput, ObjectProperties } from '../object-store';
import { StoreError } from '../store-error';
import { objectProperties, wholeLengthOf } from './object-properties';
import { S3_OPERATIONS } from './s3-operations';

/** Size, ETag and time are of every object: an answer without one of them leaves it out. */
export function tellsState({ etag, contentLength, lastModified }: ObjectProperties): boolean {
  return etag !== '' && contentLength !== undefined && lastModified !== undefined;
}

/** What an answer does not tell of the state of an object, from another answer about the same state. */
export function completed(found: ObjectProperties, other: ObjectProperties): ObjectProperties {
  if (!mayBeSameState(found, other)) return found;
  const contentLength = found.contentLength ?? other.contentLength;
  const lastModified = found.lastModified ?? other.lastModified;
  return {
    ...found,
    etag: found.etag || other.etag,
    ...defined({ contentLength }),
    ...(lastModified && { lastModified }),
  };
}

/** Nothing that both tell differs. */
function mayBeSameState(a: ObjectProperties, b: ObjectProperties): boolean {
  const told = (one: unknown, other: unknown): boolean => one === undefined || other === undefined || one === other;
  return (
    told(a.etag || undefined, b.etag || undefined) &&
    told(a.contentLength, b.contentLength) &&
    told(a.versionId, b.versionId) &&
    told(a.lastModified?.getTime(), b.lastModified?.getTime())
  );
}

/**
 * What HeadObject left out, from an answer to GetObject that has as little of the object as possible: gateways that pack bodies leave
 * out the length of HEAD (rclone/rclone#8137), Ceph that of empty objects (thephpleague/flysystem#1910). Resolves with
 * `found` when that is refused.
 */
export async function askedOtherwise(
  found: ObjectProperties,
  client: AwsCalls,
  input: HeadObjectInput,
  signal: AbortSignal | undefined,
): Promise<ObjectProperties> {
  const { Bucket = '', Key, VersionId, RequestPayer, ExpectedBucketOwner, PartNumber } = input;
  const object = { Bucket, Key, VersionId, RequestPayer, ExpectedBucketOwner };
  const open = (more: object): Promise<OpenAnswer> =>
    client.open(S3_OPERATIONS.getObject, Bucket, { ...object, ...more }, signal);
  try {
    if (PartNumber !== undefined) return completed(found, propertiesOf(await open({ PartNumber }), { ofPart: true }));
    return completed(found, propertiesOf(await open({ Range: 'bytes=0-0' })));
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    // No byte at all satisfies a range (RFC 9110, 15.5.17).
    const mayBeEmpty = error.httpStatus === 416 && PartNumber === undefined;
    return mayBeEmpty ? completed(found, await emptyOne(await open({}))) : found;
  }
}

/** The body is not wanted. */
function propertiesOf(answer: OpenAnswer, { ofPart = false } = {}): ObjectProperties {
  const { status, headers } = answer;
  answer.discard();
  const { contentLength, ...properties } = objectProperties(status, headers);
  const length = ofPart || !isPartial(status, headers) ? contentLength : wholeLengthOf(headers);
  return length === undefined ? properties : { ...properties, contentLength: length };
}

function isPartial(status: number, headers: AnswerHeaders): boolean {
  return status === 206 || single(headers['content-range']) !== undefined;
}

/** An empty body is read to its end with one look. */
async function emptyOne(answer: OpenAnswer): Promise<ObjectProperties> {
  const properties = objectProperties(answer.status, answer.headers);
  for await (const piece of answer.body) if (piece.byteLength > 0) return properties;
  return { ...properties, contentLength: 0 };
}
