import type { AwsOperation } from '../../aws/operation';
import { StoreError } from '../../store-error';
import type { Finding } from './findings';
import { notKnown, plainRefusal, type ProbedObject, type ProbeParts, said } from './probe';

/** Only a store that looks for the thing can say that an object has none ("List of error codes", Amazon S3 API Reference; SeaweedFS). */
const NONE_THERE = [
  'NoSuchTagSet',
  'NoSuchTagSetError',
  'NoSuchObjectLockConfiguration',
  'ObjectLockConfigurationNotFoundError',
  'NoSuchObjectLegalHold',
];
/** AWS says InvalidRequest, "Bucket is missing Object Lock Configuration", for retention and legal hold. */
const SAYS_NO_LOCK = /object ?lock/i;
/** Statuses whose answer may be about the object or the rights: the object tells which. */
const LOOKED_INTO = [400, 403, 404, 405, 501];

/**
 * Whether the store knows a subresource, told by reading it of an object. `call` would change it. Rejects with `StoreError` for what is
 * about this object alone.
 */
export async function provenByReading(
  parts: ProbeParts,
  call: AwsOperation,
  read: AwsOperation,
  object: ProbedObject,
): Promise<Finding> {
  const refusal = await readRefusal(parts, read, object);
  if (refusal === undefined || NONE_THERE.includes(refusal.code)) return 'known';
  const { httpStatus, code, message } = refusal;
  if (httpStatus === 400 && SAYS_NO_LOCK.test(message)) return 'known';
  if (!LOOKED_INTO.includes(httpStatus) || code === 'NoSuchBucket') throw refusal;
  const plain = await plainRefusal(parts, object);
  if (plain !== undefined) {
    throw plain.httpStatus === 403 && httpStatus === 403 ? mayNotLook(call, read, refusal) : ofObject(refusal, plain);
  }
  // The rights of the object's bytes are others: the store tells the two apart.
  if (code === 'AccessDenied') return 'known';
  return notKnown(parts, call, `it answered ${read.name} with ${said(refusal)}`);
}

async function readRefusal(
  { client, signal }: ProbeParts,
  read: AwsOperation,
  object: ProbedObject,
): Promise<StoreError | undefined> {
  try {
    await client.output(read, object.Bucket, object, signal);
    return undefined;
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return error;
    throw error;
  }
}

/** An object that can't be read at all: that of the two answers which says so. */
function ofObject(refusal: StoreError, plain: StoreError): StoreError {
  return refusal.httpStatus === 501 || refusal.httpStatus === 403 ? plain : refusal;
}

function mayNotLook({ name }: AwsOperation, read: AwsOperation, { code, message, requestId }: StoreError): StoreError {
  const text = `${message} (${name} is sent once the store is seen to know it: the role needs s3:${read.name} or s3:GetObject)`;
  return new StoreError(code, 403, text, { requestId });
}
