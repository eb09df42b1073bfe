import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { encodeKey } from '../http/uri';

/** SHA-256 of no bytes: the payload hash of every request without a body. */
export const EMPTY_BODY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Secrets whose signing keys are kept: one for each role, and the ones before their last refresh. */
const SIGNING_KEYS_MAX = 64;
/** Sets of header names that are kept: those of operations that run side by side. */
const HEADER_NAMES_MAX = 8;

/** Not signed because proxies and HTTP clients add or change them, as in AWS's own signers. */
const UNSIGNED_HEADERS = new Set([
  'accept-encoding',
  'authorization',
  'cache-control',
  'connection',
  'content-length',
  'expect',
  'from',
  'keep-alive',
  'max-forwards',
  'pragma',
  'referer',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'x-amzn-trace-id',
]);
const UNSIGNED_PREFIXES = ['proxy-', 'sec-'];
/** Signed as it stands: no space, and ASCII alone. */
const PLAIN = /^[!-~]*$/;

export interface SigningIdentity {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface SignableRequest {
  readonly method: string;
  /** Percent-encoded, as it is sent; for S3 `//`, `.` and `..` stay. */
  readonly path: string;
  /** Encoded and sorted by name, without `?`; empty when there is none. */
  readonly query: string;
  /** Lower-case names, `host` among them; values as octets, one character for each. Signing adds to it. */
  readonly headers: Record<string, string>;
  /** Lower-case hex SHA-256 of the body. */
  readonly payloadHash: string;
}

interface HeaderNames {
  /** Those of all headers, in their order. */
  readonly given: readonly string[];
  /** Sorted. */
  readonly signed: readonly string[];
  readonly signedNames: string;
}

interface SigningKey {
  readonly day: string;
  readonly key: KeyObject;
}

/**
 * AWS Signature Version 4 in the Authorization header, for one region and service
 * (Amazon S3 API Reference, "Signature Calculations for the Authorization Header").
 */
export class Sigv4Signer {
  private readonly keys = new Map<string, SigningKey>();
  private known: readonly HeaderNames[] = [];
  private stampSecond = -1;
  private stamp = '';

  constructor(
    private readonly region: string,
    private readonly service = 's3',
  ) {}

  /** Adds `x-amz-date`, `x-amz-content-sha256`, `x-amz-security-token` and `authorization`; a former signature is replaced. */
  sign(request: SignableRequest, identity: SigningIdentity, timeMs: number): void {
    const { headers } = request;
    const stamp = this.dateStamp(timeMs);
    const day = stamp.slice(0, 8);
    headers['x-amz-date'] = stamp;
    headers['x-amz-content-sha256'] = request.payloadHash;
    if (identity.sessionToken !== undefined) headers['x-amz-security-token'] = identity.sessionToken;
    else if ('x-amz-security-token' in headers) delete headers['x-amz-security-token'];

    const { signed, signedNames } = this.namesOf(headers);
    let canonicalHeaders = '';
    let isPlain = true;
    for (const name of signed) {
      const value = headers[name] ?? '';
      const isPlainValue = PLAIN.test(value);
      isPlain &&= isPlainValue;
      canonicalHeaders += `${name}:${isPlainValue ? value : canonicalValue(value)}\n`;
    }
    const canonicalRequest = `${request.method}\n${this.signedPath(request.path)}\n${request.query}\n${canonicalHeaders}\n${signedNames}\n${request.payloadHash}`;
    const scope = `${day}/${this.region}/${this.service}/aws4_request`;
    const stringToSign = `${ALGORITHM}\n${stamp}\n${scope}\n${hash('sha256', isPlain ? canonicalRequest : octetsOf(canonicalRequest))}`;
    const signature = createHmac('sha256', this.signingKey(day, identity.secretAccessKey))
      .update(stringToSign)
      .digest('hex');
    headers['authorization'] =
      `${ALGORITHM} Credential=${identity.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
  }

  /** Told once for requests with the same headers, since those of a job have them. */
  private namesOf(headers: Readonly<Record<string, string>>): HeaderNames {
    for (const known of this.known) if (hasNames(headers, known.given)) return known;
    const given = Object.keys(headers);
    const signed = given.filter((name) => !isUnsigned(name)).sort();
    const names = { given, signed, signedNames: signed.join(';') };
    this.known = [names, ...this.known].slice(0, HEADER_NAMES_MAX);
    return names;
  }

  /** Other than S3, services sign the path encoded once more than it is sent (SigV4, "Create a canonical request"). */
  private signedPath(path: string): string {
    return this.service === 's3' ? path : encodeKey(path);
  }

  /** `20260102T030405Z`; made once a second. */
  private dateStamp(timeMs: number): string {
    const second = Math.floor(timeMs / 1_000);
    if (second !== this.stampSecond) {
      this.stamp = new Date(second * 1_000).toISOString().replace(/[-:]|\.\d{3}/g, '');
      this.stampSecond = second;
    }
    return this.stamp;
  }

  private signingKey(day: string, secret: string): KeyObject {
    const cached = this.keys.get(secret);
    if (cached?.day === day) return cached.key;
    let derived = hmac(`AWS4${secret}`, day);
    for (const part of [this.region, this.service, 'aws4_request']) derived = hmac(derived, part);
    const key = createSecretKey(derived);
    if (this.keys.size >= SIGNING_KEYS_MAX) this.keys.clear();
    this.keys.set(secret, { day, key });
    return key;
  }
}

export function sha256Hex(body: Uint8Array): string {
  return body.byteLength === 0 ? EMPTY_BODY_SHA256 : hash('sha256', body);
}

/** Beyond ASCII, Node.js would hash the octets as characters of UTF-8. */
function octetsOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

/** Blanks only: 0xA0, a space of Latin-1, is one octet of many a character of UTF-8. */
function canonicalValue(value: string): string {
  const words = value.split(/[\t ]+/).filter((word) => word !== '');
  return words.join(' ');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function hasNames(headers: Readonly<Record<string, string>>, names: readonly string[]): boolean {
  let at = 0;
  for (const name in headers) if (name !== names[at++]) return false;
  return at === names.length;
}

function isUnsigned(name: string): boolean {
  return UNSIGNED_HEADERS.has(name) || UNSIGNED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
