import { LambdaClient } from '@aws-sdk/client-lambda';
import { LIMITS } from '../../contracts/limits';
import type { AdaptiveLimit, BucketLimits } from '../http/adaptive-limit';
import type { CredentialSource } from '../signing/credentials';
import { AnswerTooLarge, type AnswerLimits, type HttpAnswer } from '../http/exchange';
import type { HttpTransport } from '../http/transport';
import { readJsonError } from '../http/json-error-answer';
import { NetworkFault } from '../http/network-fault';
import type { CallOptions, FunctionAnswer, FunctionInvoker } from '../object-store';
import { callPatiently, invocationLimits } from '../http/throttled-call';
import type { RequestOwner } from '../request-owner';
import { classify, RETRY_LIMITS, type RetryLimits } from '../http/retry-policy';
import { sha256Hex, Sigv4Signer } from '../signing/sigv4';
import { StoreError } from '../store-error';
import { encodeUri } from '../http/uri';

export interface FunctionServiceAddress {
  /** Absent: AWS's own, for the region. */
  readonly endpoint?: string;
  readonly region: string;
}

export interface LambdaInvokerOptions {
  /** Shared with other invokers of the same functions. */
  readonly limits?: BucketLimits;
  readonly timeoutMs?: number;
  readonly retry?: RetryLimits;
  readonly random?: () => number;
  readonly owner?: RequestOwner;
}

interface FunctionTarget {
  readonly origin: string;
  readonly host: string;
  readonly path: string;
  /** Without `?`. */
  readonly query: string;
  readonly limit: AdaptiveLimit;
}

/** Refused before the function ran, so that another attempt can't run it twice (API_Invoke, "Errors"). */
const NOT_RUN_CODES = new Set([
  'TooManyRequestsException',
  'EC2ThrottledException',
  'ResourceNotReadyException',
  'ENILimitReachedException',
]);
const EXPIRED_CODES = new Set(['ExpiredToken', 'ExpiredTokenException']);
const ANSWER_LIMITS: AnswerLimits = { bodyBytesMax: LIMITS.invocationAnswerBytesMax };

/**
 * Lambda's synchronous Invoke, and whatever speaks it. The request is made here: the SDK's middleware would cost more than all
 * the rest of a task. It is held to the SDK's by a test. A function whose answer was lost is not run again here.
 */
export class LambdaInvoker implements FunctionInvoker {
  private readonly signer: Sigv4Signer;
  private readonly limits: BucketLimits;
  private readonly timeoutMs: number;
  private readonly retry: RetryLimits;
  private readonly random: () => number;
  private service: URL | undefined;

  constructor(
    private readonly address: FunctionServiceAddress,
    private readonly credentials: CredentialSource,
    private readonly transport: HttpTransport,
    private readonly options: LambdaInvokerOptions = {},
  ) {
    this.signer = new Sigv4Signer(address.region, 'lambda');
    this.limits = options.limits ?? invocationLimits();
    this.timeoutMs = options.timeoutMs ?? LIMITS.functionTimeoutMs;
    this.retry = options.retry ?? RETRY_LIMITS;
    this.random = options.random ?? Math.random;
  }

  /** The same, for whose requests `owner` answers. */
  ownedBy(owner: RequestOwner): LambdaInvoker {
    return new LambdaInvoker(this.address, this.credentials, this.transport, {
      ...this.options,
      limits: this.limits,
      owner,
    });
  }

  async invoke(functionArn: string, payload: string, { signal }: CallOptions = {}): Promise<FunctionAnswer> {
    const target = await this.targetOf(functionArn);
    const body = Buffer.from(payload);
    const payloadHash = sha256Hex(body);
    const last = await callPatiently({
      limit: target.limit,
      retry: this.retry,
      random: this.random,
      signal,
      owner: this.options.owner,
      send: () => this.send(target, body, payloadHash, signal),
      isThrottle: (answer) => isThrottle(answer),
    });
    if (last instanceof NetworkFault) throw this.noAnswer(last);
    if (last.status < 200 || last.status >= 300) throw refusal(last);
    const functionError = header(last, 'x-amz-function-error');
    return {
      httpStatus: last.status,
      ...(functionError === undefined ? {} : { functionError }),
      payload: last.body.toString('utf8'),
    };
  }

