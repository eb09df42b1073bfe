import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { LIMITS } from '../../contracts/limits';
import type { CallCounts, RequestCounts } from '../figures';
import { sleep } from '../http/abort';
import type { AdaptiveLimit, BucketLimits, LimitSignal } from '../http/adaptive-limit';
import type { AnswerHeaders } from '../http/answer-headers';
import type { FaultKind } from '../http/error-meanings';
import { type AnswerLimits, AnswerTooLarge, type HttpAnswer, type HttpStreamAnswer } from '../http/exchange';
import type { Asked, Hearing } from '../http/hearing';
import { NetworkFault, networkFault } from '../http/network-fault';
import { backoffMs, RETRY_LIMITS, type RetryLimits } from '../http/retry-policy';
import type { HttpRequest, HttpTransport } from '../http/transport';
import type { RequestOwner } from '../request-owner';
import type { RequestSpan, RequestSpans } from '../request-spans';
import type { CredentialSource } from '../signing/credentials';
import { type SigningIdentity, Sigv4Signer } from '../signing/sigv4';
import type { AwsOperation } from './operation';
import {
  answerFault,
  type FaultContext,
  faultIn200,
  finalFault,
  notUnderstood,
  type RequestFault,
  unansweredError,
  unansweredFault,
  withLostAnswer,
} from './request-fault';
import type { RequestSerializer } from './request-serializer';
import type { SerializedRequest } from './serialized-request';
import type { ServiceEndpoint } from './service';

export interface AwsClientParts {
  readonly endpoint: ServiceEndpoint;
  readonly credentials: CredentialSource;
  readonly transport: HttpTransport;
  /** Serializer of the service that the endpoint belongs to. */
  readonly serializer: RequestSerializer;
  /** By resource. */
  readonly limits: BucketLimits;
  readonly owner?: RequestOwner;
  /** Absent: silence of the service is no sign of trouble, or nobody wants to know. */
  readonly hearing?: Hearing;
  readonly counts?: RequestCounts;
  /** Absent: nothing is traced. */
  readonly spans?: RequestSpans;
  /** Instead of each operation's own. */
  readonly requestTimeoutMs?: number;
  readonly retry?: RetryLimits;
  /** 0..1, for the jitter. */
  readonly random?: () => number;
  /** Milliseconds since 1970: the date that is signed. */
  readonly now?: () => number;
}

export interface OpenAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** To be read to its end or left (`break`): until then it holds a connection. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Ends the connection instead of reading the body. */
  discard(): void;
}

/** A request to one resource, ready for as many attempts as it takes. */
interface Call {
  readonly operation: AwsOperation;
  readonly resource: string;
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  readonly request: SerializedRequest;
  readonly limit: AdaptiveLimit;
  readonly signal: AbortSignal | undefined;
  readonly asked: Asked | undefined;
  readonly span: RequestSpan | undefined;
}

type Send<Answer> = (
  origin: string,
  request: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal | undefined,
  limits: AnswerLimits | undefined,
) => Promise<Answer>;

/**
 * The short way to a service of AWS: the SDK's serializers, a cached signing key, pooled connections, and around them the
 * adaptive limit of a resource (a bucket, a function) and the retries. One for each endpoint and set of credentials.
 */
export class AwsClient {
  private readonly signer: Sigv4Signer;
  private readonly retry: RetryLimits;
  private readonly random: () => number;
  private readonly now: () => number;
  private readonly exchange: Send<HttpAnswer>;
  private readonly stream: Send<HttpStreamAnswer>;

  constructor(
    private readonly parts: AwsClientParts,
    signer = new Sigv4Signer(parts.endpoint.region, parts.serializer.service.signingName),
  ) {
    const { transport } = parts;
    this.signer = signer;
    this.retry = parts.retry ?? RETRY_LIMITS;
    this.random = parts.random ?? Math.random;
    this.now = parts.now ?? Date.now;
    this.exchange = transport.exchange.bind(transport);
    this.stream = transport.stream.bind(transport);
  }

  /** The same client, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): AwsClient {
    return new AwsClient({ ...this.parts, owner }, this.signer);
  }

  /** Resolves with a 2xx answer, its body read. Rejects with StoreError, or with the signal's reason. */
  call(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.run(operation, resource, input, signal, this.exchange);
  }

