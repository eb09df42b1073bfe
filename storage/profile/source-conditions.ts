import { SECOND_MS } from '../../contracts/limits/units';
import type { AwsClient } from '../aws/client';
import type { AwsOperation } from '../aws/operation';
import { sourceOf } from '../copy-source';
import { etagOf, objectProperties } from '../s3/object-properties';
import { S3_OPERATIONS } from '../s3/s3-operations';
import { StoreError } from '../store-error';
import { checkConditionsHeld } from './conditions-held';

/** What a copy says of its source. */
interface Conditional {
  readonly CopySource?: string;
  readonly RequestPayer?: 'requester';
  readonly CopySourceIfMatch?: string | undefined;
  readonly CopySourceIfModifiedSince?: Date | undefined;
  readonly CopySourceIfUnmodifiedSince?: Date | undefined;
}

/** Which conditions on its source a copy has: dates, maybe beside an ETag, or an ETag alone. */
export function sourceConditionOf(operation: AwsOperation, input: object): 'sourceMatch' | 'sourceDates' | undefined {
  if (operation !== S3_OPERATIONS.copyObject && operation !== S3_OPERATIONS.uploadPartCopy) return undefined;
  const { CopySourceIfMatch, CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince } = input as Conditional;
  if (CopySourceIfModifiedSince !== undefined || CopySourceIfUnmodifiedSince !== undefined) return 'sourceDates';
  return CopySourceIfMatch === undefined ? undefined : 'sourceMatch';
}

export function withoutSourceConditions(input: object): object {
  const {
    CopySourceIfMatch: _etag,
    CopySourceIfModifiedSince: _after,
    CopySourceIfUnmodifiedSince: _before,
    ...kept
  } = input as Conditional;
  return kept;
}

/** When the source was written, which meets the conditions. Rejects with what a copy is answered: 412 where one does not hold. */
export async function checkSource(
  client: AwsClient,
  input: object,
  signal: AbortSignal | undefined,
): Promise<Date | undefined> {
  const { CopySource = '', RequestPayer, ...conditions } = input as Conditional;
  const { bucket: Bucket, key: Key, versionId: VersionId } = sourceOf(CopySource);
  const object = { Bucket, Key, VersionId, RequestPayer };
  const { status, headers } = await client.call(S3_OPERATIONS.headObject, Bucket, object, signal);
  const { lastModified } = objectProperties(status, headers);
  const asRead = {
    IfMatch: conditions.CopySourceIfMatch,
    IfModifiedSince: conditions.CopySourceIfModifiedSince,
    IfUnmodifiedSince: conditions.CopySourceIfUnmodifiedSince,
  };
  try {
    checkConditionsHeld(asRead, { etag: etagOf(headers), lastModified });
  } catch (error) {
    if (!(error instanceof StoreError) || error.httpStatus !== 304) throw error;
    throw new StoreError('PreconditionFailed', 412, error.message);
  }
  return lastModified;
}

const NO_ETAG = '"00000000000000000000000000000000"';
/** Before there was a store. */
const LONG_AGO = new Date(1_000);

/** The same copy with a condition of the kind that it has, which can't hold for a source of that time. */
export function failingAtSource(input: object, lastModified: Date | undefined): object {
  const { CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince } = input as Conditional;
  const plain = withoutSourceConditions(input);
  if (CopySourceIfUnmodifiedSince !== undefined) return { ...plain, CopySourceIfUnmodifiedSince: LONG_AGO };
  if (CopySourceIfModifiedSince === undefined) return { ...plain, CopySourceIfMatch: NO_ETAG };
  const writtenMs = (lastModified ?? CopySourceIfModifiedSince).getTime();
  return { ...plain, CopySourceIfModifiedSince: new Date(writtenMs + SECOND_MS) };
}
