import { AwsClient, type AwsClientParts } from '../../storage/aws/client';
import { RequestSerializer } from '../../storage/aws/request-serializer';
import { type AdaptiveLimitOptions, BucketLimits } from '../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../storage/http/retry-policy';
import { HttpTransport } from '../../storage/http/transport';
import { Knowledge } from '../../storage/profile/knowledge';
import { StoreEndpoint } from '../../storage/s3/endpoint';
import { S3 } from '../../storage/s3/service';
import { S3Store } from '../../storage/s3/store';
import type { CredentialSource } from '../../storage/signing/credentials';
import { StoreError } from '../../storage/store-error';
import { COPY_RESULT, type HttpStoreStub, startHttpStoreStub, type StubAnswer } from './servers/http-store-stub';

const serializer = new RequestSerializer(S3);
export const FAST_RETRY = { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2, retryAfterMaxMs: 300 };
export const COPY = { Bucket: 'target', Key: 'k', CopySource: 'source/k' };
export const REF = { bucket: 'target', key: 'k' };
export const REF_INPUT = { Bucket: 'target', Key: 'k' };

export interface Setup {
  readonly store: S3Store;
  readonly stub: HttpStoreStub;
  readonly limits: BucketLimits;
}

const cleanups: (() => Promise<void>)[] = [];

/** Ends what a test of this file has begun: to be called once at the top. */
export function closeAfterEach(): void {
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });
}

export function connect(
  endpoint: string,
  parts: Partial<AwsClientParts> = {},
  limitOptions: Partial<AdaptiveLimitOptions> = {},
) {
  const transport = new HttpTransport();
  cleanups.unshift(() => transport.close());
  const limits = new BucketLimits(limitOptions);
  const storeEndpoint = new StoreEndpoint({ name: 'stub', endpoint, region: 'us-east-1', pathStyle: true });
  const client = new AwsClient({
    endpoint: storeEndpoint,
    credentials: fixedCredentials(),
    transport,
    serializer,
    limits,
    requestTimeoutMs: 2_000,
    retry: FAST_RETRY,
    ...parts,
  });
  const options = { knowsAllCalls: true, knowledge: new Knowledge({ name: 'AWS' }) };
  return { store: new S3Store(client, storeEndpoint.describe(), options), limits };
}

export async function setUp(
  answer: StubAnswer,
  parts?: Partial<AwsClientParts>,
  limitOptions?: Partial<AdaptiveLimitOptions>,
): Promise<Setup> {
  const stub = await startHttpStoreStub(answer);
  // A test may have closed it before.
  cleanups.push(() => stub.close().catch(() => undefined));
  return { stub, ...connect(stub.endpoint, parts, limitOptions) };
}

export function fixedCredentials(): CredentialSource {
  return { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: async () => false };
}

/** The first answers fail, the rest succeed. */
export function failing(times: number, status: number, body: string, headers: Record<string, string> = {}): StubAnswer {
  return (response, _request, index) => {
    if (index < times) response.writeHead(status, headers).end(body);
    else response.writeHead(200).end(COPY_RESULT);
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<StoreError> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(StoreError);
  return error as StoreError;
}
