import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { encodeKey } from '../http/uri';

/** SHA-256 of no bytes: the payload hash of every request without a body. */
export const EMPTY_BODY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** Secrets whose signing keys are kept: one for each role, and the ones before their last refresh. */
const SIGNING_KEYS_MAX = 64;

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
const BEYOND_ASCII = /[\x80-\xff]/;
const IRREGULAR_SPACE = /^ | {2}|\t| $/;

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
    else delete headers['x-amz-security-token'];

    let canonicalHeaders = '';
    let signedNames = '';
    for (const name of Object.keys(headers).sort()) {
      if (isUnsigned(name)) continue;
      canonicalHeaders += `${name}:${canonicalValue(headers[name] ?? '')}\n`;
      signedNames += signedNames === '' ? name : `;${name}`;
    }
    const canonicalRequest = `${request.method}\n${this.signedPath(request.path)}\n${request.query}\n${canonicalHeaders}\n${signedNames}\n${request.payloadHash}`;
    const scope = `${day}/${this.region}/${this.service}/aws4_request`;
    const stringToSign = `${ALGORITHM}\n${stamp}\n${scope}\n${hash('sha256', octetsOf(canonicalRequest))}`;
    const signature = createHmac('sha256', this.signingKey(day, identity.secretAccessKey))
      .update(stringToSign)
      .digest('hex');
    headers['authorization'] =
      `${ALGORITHM} Credential=${identity.accessKeyId}/${scope}, SignedHeaders=${signedNames}, Signature=${signature}`;
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

/** Beyond ASCII, Node.js would hash the octets as characters of UTF-8. All other requests are spared a copy. */
function octetsOf(text: string): string | Buffer {
  return BEYOND_ASCII.test(text) ? Buffer.from(text, 'latin1') : text;
}

/** Blanks only: 0xA0, a space of Latin-1, is one octet of many a character of UTF-8. */
function canonicalValue(value: string): string {
  if (!IRREGULAR_SPACE.test(value)) return value;
  const words = value.split(/[\t ]+/).filter((word) => word !== '');
  return words.join(' ');
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

function isUnsigned(name: string): boolean {
  return UNSIGNED_HEADERS.has(name) || UNSIGNED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
