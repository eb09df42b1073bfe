import { type AnswerHeaders, single } from '../http/answer-headers';
import type { ErrorAnswer } from './service';

/** Long enough for every error that a service sends; the rest of a page from some proxy is of no use. */
const BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_CHARS_MAX = 1_000;

/**
 * What an error answer of an AWS service with the REST JSON protocol says. The code is in the header, else in the body, with
 * a namespace before `#` or an address after `:` at times (Smithy, "AWS restJson1 protocol", "Operation error serialization").
 */
export function readJsonError(httpStatus: number, body: Uint8Array, headers: AnswerHeaders): ErrorAnswer {
  const members = parsed(body);
  const code = single(headers['x-amzn-errortype']) ?? text(members['code']) ?? text(members['__type']);
  const message = text(members['message']) ?? text(members['Message']);
  return {
    code: (code && bareCode(code)) || `Http${httpStatus}`,
    message: (message || `The service answered with HTTP status ${httpStatus}`).slice(0, MESSAGE_CHARS_MAX),
    requestId: single(headers['x-amzn-requestid']) ?? single(headers['x-amz-request-id']),
  };
}

function bareCode(code: string): string {
  const [first = ''] = code.split(/[,:]/);
  return first.slice(first.indexOf('#') + 1).trim();
}

function parsed(body: Uint8Array): Readonly<Record<string, unknown>> {
  if (body.byteLength > BODY_BYTES_MAX) return {};
  try {
    const json: unknown = JSON.parse(Buffer.from(body).toString('utf8'));
    return typeof json === 'object' && json !== null ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
