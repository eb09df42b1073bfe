import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';

/**
 * AWS Signature Version 4, the verifying side, as S3 signs: path taken raw and not encoded again
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, …/sigv4-query-string-auth.html).
 */
const ALGORITHM = 'AWS4-HMAC-SHA256';
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD';
/** SHA-256 of no bytes. */
const EMPTY_SHA256 = sha256('');
/** Seven days, the longest a presigned request may live. */
const EXPIRES_SECONDS_MAX = 604_800;

/** Clients of AWS's services sign so: browsers and those of REST do not. */
export function isSigned({ headers }: { readonly headers: IncomingHttpHeaders }): boolean {
  return headers.authorization?.startsWith(ALGORITHM) === true;
}

/** A request as it came off the wire, but for its body: nothing decoded, nothing merged. */
export interface WireRequest {
  readonly method: string;
  /** Path and query, raw; origin form. */
  readonly target: string;
  /** Names and values in turn, as in Node's `rawHeaders`. */
  readonly rawHeaders: readonly string[];
}

/** A request whose header is in order. */
export interface SignedRequest {
  readonly accessKeyId: string;
  /** False when the signature can be checked with the body only: few bytes should be read of it. */
  readonly isProven: boolean;
  /** Throws XAmzContentSHA256Mismatch or SignatureDoesNotMatch unless this is the body that was signed. */
  checkBody(body: Uint8Array): void;
}

interface Signature {
  readonly accessKeyId: string;
  readonly date: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** `YYYYMMDDTHHMMSSZ` */
  readonly timestamp: string;
  /** Present on presigned requests. */
  readonly expiresSeconds?: number;
}

/**
 * Checks a request's signature before its body has been read: nobody makes us keep bytes whose hash no key has signed. `secretOf`
 * gives a key's secret, or undefined. The signature comes before the date, so that one who changes the date learns that it was
 * signed. Clients that send no hash of the body beside the signature, as curl 7.88, are told from strangers only by it: of
 * those, key, headers and date are checked here, the rest with the body.
 * Throws DroverError: AccessDenied (unsigned, expired, or with unsigned x-amz- headers), AuthorizationHeaderMalformed,
 * InvalidAccessKeyId, SignatureDoesNotMatch, RequestTimeTooSkewed, XAmzContentSHA256Mismatch for a body outside of the signature.
 */
export function verifySigV4(
  request: WireRequest,
  secretOf: (accessKeyId: string) => string | undefined,
  now: number,
): SignedRequest {
  const headers = groupHeaders(request.rawHeaders);
  const [, query = ''] = splitOnce(request.target, '?');
  const signature = readSignature(headers, query);
  const { accessKeyId } = signature;
  const secret = secretOf(accessKeyId);
  if (secret === undefined) {
    throw new DroverError('InvalidAccessKeyId', `Unknown access key ${accessKeyId}`);
  }
  checkSignedHeaders(signature, headers);
  const payload = signedPayload(headers, signature.expiresSeconds !== undefined);
  if (payload !== undefined) checkSignature(request, headers, signature, secret, payload);
  checkTime(signature, now);
  return {
    accessKeyId,
    isProven: payload !== undefined,
    checkBody(body) {
      const actual = sha256(body);
      if (payload === undefined) checkSignature(request, headers, signature, secret, actual);
      else if (!equal(payload === UNSIGNED_PAYLOAD ? EMPTY_SHA256 : payload, actual)) {
        throw new DroverError(
          'XAmzContentSHA256Mismatch',
          `x-amz-content-sha256 does not match the SHA-256 of the body (${actual})`,
        );
      }
    },
  };
}

function checkSignature(
  { method, target }: WireRequest,
  headers: Map<string, string[]>,
  signature: Signature,
  secret: string,
  payload: string,
): void {
  const [path, query = ''] = splitOnce(target, '?');
  const canonical = [
    method,
    path === '' ? '/' : path,
    canonicalQuery(query, signature.expiresSeconds !== undefined),
    ...signature.signedHeaders.map((name) => `${name}:${canonicalValue(headers.get(name) ?? [])}`),
    '',
    signature.signedHeaders.join(';'),
    payload,
  ].join('\n');
  if (equal(signatureOf(canonical, signature, secret), signature.signature)) return;
  throw new DroverError('SignatureDoesNotMatch', 'The signature does not match the one computed for this request');
}

