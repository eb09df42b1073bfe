import { InvokeCommand, LambdaClient, type InvokeCommandInput } from '@aws-sdk/client-lambda';
import { LIMITS } from '../contracts/limits';
import { sleep } from './abort';
import type { CredentialSource } from './credentials';
import type { AnswerHeaders } from './error-answer';
import type { HttpTransport } from './http-transport';
import { networkFault } from './network-fault';
import type { CallOptions, FunctionAnswer, FunctionInvoker } from './object-store';
import { backoffMs, classify, RETRY_LIMITS, type RetryLimits } from './retry-policy';
import type { SigningIdentity } from './sigv4';
import { StoreError } from './store-error';
import { canonicalQuery } from './uri';

export interface FunctionServiceAddress {
  /** Absent: AWS's own, for the region. */
  readonly endpoint?: string;
  readonly region: string;
}

export interface LambdaInvokerOptions {
  readonly timeoutMs?: number;
  readonly retry?: RetryLimits;
  readonly random?: () => number;
}

/** What the SDK knows of an error, of the service or of the network. */
interface SdkError {
  readonly name: string;
  readonly message: string;
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string };
}

/** Refused before the function ran, so that another attempt can't run it twice (API_Invoke, "Errors"). */
const NOT_RUN_CODES = new Set([
  'TooManyRequestsException',
  'EC2ThrottledException',
  'ResourceNotReadyException',
  'ENILimitReachedException',
]);

/** Lambda's synchronous Invoke, and whatever speaks it. */
export class LambdaInvoker implements FunctionInvoker {
  private readonly client: LambdaClient;
  private readonly retry: RetryLimits;
  private readonly random: () => number;

  constructor(
    private readonly address: FunctionServiceAddress,
    credentials: CredentialSource,
    transport: HttpTransport,
    options: LambdaInvokerOptions = {},
  ) {
    this.client = new LambdaClient({
      region: address.region,
      ...(address.endpoint === undefined ? {} : { endpoint: address.endpoint }),
      credentials: async (): Promise<SigningIdentity> => ({ ...(await credentials.current()) }),
      // Which failures may be repeated is decided here: the SDK would also run a function again whose answer was lost.
      maxAttempts: 1,
      requestHandler: new SdkHttpHandler(transport, options.timeoutMs ?? LIMITS.functionTimeoutMs),
    });
    this.retry = options.retry ?? RETRY_LIMITS;
    this.random = options.random ?? Math.random;
  }

  async invoke(functionArn: string, payload: string, options: CallOptions = {}): Promise<FunctionAnswer> {
    const { signal } = options;
    const command = new InvokeCommand({
      ...this.nameOf(functionArn),
      InvocationType: 'RequestResponse',
      Payload: Buffer.from(payload),
    });
    for (let attempt = 1; ; attempt += 1) {
      signal?.throwIfAborted();
      try {
        const answer = await this.client.send(command, signal ? { abortSignal: signal } : {});
        return {
          httpStatus: answer.StatusCode ?? answer.$metadata.httpStatusCode ?? 200,
          ...(answer.FunctionError === undefined ? {} : { functionError: answer.FunctionError }),
          payload: answer.Payload ? Buffer.from(answer.Payload).toString('utf8') : '',
        };
      } catch (error) {
        signal?.throwIfAborted();
        const failure = this.failureOf(error);
        if (attempt >= this.attemptsMax(failure)) throw failure;
        await sleep(backoffMs(attempt, 0, this.retry, this.random), signal);
      }
    }
  }

  /** Servers other than AWS know functions by their names. */
  private nameOf(functionArn: string): Pick<InvokeCommandInput, 'FunctionName' | 'Qualifier'> {
    const [, name, qualifier] = /^arn:[^:]+:lambda:[^:]*:[^:]*:function:([^:]+)(?::([^:]+))?$/.exec(functionArn) ?? [];
    if (this.address.endpoint === undefined || name === undefined) return { FunctionName: functionArn };
    return qualifier === undefined ? { FunctionName: name } : { FunctionName: name, Qualifier: qualifier };
  }

  private attemptsMax(failure: StoreError): number {
    if (NOT_RUN_CODES.has(failure.code) || failure.code === 'ConnectionRefused') return this.retry.attemptsMax;
    if (failure.httpStatus === 0) return 1;
    return classify(failure.httpStatus, failure.code) === 'slowDown' ? this.retry.attemptsMax : 1;
  }

  private failureOf(error: unknown): StoreError {
    const { name, message, $metadata } = error as SdkError;
    const httpStatus = $metadata?.httpStatusCode;
    if (error instanceof StoreError) return error;
    if (httpStatus !== undefined) {
      return new StoreError(name, httpStatus, message, { requestId: $metadata?.requestId, cause: error });
    }
    const fault = networkFault(error, true);
    const where = `${this.address.endpoint ?? 'AWS Lambda'} (${this.address.region})`;
    const advice =
      fault.code === 'CertificateNotTrusted' ? '; name its authority in the variable NODE_EXTRA_CA_CERTS' : '';
    return new StoreError(fault.code, 0, `Invoke at ${where}: ${fault.message}${advice}`, {
      answerLost: fault.sent,
      cause: error,
    });
  }
}

/** What the SDK's client hands to its HTTP handler, as far as Invoke needs it. */
interface SdkRequest {
  readonly method: string;
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
  readonly query?: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
}

interface SdkAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

/** Lets the SDK's client send over our connections, so that faults mean the same here and there. */
class SdkHttpHandler {
  constructor(
    private readonly transport: HttpTransport,
    private readonly timeoutMs: number,
  ) {}

  async handle(request: SdkRequest, options: { abortSignal?: unknown } = {}): Promise<SdkAnswer> {
    const { method, protocol, hostname, port, path, body } = request;
    const query = canonicalQuery(request.query ?? {});
    // The connection's own business.
    const { 'content-length': _length, ...headers } = request.headers;
    const answer = await this.transport.exchange(
      `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`,
      {
        method,
        path: query === '' ? path : `${path}?${query}`,
        headers,
        body: typeof body === 'string' ? Buffer.from(body) : body,
      },
      this.timeoutMs,
      options.abortSignal as AbortSignal | undefined,
    );
    return { response: { statusCode: answer.status, headers: flat(answer.headers), body: answer.body } };
  }

  updateHttpClientConfig(): void {
    throw new Error('the connections are configured by HttpTransport');
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function flat(headers: AnswerHeaders): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) result[name] = String(value);
  return result;
}
