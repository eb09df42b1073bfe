import type { AwsCalls } from '../aws/client';
import type { HeadObjectInput } from '../object-store';
import { StoreError } from '../store-error';
import { S3_OPERATIONS } from './s3-operations';

/** Codes that the status of an answer to HEAD stands for when it stands for several: no key, no version, no bucket; what is bad. */
const VAGUE_CODES = ['NotFound', 'BadRequest'];

/**
 * The store's own word for what an answer to HeadObject, which has no body, tells by its status alone: GetObject is asked for the
 * same object, which takes no other right. Resolves with `error` when that does not tell more.
 */
export async function explainHead(
  error: unknown,
  client: AwsCalls,
  input: HeadObjectInput,
  signal: AbortSignal | undefined,
): Promise<unknown> {
  if (!(error instanceof StoreError) || !VAGUE_CODES.includes(error.code)) return error;
  const { Bucket, Key, VersionId, RequestPayer, ExpectedBucketOwner, PartNumber } = input;
  const range = PartNumber === undefined ? { Range: 'bytes=0-0' } : { PartNumber };
  const request = { Bucket, Key, VersionId, RequestPayer, ExpectedBucketOwner, ...range };
  try {
    const answer = await client.open(S3_OPERATIONS.getObject, Bucket ?? '', request, signal);
    answer.discard();
    return error;
  } catch (reason) {
    return reason instanceof StoreError && reason.httpStatus === error.httpStatus ? reason : error;
  }
}
