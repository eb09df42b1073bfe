import { S3Client } from '@aws-sdk/client-s3';
import { HttpResponse } from '@smithy/core/protocols';
import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { AnswerHeaders } from '../http/error-answer';
import type { HttpAnswer } from '../http/exchange';
import { RequestTemplate } from './request-template';
import type { S3Operation } from './operations';
import type { SerializedRequest } from './serialized-request';
import { EMPTY_BODY_SHA256, sha256Hex } from '../signing/sigv4';
import { StoreError } from '../store-error';
import { canonicalQuery } from '../http/uri';

interface ProtocolRequest {
  readonly method: string;
  readonly path: string;
  readonly query: Record<string, string | string[] | null>;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

interface Protocol {
  serializeRequest(schema: unknown, input: object, context: object): Promise<ProtocolRequest>;
  deserializeResponse(schema: unknown, context: object, response: HttpResponse): Promise<object>;
}

const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e]*$/;
/** Sets of parameters kept for each operation: jobs that run side by side in one worker. */
const TEMPLATES_MAX = 8;
/** The SDK turns these into three headers each; S3 Batch Operations has no parameter for them. */
const CUSTOMER_KEYS = ['SSECustomerKey', 'CopySourceSSECustomerKey'];

/**
 * Turns an operation's input into an HTTP request with the SDK's own serializers, without its middleware: that costs fifty
 * times as much as the serializing itself.
 */
export class RequestSerializer {
  private readonly protocol: Protocol;
  private readonly context: object;
  private readonly templates = new Map<S3Operation, RequestTemplate[]>();

  constructor() {
    // Nothing is ever sent to this address: the client lends its protocol only.
    const client = new S3Client({
      region: 'us-east-1',
      endpoint: 'http://localhost',
      credentials: { accessKeyId: '-', secretAccessKey: '-' },
    });
    this.protocol = (client.config as unknown as { protocol: Protocol }).protocol;
    this.context = {
      ...client.config,
      endpoint: () => Promise.resolve({ protocol: 'http:', hostname: 'localhost', path: '/' }),
      endpointV2: { url: new URL('http://localhost') },
    };
  }

  /** Like `serialize`, and at once where only key, version or copy source are new. */
  request(operation: S3Operation, input: object): SerializedRequest | Promise<SerializedRequest> {
    for (const template of this.templates.get(operation) ?? []) {
      const request = template.fill(input);
      if (request) return request;
    }
    return operation.hot ? this.serializeAndKeep(operation, input) : this.serialize(operation, input);
  }

  private async serializeAndKeep(operation: S3Operation, input: object): Promise<SerializedRequest> {
    const request = await this.serialize(operation, input);
    const template = RequestTemplate.from(input, request);
    if (template) {
      const others = this.templates.get(operation) ?? [];
      this.templates.set(operation, [template, ...others].slice(0, TEMPLATES_MAX));
    }
    return request;
  }

  /** Rejects with StoreError for an input that cannot be sent. */
  async serialize(operation: S3Operation, input: object): Promise<SerializedRequest> {
    refuseUnsendable(input);
    const written = operation.writeBody?.(input);
    let request: ProtocolRequest;
    try {
      request = await this.protocol.serializeRequest(operation.schema, written?.rest ?? input, this.context);
    } catch (error) {
      throw new StoreError('InvalidRequest', 400, `${operation.name}: ${readsAs(error)}`, { cause: error });
    }
    const { headers } = request;
    const content = written?.xml ?? request.body;
    const body = typeof content === 'string' ? Buffer.from(content) : content;
    if (operation.bodyChecksum) addBodyChecksum(headers, body ?? Buffer.alloc(0));
    checkHeaders(headers);
    return {
      method: request.method,
      path: request.path,
      query: canonicalQuery(request.query),
      headers,
      body,
      payloadHash: body ? sha256Hex(body) : EMPTY_BODY_SHA256,
    };
  }

  /** The output of a 2xx answer, read by the SDK's schema. Rejects with StoreError for an answer that is none. */
  async deserialize(operation: S3Operation, { status, headers, body }: HttpAnswer): Promise<object> {
    const response = new HttpResponse({ statusCode: status, headers: joined(headers), body });
    try {
      return await this.protocol.deserializeResponse(operation.schema, this.context, response);
    } catch (error) {
      throw new StoreError('InvalidAnswer', status, `${operation.name}: ${readsAs(error)}`, { cause: error });
    }
  }
}

function joined(headers: AnswerHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(',') : value,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function readsAs(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refuseUnsendable(input: object): void {
  const members = input as Readonly<Record<string, unknown>>;
  // Without a key the request would be the bucket's: DELETE would remove the bucket itself.
  if ('Key' in members && (typeof members['Key'] !== 'string' || members['Key'] === '')) {
    throw new StoreError('InvalidArgument', 400, 'The object key is empty');
  }
  for (const name of CUSTOMER_KEYS) {
    if (members[name] !== undefined) {
      throw new StoreError('NotImplemented', 501, `${name}: encryption with customer-provided keys is not supported`);
    }
  }
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) {
      throw new StoreError('InvalidArgument', 400, `${JSON.stringify(name)} cannot be the name of an HTTP header`);
    }
    if (!HEADER_VALUE.test(value)) {
      throw new StoreError(
        'InvalidArgument',
        400,
        `The value of ${name} has characters that an HTTP header cannot carry: only ASCII is allowed`,
      );
    }
  }
}

/**
 * The checksum that the SDK sends with a body by default; PutObjectTagging and RestoreObject are refused by S3 without one
 * ("Checking object integrity", S3 user guide).
 */
function addBodyChecksum(headers: Record<string, string>, body: Uint8Array): void {
  for (const name in headers) if (name.startsWith('x-amz-checksum-')) return;
  const algorithm = (headers['x-amz-sdk-checksum-algorithm'] ??= 'CRC32');
  switch (algorithm) {
    case 'CRC32': {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(crc32(body));
      headers['x-amz-checksum-crc32'] = bytes.toString('base64');
      return;
    }
    case 'SHA1':
    case 'SHA256':
      headers[`x-amz-checksum-${algorithm.toLowerCase()}`] = hash(algorithm, body, 'base64');
      return;
    case 'MD5':
      headers['content-md5'] = hash(algorithm, body, 'base64');
      return;
    default:
      throw new StoreError(
        'NotImplemented',
        501,
        `Checksum algorithm ${algorithm} of a request body is not supported: use CRC32, SHA1, SHA256 or MD5`,
      );
  }
}
