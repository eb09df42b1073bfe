import type { SelectObjectContentOutput } from '@aws-sdk/client-s3';
import type { AwsClient } from '../aws/client';
import type { CallOptions, ObjectRef, SelectCsvInput } from '../object-store';
import { StoreError } from '../store-error';
import { S3_OPERATIONS } from './s3-operations';

const CALL = 'SelectObjectContent';
/** Quotes are doubled within quotes. */
const FORM = { FieldDelimiter: ',', RecordDelimiter: '\n', QuoteCharacter: '"', QuoteEscapeCharacter: '"' } as const;
/** Names of errors that come of bytes that are no events, not of the store's words. */
const UNREADABLE = ['Error', 'TypeError', 'RangeError', 'SyntaxError'];

/**
 * The rows that an expression selects, as CSV. An answer that breaks off before its End event rejects, whatever has come before.
 * Rejects with `NotImplemented` for a store that takes the call for another.
 */
export async function* selectCsv(
  client: Pick<AwsClient, 'events'>,
  { bucket, key }: ObjectRef,
  { expression, isGzip }: SelectCsvInput,
  { signal }: CallOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const input = {
    Bucket: bucket,
    Key: key,
    Expression: expression,
    ExpressionType: 'SQL',
    InputSerialization: {
      CompressionType: isGzip ? 'GZIP' : 'NONE',
      // Keys may hold line ends.
      CSV: { ...FORM, FileHeaderInfo: 'NONE', AllowQuotedRecordDelimiter: true },
    },
    OutputSerialization: { CSV: { ...FORM, QuoteFields: 'ALWAYS' } },
  };
  let isBegun = false;
  let isEnded = false;
  try {
    const output = await client.events(S3_OPERATIONS.selectObjectContent, bucket, input, signal);
    for await (const event of (output as SelectObjectContentOutput).Payload ?? []) {
      isBegun = true;
      isEnded ||= event.End !== undefined;
      if (event.Records?.Payload !== undefined) yield event.Records.Payload;
    }
  } catch (error) {
    signal?.throwIfAborted();
    throw refusal(error, isBegun);
  }
  if (!isBegun) throw notUnderstood();
  if (!isEnded) throw new StoreError('IncompleteAnswer', 0, `${CALL}: the answer broke off before its end`);
}

function refusal(error: unknown, isBegun: boolean): StoreError {
  if (error instanceof StoreError) {
    // The first event is read together with the answer's head.
    return error.code === 'InvalidAnswer' && error.cause !== undefined ? refusal(error.cause, isBegun) : error;
  }
  const { name, message } = error as Error;
  // An event that is an error has its code for a name.
  if (!UNREADABLE.includes(name)) return new StoreError(name, 400, `${CALL}: ${message}`, { cause: error });
  if (!isBegun) return notUnderstood(error);
  return new StoreError('InvalidAnswer', 0, `${CALL}: the answer is damaged: ${message}`, { cause: error });
}

function notUnderstood(cause?: unknown): StoreError {
  return new StoreError('NotImplemented', 501, `The store does not know ${CALL}: it answered with something else`, {
    cause,
  });
}
