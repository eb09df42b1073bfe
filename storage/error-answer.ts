/** What an error answer says, read from S3's error XML ("Error Responses", Amazon S3 API Reference). */
export interface ErrorAnswer {
  readonly code: string;
  readonly message: string;
  readonly requestId: string | undefined;
}

/** Headers as the HTTP client gives them: lower-case names. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Long enough for every error that S3 sends; the rest of a page from some proxy is of no use. */
const ERROR_BODY_BYTES_MAX = 64 * 1024;
const MESSAGE_CHARS_MAX = 1_000;

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

/** An error that comes as the body of a 200 has no status of its own; these are the ones its code has elsewhere. */
const STATUS_OF_CODE: Readonly<Record<string, number>> = {
  AccessDenied: 403,
  BadDigest: 400,
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
  PreconditionFailed: 412,
  RequestTimeout: 400,
  ServiceUnavailable: 503,
  SlowDown: 503,
};

const ERROR_ROOT = /^\s*(?:<\?[^>]*\?>\s*)?(?:<!--[^]*?-->\s*)*<(?:\w+:)?Error[\s>]/;

export function readErrorAnswer(httpStatus: number, body: Uint8Array, headers: AnswerHeaders): ErrorAnswer {
  const text = textOf(body);
  const isXml = ERROR_ROOT.test(text);
  const code = isXml ? element(text, 'Code') : undefined;
  const message = isXml ? element(text, 'Message') : undefined;
  return {
    code: code || CODE_OF_STATUS[httpStatus] || `Http${httpStatus}`,
    message: (message || `The store answered with HTTP status ${httpStatus}`).slice(0, MESSAGE_CHARS_MAX),
    requestId: single(headers['x-amz-request-id']) ?? (isXml ? element(text, 'RequestId') : undefined),
  };
}

/**
 * The status that the body of a 200 stands for when it is an error, as CopyObject may answer after it has begun to send
 * (API_CopyObject); undefined when the body is no error.
 */
export function statusOfErrorBody(body: Uint8Array): number | undefined {
  const text = textOf(body);
  if (!ERROR_ROOT.test(text)) return undefined;
  return STATUS_OF_CODE[element(text, 'Code') ?? ''] ?? 500;
}

export function single(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function textOf(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, Math.min(body.byteLength, ERROR_BODY_BYTES_MAX)).toString('utf8');
}

/** Text of the first element of that name; error answers nest no names of these. */
function element(xml: string, name: string): string | undefined {
  const match = new RegExp(`<(?:\\w+:)?${name}(?:\\s[^>]*)?>([^]*?)</(?:\\w+:)?${name}\\s*>`).exec(xml);
  return match?.[1] === undefined ? undefined : unescapeXml(match[1]).trim();
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescapeXml(text: string): string {
  if (!text.includes('&') && !text.includes('<')) return text;
  return text.replace(
    /<!\[CDATA\[([^]*?)\]\]>|&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));/g,
    (whole, cdata, hex, decimal, name) => {
      if (cdata !== undefined) return cdata as string;
      if (name !== undefined) return ENTITIES[name as string] ?? whole;
      const point = hex === undefined ? Number(decimal) : parseInt(hex as string, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
    },
  );
}
