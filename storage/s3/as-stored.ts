import type { AwsCalls, OpenAnswer } from '../aws/client';
import { type AnswerHeaders, single } from '../http/answer-headers';
import type { GetObjectInput } from '../object-store';
import { StoreError } from '../store-error';
import { S3_OPERATIONS } from './s3-operations';

export interface StoredBody {
  readonly answer: OpenAnswer;
  /** From HeadObject, where that had to be asked. */
  readonly head?: { readonly status: number; readonly headers: AnswerHeaders };
}

/**
 * Opens an object with its bytes as they are stored. Gateways unpack what has Content-Encoding gzip (Google's "decompressive
 * transcoding") or pack what has none, which shows at headers that are left out, as they tell of other bytes then: HeadObject tells
 * what is stored. Rejects with `StoreError`, InvalidAnswer when the store does not send it however it is asked.
 */
export async function openAsStored(
  client: AwsCalls,
  input: GetObjectInput,
  signal: AbortSignal | undefined,
): Promise<StoredBody> {
  const bucket = input.Bucket ?? '';
  const answer = await client.open(S3_OPERATIONS.getObject, bucket, input, signal);
  if (tellsStored(answer.headers, input)) return { answer };
  let head: StoredBody['head'];
  try {
    head = await headOf(client, input, signal);
    if (head === undefined || isSame(answer.headers, head.headers, input)) return { answer, ...(head && { head }) };
  } catch (error) {
    answer.discard();
    throw error;
  }
  answer.discard();
  const stored = encodingOf(head.headers);
  if (stored !== '') {
    const packed = await client.open(S3_OPERATIONS.getPackedObject, bucket, input, signal);
    if (isSame(packed.headers, head.headers, input)) return { answer: packed, head };
    packed.discard();
  }
  throw notAsStored(answer, head.headers);
}

const MD5_ETAG = /^"?[0-9a-f]{32}"?$/i;

/** False for an answer that leaves something out, or whose bytes could not be told from others. */
function tellsStored(headers: AnswerHeaders, { Range, PartNumber }: GetObjectInput): boolean {
  // What unpacks a body ignores ranges: they are of what is packed.
  if (single(headers['content-range']) !== undefined) return true;
  const etag = single(headers['etag']) ?? '';
  // A gateway that changes the bytes has to weaken the ETag (RFC 9110, 8.8.1).
  if (etag === '' || etag.startsWith('W/') || single(headers['content-length']) === undefined) return false;
  if (Range !== undefined || PartNumber !== undefined) return true;
  return single(headers['last-modified']) !== undefined && (encodingOf(headers) !== '' || MD5_ETAG.test(etag));
}

/** Undefined when it is refused. */
async function headOf(
  client: AwsCalls,
  { Bucket, Key, VersionId, RequestPayer, PartNumber }: GetObjectInput,
  signal: AbortSignal | undefined,
): Promise<StoredBody['head']> {
  try {
    const input = { Bucket, Key, VersionId, RequestPayer, PartNumber };
    return await client.call(S3_OPERATIONS.headObject, Bucket ?? '', input, signal);
  } catch (error) {
    if (error instanceof StoreError && !error.storeDown) return undefined;
    throw error;
  }
}

function isSame(sent: AnswerHeaders, stored: AnswerHeaders, { Range }: GetObjectInput): boolean {
  if (encodingOf(sent) !== encodingOf(stored)) return false;
  const [a, b] = [sent, stored].map((headers) => single(headers['content-length']));
  return Range !== undefined || a === undefined || b === undefined || a === b || !hasSameEtag(sent, stored);
}

/** Another one is of another state of the object. */
function hasSameEtag(a: AnswerHeaders, b: AnswerHeaders): boolean {
  const [one, other] = [a, b].map((headers) => single(headers['etag'])?.replace(/^W\//, ''));
  return one === undefined || other === undefined || one === other;
}

function encodingOf(headers: AnswerHeaders): string {
  const encoding = (single(headers['content-encoding']) ?? '').trim().toLowerCase();
  return encoding === 'identity' ? '' : encoding;
}

function notAsStored(answer: OpenAnswer, stored: AnswerHeaders): StoreError {
  const [is, was] = [answer.headers, stored].map((headers) => {
    const length = single(headers['content-length']);
    const size = length === undefined ? 'an unknown size' : `${length} bytes`;
    return `Content-Encoding ${encodingOf(headers) || 'none'} and ${size}`;
  });
  const text = `The store does not send the object as it is stored: HeadObject tells of ${was}, GetObject of ${is}`;
  return new StoreError('InvalidAnswer', answer.status, text);
}
