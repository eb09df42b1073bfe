import type { AwsClient } from '../aws/client';
import type { AwsOperation } from '../aws/operation';
import { headersIfThere } from '../s3/headers-if-there';
import { etagOf, withoutQuotes } from '../s3/object-properties';
import { S3_OPERATIONS } from '../s3/s3-operations';
import { StoreError } from '../store-error';
import type { LearnedMember } from './knowledge';

/** What a write says of the object that it replaces or deletes. */
interface Conditional {
  readonly Bucket?: string;
  readonly Key?: string;
  readonly VersionId?: string;
  readonly RequestPayer?: 'requester';
  readonly IfMatch?: string;
  readonly IfNoneMatch?: string;
}

const WRITES: ReadonlyMap<AwsOperation, LearnedMember> = new Map([
  [S3_OPERATIONS.putObject, 'conditionalPut'],
  [S3_OPERATIONS.copyObject, 'conditionalCopy'],
  [S3_OPERATIONS.completeMultipartUpload, 'conditionalComplete'],
  [S3_OPERATIONS.deleteObject, 'conditionalDelete'],
]);

/** The member of the profile that tells whether the store obeys the condition of this write; undefined: it has none. */
export function conditionOf(operation: AwsOperation, input: object): LearnedMember | undefined {
  const member = WRITES.get(operation);
  if (member === undefined) return undefined;
  const { IfMatch, IfNoneMatch } = input as Conditional;
  return IfMatch === undefined && IfNoneMatch === undefined ? undefined : member;
}

const NO_ETAG = '"00000000000000000000000000000000"';

/** The same request with an If-Match that can't hold; undefined where it has none. */
export function failingAtTarget(input: object): object | undefined {
  return (input as Conditional).IfMatch === undefined ? undefined : { ...input, IfMatch: NO_ETAG };
}

export function withoutCondition(input: object): object {
  const kept = { ...input } as Record<string, unknown>;
  delete kept['IfMatch'];
  delete kept['IfNoneMatch'];
  return kept;
}

/**
 * Looks whether the condition of a write holds, for a store that would not. Somebody else's write between the look and ours is
 * not seen. Rejects with what S3 answers: 412, and 404 for If-Match where there is nothing; and with 501 where it can't be known.
 */
export async function checkCondition(client: AwsClient, input: object, signal: AbortSignal | undefined): Promise<void> {
  const { Bucket, Key, VersionId, RequestPayer, IfMatch, IfNoneMatch } = input as Conditional;
  const headers = await headersIfThere(client, { Bucket, Key, VersionId, RequestPayer }, signal);
  const etag = headers && etagOf(headers);
  if (IfNoneMatch !== undefined && etag !== undefined && (IfNoneMatch === '*' || isSame(IfNoneMatch, etag))) {
    throw failed('there is an object of this key');
  }
  if (IfMatch === undefined) return;
  if (etag === undefined) throw new StoreError('NoSuchKey', 404, 'There is no object of this key to replace or delete');
  if (IfMatch !== '*' && !isSame(IfMatch, etag)) throw failed('the object is another than before');
}

function isSame(wanted: string, etag: string): boolean {
  if (etag !== '') return withoutQuotes(wanted) === etag;
  throw new StoreError(
    'NotImplemented',
    501,
    'The store knows no conditions on writes, and tells no ETag to look at instead',
  );
}

function failed(why: string): StoreError {
  return new StoreError('PreconditionFailed', 412, `A condition of the write does not hold: ${why}`);
}
