import { randomUUID } from 'node:crypto';
import type { AwsOperation } from '../../aws/operation';
import { copySource } from '../../copy-source';
import { single } from '../../http/answer-headers';
import type { HttpAnswer } from '../../http/exchange';
import { encodeUri } from '../../http/uri';
import { StoreError } from '../../store-error';
import { readErrorAnswer, rootOf, statusOfErrorBody } from '../error-answer';
import { headersIfThere } from '../headers-if-there';
import { S3_OPERATIONS } from '../s3-operations';
import { firstElement } from '../xml-text';
import type { Finding } from './findings';
import { notKnown, type ProbedObject, type ProbeParts, said } from './probe';

/** API_PutObject, `Key`. */
const KEY_BYTES_MAX = 1_024;
/** How stores refuse a source with 400, where there is none or it is no name of an object. */
const SAYS_SOURCE = /\bsource|copy.?source/i;

/** A key beside the given one that no object has. Roles are often held to a folder. */
export function scratchKey(beside: string): string {
  const folder = beside.slice(0, beside.lastIndexOf('/') + 1);
  const name = `drover-probe-${randomUUID()}`;
  return Buffer.byteLength(folder) + name.length > KEY_BYTES_MAX ? name : folder + name;
}

function besideOf(object: ProbedObject): ProbedObject {
  return { ...object, Key: scratchKey(object.Key), VersionId: undefined };
}

/**
 * Whether the store knows a call, told by sending it for a key that no object has: a store that knows it says so. What one that takes it for
 * PutObject or DeleteObject has made is removed again. Rejects with `StoreError` for what may be about this request alone.
 */
export async function provenOnScratch(
  parts: ProbeParts,
  call: AwsOperation,
  input: object,
  object: ProbedObject,
): Promise<Finding> {
  const scratch = besideOf(object);
  const refusal = await refusalOf(parts, call, { ...input, ...scratch }, scratch);
  if (refusal.code === 'NoSuchBucket') throw refusal;
  if (refusal.httpStatus === 404 || (await isTold(parts, refusal, scratch))) return 'known';
  return lasting(refusal);
}

/**
 * For a PUT whose read the store knows: it may take the PUT for PutObject all the same (leo-project/leofs#1133), which then makes an object.
 * Any refusal, and a 200 that makes nothing, shows that it does not.
 */
export async function storesNothingOnScratch(
  parts: ProbeParts,
  call: AwsOperation,
  input: object,
  object: ProbedObject,
): Promise<Finding> {
  const scratch = besideOf(object);
  const asked = await ask(parts, call, { ...input, ...scratch }, scratch);
  if (asked instanceof StoreError) {
    if (asked.answerLost) throw asked;
    return 'known';
  }
  if ((await headersIfThere(parts.client, scratch, parts.signal)) === undefined) return 'known';
  return takenForAnother(parts, call, asked, scratch);
}

/** The same of CopyObject: the source does not exist either. A result shows as much: no other call has one. */
export async function copyProvenOnScratch(
  parts: ProbeParts,
  source: { readonly bucket: string; readonly key: string },
  object: ProbedObject,
): Promise<Finding> {
  const scratch = besideOf(object);
  const call = S3_OPERATIONS.probeCopy;
  const missing = copySource(source.bucket, scratchKey(source.key));
  const asked = await ask(parts, call, { ...scratch, CopySource: missing }, scratch);
  if (!(asked instanceof StoreError) && rootOf(asked.body) === 'CopyObjectResult') {
    // What can't be removed is no reason to hold up the job.
    await removeMade(parts, asked, scratch);
    return 'known';
  }
  let refusal = asked instanceof StoreError ? asked : await takenForAnother(parts, call, asked, scratch);
  if (refusal.code === 'NoSuchBucket') throw refusal;
  // A role that may not list a bucket is not told what is missing there.
  if (refusal.httpStatus === 403) {
    const noName = `${encodeUri(source.bucket)}/`;
    refusal = await refusalOf(parts, call, { ...scratch, CopySource: noName }, scratch);
  }
  const { httpStatus, code, message } = refusal;
  if (httpStatus === 404 || (httpStatus === 400 && SAYS_SOURCE.test(`${code} ${message}`))) return 'known';
  return lasting(refusal);
}

