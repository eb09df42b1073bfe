import type { AwsCalls } from '../../aws/client';
import type { AwsOperation } from '../../aws/operation';
import { StoreError } from '../../store-error';
import { S3_OPERATIONS } from '../s3-operations';

export interface ProbeParts {
  readonly client: AwsCalls;
  /** Names the store in messages. */
  readonly store: string;
  readonly signal: AbortSignal | undefined;
}

/** Names the object of a request. */
export interface ProbedObject {
  readonly Bucket: string;
  readonly Key: string;
  readonly VersionId?: string | undefined;
  readonly RequestPayer?: 'requester' | undefined;
  readonly ExpectedBucketOwner?: string | undefined;
}

export type ProbedInput = { readonly [Member in keyof ProbedObject]?: ProbedObject[Member] | undefined };

export function objectOf(input: ProbedInput): ProbedObject {
  const { Bucket = '', Key = '', VersionId, RequestPayer, ExpectedBucketOwner } = input;
  return { Bucket, Key, VersionId, RequestPayer, ExpectedBucketOwner };
}

/** Why the call is not sent. */
export function notKnown({ store }: ProbeParts, { name }: AwsOperation, because: string): StoreError {
  return new StoreError(
    'NotImplemented',
    501,
    `${name} was not sent, for ${store} may take it for another call: ${because}`,
  );
}

/** What a store said, in a sentence of ours. */
export function said({ code, httpStatus, message }: StoreError): string {
  return `${httpStatus} ${code}: ${message}`;
}

/** A request of a probe changes nothing of the task's object, whatever became of its answer. */
export function unrelated(error: unknown): unknown {
  if (!(error instanceof StoreError) || !(error.answerLost || error.isUnclear)) return error;
  const { code, httpStatus, message, requestId, cause } = error;
  return new StoreError(code, httpStatus, message, { requestId, cause });
}

/** The refusal that GetObject of the object's first byte meets; undefined: it is there, and the credentials may read it. */
export async function plainRefusal(
  { client, signal }: ProbeParts,
  object: ProbedObject,
): Promise<StoreError | undefined> {
  try {
    const request = { ...object, Range: 'bytes=0-0' };
    (await client.open(S3_OPERATIONS.getObject, object.Bucket, request, signal)).discard();
    return undefined;
  } catch (error) {
    if (!(error instanceof StoreError) || error.storeDown) throw error;
    // Empty, or archived: it is there.
    return error.httpStatus === 416 || error.code === 'InvalidObjectState' ? undefined : error;
  }
}
