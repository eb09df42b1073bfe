import type { ErrorAnswer } from '../aws/service';
import { type AnswerHeaders, single } from '../http/answer-headers';
import { firstElement, rootName } from './xml-text';

/** Long enough for every error that S3 sends; the rest of a page from some proxy is of no use. */
const ERROR_BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_CHARS_MAX = 1_000;
/** Nearly every root begins within them, and the answer to a copy is asked for its root with each object. */
const HEAD_BYTES = 128;

/** For answers without XML: HEAD has no body, and proxies answer in their own ways. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  301: 'PermanentRedirect',
  304: 'NotModified',
  307: 'TemporaryRedirect',
  400: 'BadRequest',
  401: 'Unauthorized',
  403: 'AccessDenied',
  404: 'NotFound',
  405: 'MethodNotAllowed',
  408: 'RequestTimeout',
  409: 'Conflict',
  411: 'MissingContentLength',
  412: 'PreconditionFailed',
  413: 'EntityTooLarge',
  416: 'InvalidRange',
  429: 'TooManyRequests',
  500: 'InternalError',
  501: 'NotImplemented',
  502: 'BadGateway',
  503: 'ServiceUnavailable',
  504: 'GatewayTimeout',
};

/** What S3 means by `x-amz-delete-marker: true` with these ("Working with delete markers", S3 user guide). */
const DELETE_MARKERS: Readonly<Record<number, { readonly code: string; readonly message: string }>> = {
  404: { code: 'NoSuchKey', message: 'The newest version is a delete marker' },
  405: { code: 'MethodNotAllowed', message: 'The version is a delete marker' },
};

/** An error that comes as the body of a 200 has no status of its own; these are the ones its code has elsewhere. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
  ConditionalRequestConflict: 409,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  InternalError: 500,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRequest: 400,
  NoSuchBucket: 404,
  NoSuchKey: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  OperationAborted: 409,
  PreconditionFailed: 412,
  RequestTimeout: 400,
  ServiceUnavailable: 503,
  SlowDown: 503,
};

/** Reads S3's error XML ("Error Responses", Amazon S3 API Reference). */
export function readErrorAnswer(httpStatus: number, body: Uint8Array, headers: AnswerHeaders): ErrorAnswer {
  const text = textOf(body);
  const isXml = rootName(text) === 'Error';
  const code = isXml ? firstElement(text, 'Code') : undefined;
  const message = isXml ? firstElement(text, 'Message') : undefined;
  const marker = single(headers['x-amz-delete-marker']) === 'true' ? DELETE_MARKERS[httpStatus] : undefined;
  const versionId = single(headers['x-amz-version-id']);
  return {
    code: code || marker?.code || CODE_OF_STATUS[httpStatus] || `Http${httpStatus}`,
    message: messageOf(httpStatus, message, marker?.message),
    requestId: single(headers['x-amz-request-id']) ?? (isXml ? firstElement(text, 'RequestId') : undefined),
    region: single(headers['x-amz-bucket-region']) ?? (isXml ? firstElement(text, 'Region') : undefined),
    ...(marker && { deleteMarker: versionId === undefined ? {} : { versionId } }),
  };
}

function messageOf(httpStatus: number, message: string | undefined, marker: string | undefined): string {
  if (!message) return marker ?? `The store answered with HTTP status ${httpStatus}`;
  const text = message.slice(0, MESSAGE_CHARS_MAX);
  return marker === undefined ? text : `${text} (${marker})`;
}

/**
 * The status that the body of a 200 stands for when it is an error, as CopyObject may answer after it has begun to send
 * (API_CopyObject); undefined when the body is no error.
 */
export function statusOfErrorBody(body: Uint8Array): number | undefined {
  const text = textOf(body);
  if (rootName(text) !== 'Error') return undefined;
  return STATUS_OF_CODE[firstElement(text, 'Code') ?? ''] ?? 500;
}

/** Name of the root element; undefined for what is no XML. */
export function rootOf(body: Uint8Array): string | undefined {
  return rootName(textOf(body, HEAD_BYTES)) ?? rootName(textOf(body));
}

function textOf(body: Uint8Array, bytesMax = ERROR_BODY_BYTES_MAX): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, bytesMax)).toString('utf8');
}
