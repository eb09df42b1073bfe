import type { AwsCalls } from '../aws/client';
import type { AnswerHeaders } from '../http/answer-headers';
import type { HeadObjectInput } from '../object-store';
import { StoreError } from '../store-error';
import { S3_OPERATIONS } from './s3-operations';

/** What HeadObject tells of an object; undefined where there is none. Rejects with `StoreError` for any other refusal. */
export async function headersIfThere(
  client: Pick<AwsCalls, 'call'>,
  input: Pick<HeadObjectInput, 'Bucket' | 'Key' | 'VersionId' | 'RequestPayer'>,
  signal: AbortSignal | undefined,
): Promise<AnswerHeaders | undefined> {
  try {
    return (await client.call(S3_OPERATIONS.headObject, input.Bucket ?? '', input, signal)).headers;
  } catch (error) {
    if (error instanceof StoreError && error.httpStatus === 404) return undefined;
    throw error;
  }
}