/** The same of CreateMultipartUpload, which succeeds for any key: its answer has an id. The upload is ended again. */
export async function uploadProvenOnScratch(
  parts: ProbeParts,
  call: AwsOperation,
  object: ProbedObject,
): Promise<Finding> {
  const { client, signal } = parts;
  const scratch = besideOf(object);
  let answer: HttpAnswer;
  try {
    answer = await client.call(call, scratch.Bucket, scratch, signal);
  } catch (error) {
    if (error instanceof StoreError) return lasting(error);
    throw error;
  }
  const UploadId = firstElement(answer.body.toString(), 'UploadId');
  if (!UploadId) return takenForAnother(parts, call, answer, scratch);
  try {
    await client.call(S3_OPERATIONS.abortMultipartUpload, scratch.Bucket, { ...scratch, UploadId }, signal);
  } catch (error) {
    // It has no parts, so that nothing is lost by it and nothing paid for it.
    if (!(error instanceof StoreError)) throw error;
  }
  return 'known';
}

/** A refusal of the call itself holds for all objects. */
function lasting(refusal: StoreError): Finding {
  if (refusal.httpStatus === 405 || refusal.httpStatus === 501) return refusal;
  throw refusal;
}

/** Moto answers 500 where there is no object. What the call was taken for would not: the store serves, and there is nothing. */
async function isTold(parts: ProbeParts, refusal: StoreError, scratch: ProbedObject): Promise<boolean> {
  return refusal.httpStatus === 500 && (await headersIfThere(parts.client, scratch, parts.signal)) === undefined;
}

/** What the store says against it; if it says nothing, that it took the call for another one. */
async function refusalOf(
  parts: ProbeParts,
  call: AwsOperation,
  input: object,
  scratch: ProbedObject,
): Promise<StoreError> {
  const asked = await ask(parts, call, input, scratch);
  return asked instanceof StoreError ? asked : takenForAnother(parts, call, asked, scratch);
}

/** The refusal, or an answer that is none. */
async function ask(
  parts: ProbeParts,
  call: AwsOperation,
  input: object,
  scratch: ProbedObject,
): Promise<StoreError | HttpAnswer> {
  try {
    const answer = await parts.client.call(call, scratch.Bucket, input, parts.signal);
    const status = statusOfErrorBody(answer.body);
    if (status === undefined) return answer;
    const { code, message, requestId } = readErrorAnswer(status, answer.body, answer.headers);
    return new StoreError(code, status, message, { requestId });
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return error;
    throw error;
  }
}

async function takenForAnother(
  parts: ProbeParts,
  call: AwsOperation,
  answer: HttpAnswer,
  scratch: ProbedObject,
): Promise<StoreError> {
  const because = `it answered ${answer.status} for the key ${scratch.Key}, which no object has`;
  const refusal = await removeMade(parts, answer, scratch);
  return notKnown(parts, call, refusal ? `${because}; what that made was not removed: ${said(refusal)}` : because);
}

/** Removes what a call has made under the scratch key: an object, or a delete marker as its answer says. The refusal, when that fails. */
async function removeMade(
  parts: ProbeParts,
  { headers }: HttpAnswer,
  scratch: ProbedObject,
): Promise<StoreError | undefined> {
  const { client, signal } = parts;
  try {
    const made =
      single(headers['x-amz-delete-marker']) === 'true'
        ? headers
        : await headersIfThere(parts.client, scratch, parts.signal);
    if (made === undefined) return undefined;
    const version = { ...scratch, VersionId: single(made['x-amz-version-id']) };
    await client.call(S3_OPERATIONS.deleteObject, scratch.Bucket, version, signal);
    return undefined;
  } catch (error) {
    if (error instanceof StoreError) return error;
    throw error;
  }
}