function signatureOf(canonical: string, { date, region, service, timestamp }: Signature, secret: string): string {
  const scope = `${date}/${region}/${service}/aws4_request`;
  const toSign = [ALGORITHM, timestamp, scope, sha256(canonical)].join('\n');
  const key = ['aws4_request', service, region, date].reduceRight<Buffer | string>(
    (k, part) => hmac(k, part),
    `AWS4${secret}`,
  );
  return hmac(key, toSign).toString('hex');
}

function readSignature(headers: Map<string, string[]>, query: string): Signature {
  const authorization = headers.get('authorization');
  if (authorization !== undefined) return readHeaderForm(authorization, headers);
  const parameters = new URLSearchParams(query);
  if (parameters.has('X-Amz-Signature') || parameters.has('X-Amz-Algorithm')) return readQueryForm(parameters);
  throw new DroverError('AccessDenied', 'The request is not signed');
}

function readHeaderForm(values: readonly string[], headers: Map<string, string[]>): Signature {
  const [algorithm, rest] = splitOnce((values[0] ?? '').trim(), ' ');
  if (values.length !== 1 || algorithm !== ALGORITHM || rest === undefined) {
    throw malformed(`the Authorization header must begin with ${ALGORITHM}`);
  }
  const parts = new Map(rest.split(',').map((part) => splitOnce(part.trim(), '=') as [string, string]));
  const timestamp = headers.get('x-amz-date')?.[0]?.trim() ?? basicFormat(headers.get('date')?.[0]);
  return assemble(parts.get('Credential'), parts.get('SignedHeaders'), parts.get('Signature'), timestamp);
}

function readQueryForm(parameters: URLSearchParams): Signature {
  const get = (name: string): string | undefined => parameters.get(name) ?? undefined;
  if (get('X-Amz-Algorithm') !== ALGORITHM) throw malformed(`X-Amz-Algorithm must be ${ALGORITHM}`);
  const expires = get('X-Amz-Expires') ?? '';
  const expiresSeconds = Number(expires);
  if (!/^\d+$/.test(expires) || expiresSeconds < 1 || expiresSeconds > EXPIRES_SECONDS_MAX) {
    throw malformed(`X-Amz-Expires must be 1 to ${EXPIRES_SECONDS_MAX} seconds`);
  }
  const signature = assemble(
    get('X-Amz-Credential'),
    get('X-Amz-SignedHeaders'),
    get('X-Amz-Signature'),
    get('X-Amz-Date'),
  );
  return { ...signature, expiresSeconds };
}

function assemble(
  credential: string | undefined,
  signedHeaders: string | undefined,
  signature: string | undefined,
  timestamp: string | undefined,
): Signature {
  const [accessKeyId, date, region, service, terminator, ...more] = (credential ?? '').split('/');
  if (!accessKeyId || !date || !region || terminator !== 'aws4_request' || more.length > 0) {
    throw malformed('the credential must be key/date/region/s3/aws4_request');
  }
  // Clients sign the jobs API under the name of S3 itself; any region, for `--region snow` is a way in.
  if (service !== 's3') throw malformed(`the credential scope names the service '${service ?? ''}' instead of 's3'`);
  if (!signedHeaders || !signature || !/^[0-9a-f]{64}$/.test(signature)) {
    throw malformed('SignedHeaders or Signature is missing or malformed');
  }
  if (timestamp === undefined || !/^\d{8}T\d{6}Z$/.test(timestamp)) {
    throw new DroverError('AccessDenied', 'The request has no valid x-amz-date');
  }
  if (!timestamp.startsWith(date)) {
    const message = `The date of the credential scope, ${date}, differs from x-amz-date, ${timestamp}`;
    throw new DroverError('SignatureDoesNotMatch', message);
  }
  return { accessKeyId, date, region, service, signedHeaders: signedHeaders.split(';'), signature, timestamp };
}

