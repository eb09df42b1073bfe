/** S3Store before an HTTP server that answers as a test says. */
import type { ProfileSettings } from '../../../contracts/store-profile';
import { AwsClient } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { BucketLimits } from '../../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';
import { Knowledge } from '../../../storage/profile/knowledge';
import { StoreEndpoint } from '../../../storage/s3/endpoint';
import { S3 } from '../../../storage/s3/service';
import { S3Store } from '../../../storage/s3/store';
import { type HttpStoreStub, startHttpStoreStub, type StubAnswer } from '../../support/servers/http-store-stub';

/** A busy machine answers within this. Tests of silence set less. */
const PATIENT_TIMEOUT_MS = 10_000;

export interface StubOptions {
  readonly profile?: ProfileSettings;
  readonly knowsAllCalls?: boolean;
  readonly timeoutMs?: number;
}

export interface StubbedStore {
  readonly store: S3Store;
  readonly client: AwsClient;
  readonly stub: HttpStoreStub;
  readonly limits: BucketLimits;
}

/** Requests go as they are, unless a test asks for the looks before them. */
export class StubbedStores {
  private readonly cleanups: (() => Promise<void>)[] = [];

  async open(
    answer: StubAnswer,
    { timeoutMs, profile, knowsAllCalls = true }: StubOptions = {},
  ): Promise<StubbedStore> {
    const stub = await startHttpStoreStub(answer);
    const transport = new HttpTransport();
    this.cleanups.push(
      () => transport.close(),
      () => stub.close(),
    );
    const endpoint = new StoreEndpoint({ name: 'stub', endpoint: stub.endpoint, region: 'us-east-1', pathStyle: true });
    const limits = new BucketLimits({ start: 1, max: 1 });
    const client = new AwsClient({
      endpoint,
      credentials: { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: async () => false },
      transport,
      serializer: new RequestSerializer(S3),
      limits,
      requestTimeoutMs: timeoutMs ?? PATIENT_TIMEOUT_MS,
      retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2 },
    });
    const options = { knowsAllCalls, knowledge: new Knowledge(profile) };
    return { store: new S3Store(client, endpoint.describe(), options), client, stub, limits };
  }

  async close(): Promise<void> {
    for (const cleanup of this.cleanups.splice(0)) await cleanup();
  }
}
