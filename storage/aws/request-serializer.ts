import { HttpResponse } from '@smithy/core/protocols';
import type { AnswerHeaders } from '../http/answer-headers';
import type { HttpAnswer } from '../http/exchange';
import { isHeaderOctets } from '../http/header-text';
import { canonicalQuery } from '../http/uri';
import { EMPTY_BODY_SHA256, sha256Hex } from '../signing/sigv4';
import { StoreError } from '../store-error';
import { addBodyChecksum } from './body-checksum';
import type { AwsOperation } from './operation';
import type { RequestTemplate, SerializedRequest } from './serialized-request';
import type { AwsService } from './service';

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
/** Sets of parameters kept for each operation: jobs that run side by side in one worker. */
const TEMPLATES_MAX = 8;

/**
 * Turns an operation's input into an HTTP request with the SDK's own serializers, without its middleware: that costs fifty
 * times as much as the serializing itself.
 */
export class RequestSerializer {
  private readonly protocol: Protocol;
  private readonly context: object;
  private readonly templates = new Map<AwsOperation, RequestTemplate[]>();

  constructor(readonly service: AwsService) {
    const client = service.sdkClient({
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

  /** Like `serialize`, and at once where a template fits. */
  request(operation: AwsOperation, input: object): SerializedRequest | Promise<SerializedRequest> {
    for (const template of this.templates.get(operation) ?? []) {
      const request = template.fill(input);
      if (request) return request;
    }
    return operation.template ? this.serializeAndKeep(operation, input) : this.serialize(operation, input);
  }

  private async serializeAndKeep(operation: AwsOperation, input: object): Promise<SerializedRequest> {
    const request = await this.serialize(operation, input);
    const template = operation.template?.(input, request);
    if (template) {
      const others = this.templates.get(operation) ?? [];
      this.templates.set(operation, [template, ...others].slice(0, TEMPLATES_MAX));
    }
    return request;
  }

  /** Rejects with StoreError for an input that cannot be sent. */
  async serialize(operation: AwsOperation, input: object): Promise<SerializedRequest> {
    operation.refuse?.(input);
    const written = operation.writeBody?.(input);
    let request: ProtocolRequest;
    try {
      request = await this.protocol.serializeRequest(operation.schema, written?.rest ?? input, this.context);
    } catch (error) {
      throw new StoreError('InvalidRequest', 400, `${operation.name}: ${readsAs(error)}`, { cause: error });
    }
    const { headers } = request;
    const content = written?.text ?? request.body;
    const body = typeof content === 'string' ? Buffer.from(content) : content;
    Object.assign(headers, operation.headers);
    if (operation.bodyChecksum) addBodyChecksum(headers, body ?? Buffer.alloc(0), operation.bodyChecksum);
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
  async deserialize(
    operation: AwsOperation,
    { status, headers, body }: Pick<HttpAnswer, 'status' | 'headers'> & { readonly body: unknown },
  ): Promise<object> {
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

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(headers)) {
    if (!HEADER_NAME.test(name)) {
      throw new StoreError('InvalidArgument', 400, `${JSON.stringify(name)} cannot be the name of an HTTP header`);
    }
    if (!isHeaderOctets(value)) {
      throw new StoreError(
        'InvalidArgument',
        400,
        `The value of ${name} has characters that an HTTP header cannot carry`,
      );
    }
  }
}