  /** Like `call`, and reads the answer by the SDK's schema: for what is called rarely. */
  async output(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<object> {
    return this.parse(operation, await this.call(operation, resource, input, signal));
  }

  /** A 2xx answer, read by the SDK's schema. Rejects with NotImplemented for one to another request. */
  async parse(operation: AwsOperation, answer: HttpAnswer): Promise<object> {
    this.checkAnswer(operation, answer.body);
    return this.parts.serializer.deserialize(operation, answer);
  }

  /** Like `open`, for an answer of events, which the SDK reads as they come. */
  async events(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<object> {
    return this.parts.serializer.deserialize(operation, await this.open(operation, resource, input, signal));
  }

  /** Throws NotImplemented for the answer to another request. */
  checkAnswer(operation: AwsOperation, body: Uint8Array): void {
    if (operation.isAnswer?.(body) === false) throw notUnderstood(operation);
  }

  /** Like `call`, but the body is for the caller to read; a break in it rejects with StoreError. Its slot is given back at once. */
  async open(operation: AwsOperation, resource: string, input: object, signal?: AbortSignal): Promise<OpenAnswer> {
    const answer = await this.run(operation, resource, input, signal, this.stream);
    const { status, headers, body } = answer;
    return {
      status,
      headers,
      body: this.guarded(operation, resource, body, signal),
      discard: () => void body.destroy(),
    };
  }

  private run<Answer extends HttpAnswer | HttpStreamAnswer>(
    operation: AwsOperation,
    resource: string,
    input: object,
    signal: AbortSignal | undefined,
    send: Send<Answer>,
  ): Promise<Answer> {
    const span = this.parts.spans?.begin(operation.name, resource);
    const answer = this.answered(operation, resource, input, signal, send, span);
    return span ? span.over(answer) : answer;
  }

  /** The layers between here and the request are few, since each object of a job pays for them. */
  private async answered<Answer extends HttpAnswer | HttpStreamAnswer>(
    operation: AwsOperation,
    resource: string,
    input: object,
    signal: AbortSignal | undefined,
    send: Send<Answer>,
    span: RequestSpan | undefined,
  ): Promise<Answer> {
    signal?.throwIfAborted();
    const routed = this.parts.endpoint.route(resource, input);
    const { origin, host, pathPrefix } = routed instanceof Promise ? await routed : routed;
    const serialized = this.parts.serializer.request(operation, input);
    const request = serialized instanceof Promise ? await serialized : serialized;
    const path = pathPrefix + request.path;
    const limit = this.parts.limits.of(resource);
    const { hearing, owner } = this.parts;
    const asked = hearing?.begin(operation.name, resource, owner?.id);
    const call: Call = { operation, resource, origin, host, path, request, limit, signal, asked, span };
    try {
      const outcome = await this.attempt(call, send);
      return 'kind' in outcome ? await this.repeat(call, input, send, outcome) : outcome;
    } finally {
      if (asked) hearing?.end(asked);
    }
  }

  private async repeat<Answer extends HttpAnswer | HttpStreamAnswer>(
    call: Call,
    input: object,
    send: Send<Answer>,
    first: RequestFault,
  ): Promise<Answer> {
    const { operation, signal } = call;
    let answerLost = false;
    let renewed = false;
    for (let attempt = 1; ; attempt += 1) {
      if (attempt > 1) this.counted(operation, 'retries');
      const outcome = attempt === 1 ? first : await this.attempt(call, send);
      if (!('kind' in outcome)) return outcome;
      if (outcome.kind === 'slowDown') this.counted(operation, 'slowDowns');
      answerLost ||= outcome.error.answerLost;
      if (outcome.expired && !renewed) {
        renewed = true;
        if (await this.parts.credentials.renew()) continue;
      }
      if (outcome.error.answerLost && operation.mayRepeat?.(input) === false) throw outcome.error;
      if (attempt >= this.attemptsMax(outcome.kind)) throw withLostAnswer(outcome.error, answerLost);
      await sleep(backoffMs(attempt, outcome.retryAfterMs, this.retry, this.random), signal);
    }
  }

  private counted(operation: AwsOperation, what: 'retries' | 'slowDowns'): void {
    const counts = this.countsOf(operation);
    if (counts) counts[what] += 1;
  }

  private countsOf({ name }: AwsOperation): CallCounts | undefined {
    return this.parts.counts?.of(name);
  }

  private timeoutMs({ operation, request }: Call): number {
    return (this.parts.requestTimeoutMs ?? operation.timeoutMs) + uploadMs(request.body);
  }

  private attemptsMax(kind: FaultKind): number {
    if (kind === 'final') return 1;
    return kind === 'slowDown' ? this.retry.slowDownAttemptsMax : this.retry.attemptsMax;
  }

  /** One request under the limit. Rejects with the signal's reason, or when there are no credentials. */
  private async attempt<Answer extends HttpAnswer | HttpStreamAnswer>(
    call: Call,
    send: Send<Answer>,
  ): Promise<Answer | RequestFault> {
    const { limit, signal, asked } = call;
    const identity = this.parts.credentials.current();
    const known = identity instanceof Promise ? await identity : identity;
    const { owner, hearing } = this.parts;
    if (!limit.tryAcquire()) await limit.acquire(signal, owner?.id);
    const startedAt = limit.now();
    let verdict: LimitSignal = 'neutral';
    let status = 0;
    let counts: CallCounts | undefined;
    try {
      owner?.check();
      this.goesOut(call);
      counts = this.countsOf(call.operation);
      const answer = await send(
        call.origin,
        this.signed(call, known),
        this.timeoutMs(call),
        signal,
        limitsOf(call.operation),
      );
      if (asked) hearing?.heard(asked);
      status = answer.status;
      const fault = isResult(call.operation, answer) ? undefined : await this.faultOf(call, answer);
      verdict = limitSignal(fault);
      return fault ?? answer;
    } catch (error) {
      if (signal?.aborted || !(error instanceof NetworkFault)) throw error;
      if (error instanceof AnswerTooLarge && call.operation.isAnswer) return finalFault(notUnderstood(call.operation));
      return unansweredFault(this.context(call.operation, call.resource, call.request.method), error);
    } finally {
      counts?.count(status, limit.now() - startedAt);
      limit.release(verdict, startedAt);
    }
  }

  private goesOut({ asked, span }: Call): void {
    if (asked) this.parts.hearing?.sent(asked);
    span?.sent();
  }

  private signed(call: Call, identity: SigningIdentity): HttpRequest {
    const { method, query, headers, payloadHash, body } = call.request;
    headers['host'] = call.host;
    this.signer.sign({ method, path: call.path, query, headers, payloadHash }, identity, this.now());
    return { method, path: query === '' ? call.path : `${call.path}?${query}`, headers, body };
  }

  private async faultOf(call: Call, answer: HttpAnswer | HttpStreamAnswer): Promise<RequestFault | undefined> {
    const body = Buffer.isBuffer(answer.body) ? answer.body : await collect(answer.body);
    const context = this.context(call.operation, call.resource, call.request.method);
    return isSuccess(answer.status)
      ? faultIn200(context, answer.headers, body)
      : answerFault(context, answer.status, answer.headers, body);
  }

  private async *guarded(
    operation: AwsOperation,
    resource: string,
    body: Readable,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Uint8Array> {
    try {
      for await (const piece of body) yield piece as Uint8Array;
    } catch (error) {
      signal?.throwIfAborted();
      throw unansweredError(this.context(operation, resource, 'GET'), networkFault(error, true));
    }
  }

  private context(operation: AwsOperation, resource: string, method: string): FaultContext {
    const { serializer, endpoint } = this.parts;
    const { service } = serializer;
    const { region } = endpoint;
    return { service, operation, resource, method, place: endpoint.describe(), region, nowMs: this.now() };
  }
}

/** How requests go out, for what puts more before them. */
export type AwsCalls = Pick<AwsClient, 'call' | 'output' | 'parse' | 'open'>;

function limitsOf({ answerBytesMax }: AwsOperation): AnswerLimits | undefined {
  return answerBytesMax === undefined ? undefined : { bodyBytesMax: answerBytesMax };
}

/** The time limit runs while a body is sent, too. */
function uploadMs(body: Uint8Array | undefined): number {
  return body ? Math.floor((body.byteLength * 1_000) / LIMITS.request.uploadBytesPerSecondMin) : 0;
}

function isSuccess(httpStatus: number): boolean {
  return httpStatus >= 200 && httpStatus < 300;
}

/** Told without more ado, since each object of a job pays for it. */
function isResult({ errorIn200, isAnswer }: AwsOperation, { status, body }: HttpAnswer | HttpStreamAnswer): boolean {
  if (!isSuccess(status)) return false;
  return errorIn200 === undefined || (Buffer.isBuffer(body) && isAnswer?.(body) === true);
}

/** An object that is missing or refused says that the store keeps up; a broken connection says nothing. */
function limitSignal(fault: RequestFault | undefined): LimitSignal {
  if (!fault || fault.kind === 'final') return 'success';
  return fault.kind === 'slowDown' ? 'slowDown' : 'neutral';
}

async function collect(body: Readable): Promise<Buffer> {
  try {
    return await buffer(body);
  } catch (error) {
    throw networkFault(error, true);
  }
}
