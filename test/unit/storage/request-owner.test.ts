/** Goal: an owner answers for all requests to a store. Method: S3Store against an HTTP server that answers as told. */
import { setTimeout as wait } from 'node:timers/promises';
import { AwsClient } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { BucketLimits } from '../../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';
import { StoreEndpoint } from '../../../storage/s3/endpoint';
import { S3 } from '../../../storage/s3/service';
import { S3Store } from '../../../storage/s3/store';
import { COPY_RESULT, errorXml, type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';

const COPY = { Bucket: 'target', Key: 'k', CopySource: 'source/k' };
const REF_INPUT = { Bucket: 'target', Key: 'k' };

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

/** The first requests fail, the rest succeed. */
async function setUp(
  failures = 0,
  limits = new BucketLimits(),
): Promise<{ readonly store: S3Store; readonly stub: HttpStoreStub; readonly limits: BucketLimits }> {
  const stub = await startHttpStoreStub((response, _request, index) => {
    if (index < failures) response.writeHead(500).end(errorXml('InternalError'));
    else response.writeHead(200).end(COPY_RESULT);
  });
  const transport = new HttpTransport();
  cleanups.push(
    () => transport.close(),
    () => stub.close(),
  );
  const endpoint = new StoreEndpoint({ name: 'stub', endpoint: stub.endpoint, region: 'us-east-1', pathStyle: true });
  const client = new AwsClient({
    endpoint,
    credentials: { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: async () => false },
    transport,
    serializer: new RequestSerializer(S3),
    limits,
    retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2 },
  });
  return { store: new S3Store(client, endpoint.describe(), { knowsAllCalls: true }), stub, limits };
}

test('an owner is asked before every request, repeats included', async () => {
  let asked = 0;
  const owner = { id: 'job', check: () => void (asked += 1) };
  const { store, stub } = await setUp(2);
  await store.ownedBy(owner).copyObject(COPY);
  expect([asked, stub.requests.length]).toEqual([3, 3]);
});

test('an owner that says no keeps the request back, and its slot is free', async () => {
  const no = new Error('over');
  const owner = {
    id: 'job',
    check: () => {
      throw no;
    },
  };
  const { store, stub, limits } = await setUp();
  await expect(store.ownedBy(owner).copyObject(COPY)).rejects.toBe(no);
  expect([stub.requests.length, limits.of('target').inFlight]).toEqual([0, 0]);
  await store.copyObject(COPY);
  expect(stub.requests).toHaveLength(1);
});

test('an owner takes turns with others, whatever it asks for', async () => {
  const { store, stub, limits } = await setUp(0, new BucketLimits({ start: 1, max: 1 }));
  const [large, small] = ['large', 'small'].map((id) => store.ownedBy({ id, check: () => undefined }));
  await limits.of('target').acquire();
  const part = (owned: S3Store, number: number) =>
    owned.uploadPartCopy({ ...COPY, UploadId: 'u', PartNumber: number }).catch(() => undefined);
  const asked = [1, 2, 3].map((number) => part(large!, number));
  while (limits.of('target').waiting < 3) await wait(1);
  asked.push(small!.deleteObject(REF_INPUT).then(() => undefined));
  while (limits.of('target').waiting < 4) await wait(1);
  limits.of('target').release('neutral', 0);
  await Promise.all(asked);
  expect(stub.requests.map(({ method }) => method)).toEqual(['PUT', 'DELETE', 'PUT', 'PUT']);
});