function checkTime({ timestamp, expiresSeconds }: Signature, now: number): void {
  const iso = timestamp.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
  const signedAt = Date.parse(iso);
  if (Number.isNaN(signedAt)) throw new DroverError('AccessDenied', 'The request has no valid x-amz-date');
  const ageMs = now - signedAt;
  if (ageMs < -LIMITS.api.clockSkewMs || (expiresSeconds === undefined && ageMs > LIMITS.api.clockSkewMs)) {
    throw new DroverError(
      'RequestTimeTooSkewed',
      `The request was signed at ${iso}, now it is ${new Date(now).toISOString()}`,
    );
  }
  if (expiresSeconds !== undefined && ageMs > expiresSeconds * 1_000) {
    throw new DroverError('AccessDenied', 'The presigned request has expired');
  }
}

/** One who carries a signed request along must not be able to add what decides about it. */
function checkSignedHeaders({ signedHeaders }: Signature, headers: Map<string, string[]>): void {
  const signed = new Set(signedHeaders);
  if (!signed.has('host')) throw malformed('the host header must be signed');
  for (const name of signed) {
    if (!headers.has(name)) throw new DroverError('SignatureDoesNotMatch', `The signed header ${name} did not arrive`);
  }
  const unsigned = [...headers.keys()].filter((name) => name.startsWith('x-amz-') && !signed.has(name));
  if (unsigned.length > 0) throw new DroverError('AccessDenied', `Headers are not signed: ${unsigned.join(', ')}`);
}

/** What stands for the body in the signature; undefined when that is the hash of a body that has yet to come. */
function signedPayload(headers: Map<string, string[]>, presigned: boolean): string | undefined {
  const declared = headers.get('x-amz-content-sha256')?.[0]?.trim();
  if (declared !== undefined && declared !== UNSIGNED_PAYLOAD) return declared;
  const hasBody = headers.has('transfer-encoding') || Number(headers.get('content-length')?.[0] ?? 0) !== 0;
  if (!hasBody) return declared ?? (presigned ? UNSIGNED_PAYLOAD : EMPTY_SHA256);
  if (declared === undefined && !presigned) return undefined;
  throw new DroverError(
    'XAmzContentSHA256Mismatch',
    'A request with a body must be signed with its SHA-256 in x-amz-content-sha256',
  );
}

/** Pairs encoded once by RFC 3986, sorted; the presigned form leaves out its own signature. */
function canonicalQuery(query: string, presigned: boolean): string {
  return query
    .split('&')
    .filter((pair) => pair !== '' && !(presigned && pair.startsWith('X-Amz-Signature=')))
    .map((pair) => splitOnce(pair, '='))
    .map(([name, value]) => [encodeOnce(name), encodeOnce(value ?? '')] as const)
    .sort(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/**
 * A plus sign is a space, as it is to whoever reads the query: clients that send spaces so sign them as `%20`. One that signs
 * its plus as `%2B` or as it is means another text than we would read, and is refused.
 */
function encodeOnce(text: string): string {
  try {
    return encodeURIComponent(decodeURIComponent(text.replaceAll('+', ' '))).replace(
      /[!'()*]/g,
      (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
    );
  } catch {
    return text;
  }
}

function groupHeaders(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] ?? '']);
  }
  return headers;
}

function canonicalValue(values: readonly string[]): string {
  return values.map((value) => value.trim().replace(/ +/g, ' ')).join(',');
}

function basicFormat(httpDate: string | undefined): string | undefined {
  const time = Date.parse(httpDate ?? '');
  return Number.isNaN(time) ? undefined : new Date(time).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + separator.length)];
}

function malformed(message: string): DroverError {
  return new DroverError('AuthorizationHeaderMalformed', `The authorization is malformed: ${message}`);
}

function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}

/** Compares without telling by its duration where the difference is. */
function equal(a: string, b: string): boolean {
  const left = Buffer.from(a);
  const right = Buffer.from(b);
  return left.length === right.length && timingSafeEqual(left, right);
}