  private async send(
    target: FunctionTarget,
    body: Buffer,
    payloadHash: string,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const answer = await this.sendOnce(target, body, payloadHash, signal);
    if (answer.status !== 403 || !EXPIRED_CODES.has(readJsonError(answer.status, answer.body, answer.headers).code))
      return answer;
    if (!(await this.credentials.renew())) return answer;
    this.options.owner?.check();
    return this.sendOnce(target, body, payloadHash, signal);
  }

  private async sendOnce(
    { origin, host, path, query }: FunctionTarget,
    body: Buffer,
    payloadHash: string,
    signal: AbortSignal | undefined,
  ): Promise<HttpAnswer> {
    const known = this.credentials.current();
    const identity = known instanceof Promise ? await known : known;
    const headers: Record<string, string> = {
      host,
      'content-type': 'application/octet-stream',
      'x-amz-invocation-type': 'RequestResponse',
    };
    // Other than S3, services sign the path encoded once more than it is sent (SigV4, "Create a canonical request").
    const signedPath = path.split('/').map(encodeUri).join('/');
    this.signer.sign({ method: 'POST', path: signedPath, query, headers, payloadHash }, identity, Date.now());
    const request = { method: 'POST', path: query === '' ? path : `${path}?${query}`, headers, body };
    return this.transport.exchange(origin, request, this.timeoutMs, signal, ANSWER_LIMITS);
  }

  private async targetOf(functionArn: string): Promise<FunctionTarget> {
    const { origin, host, pathname } = (this.service ??= await this.serviceUrl());
    const { name, qualifier } = this.nameOf(functionArn);
    return {
      origin,
      host,
      path: `${pathname.replace(/\/$/, '')}/2015-03-31/functions/${encodeUri(name)}/invocations`,
      query: qualifier === undefined ? '' : `Qualifier=${encodeUri(qualifier)}`,
      limit: this.limits.of(functionArn),
    };
  }

  private async serviceUrl(): Promise<URL> {
    const { endpoint, region } = this.address;
    if (endpoint !== undefined) return new URL(endpoint);
    const { config } = new LambdaClient({ region });
    const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()]);
    return config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url;
  }

  /** Servers other than AWS know functions by their names. */
  private nameOf(functionArn: string): { readonly name: string; readonly qualifier?: string | undefined } {
    const [, name, qualifier] = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?$/.exec(functionArn) ?? [];
    return this.address.endpoint === undefined || name === undefined ? { name: functionArn } : { name, qualifier };
  }

  private noAnswer(fault: NetworkFault): StoreError {
    const where = `${this.address.endpoint ?? 'AWS Lambda'} (${this.address.region})`;
    return unanswered(`Invoke at ${where}`, fault);
  }
}

/** What remains of a fault: `what` says which call of what. */
export function unanswered(what: string, fault: NetworkFault): StoreError {
  if (fault instanceof AnswerTooLarge) {
    return new StoreError(fault.code, fault.httpStatus, `${what}: ${fault.message}`, { cause: fault });
  }
  const advice =
    fault.code === 'CertificateNotTrusted' ? '; name its authority in the variable NODE_EXTRA_CA_CERTS' : '';
  return new StoreError(fault.code, 0, `${what}: ${fault.message}${advice}`, { answerLost: fault.sent, cause: fault });
}

function isThrottle(answer: HttpAnswer): boolean {
  if (answer.status < 300) return false;
  const { code } = readJsonError(answer.status, answer.body, answer.headers);
  return NOT_RUN_CODES.has(code) || classify(answer.status, code) === 'slowDown';
}

function refusal({ status, headers, body }: HttpAnswer): StoreError {
  const { code, message, requestId } = readJsonError(status, body, headers);
  return new StoreError(code, status, message, { requestId });
}

function header({ headers }: HttpAnswer, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
