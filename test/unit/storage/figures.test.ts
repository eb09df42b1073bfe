/** Goal: each request is counted once, by how it ended. Method: a client before an HTTP server that misbehaves as told; its figures. */
import { loadConfig } from '../../../config/load';
import { AwsClient } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { RequestCounts, STATUS_CLASSES } from '../../../storage/figures';
import { BucketLimits } from '../../../storage/http/adaptive-limit';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';
import { StoreEndpoint } from '../../../storage/s3/endpoint';
import { S3_OPERATIONS } from '../../../storage/s3/s3-operations';
import { S3 } from '../../../storage/s3/service';
import { createStores } from '../../../storage/stores';
import { startHttpStoreStub, type StubAnswer } from '../../support/servers/http-store-stub';

const SERIALIZER = new RequestSerializer(S3);

async function counted(answer: StubAnswer): Promise<object | undefined> {
  const stub = await startHttpStoreStub(answer);
  const transport = new HttpTransport();
  const counts = new RequestCounts();
  const client = new AwsClient({
    endpoint: new StoreEndpoint({ name: 'stub', endpoint: stub.endpoint, region: 'us-east-1', pathStyle: true }),
    credentials: { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: () => Promise.resolve(false) },
    transport,
    serializer: SERIALIZER,
    limits: new BucketLimits(),
    retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2, attemptsMax: 3, slowDownAttemptsMax: 4 },
    counts,
  });
  await client.call(S3_OPERATIONS.headBucket, 'b', { Bucket: 'b' }).catch(() => undefined);
  await transport.close();
  await stub.close();
  const [figures] = counts.figures;
  if (figures === undefined) return undefined;
  const { operation, requests, retries, slowDowns, latencies } = figures;
  const answered = Object.fromEntries(Object.entries(requests).filter(([, count]) => count > 0));
  return { operation, answered, retries, slowDowns, measured: latencies.reduce((sum, count) => sum + count, 0) };
}

const OPERATION = { operation: 'HeadBucket' };

test('an answer', async () => {
  const expected = { ...OPERATION, answered: { '2xx': 1 }, retries: 0, slowDowns: 0, measured: 1 };
  expect(await counted((response) => response.writeHead(200).end())).toEqual(expected);
});

test('a refusal', async () => {
  const expected = { ...OPERATION, answered: { '4xx': 1 }, retries: 0, slowDowns: 0, measured: 1 };
  expect(await counted((response) => response.writeHead(403).end())).toEqual(expected);
});

test('slow-downs, and the answer that comes in the end', async () => {
  const expected = { ...OPERATION, answered: { '5xx': 2, '2xx': 1 }, retries: 2, slowDowns: 2, measured: 3 };
  expect(await counted((response, _request, index) => response.writeHead(index < 2 ? 503 : 200).end())).toEqual(
    expected,
  );
});

test('connections that end without an answer', async () => {
  const expected = { ...OPERATION, answered: { none: 3 }, retries: 2, slowDowns: 0, measured: 3 };
  expect(await counted((response) => void response.destroy())).toEqual(expected);
});

test('the stores of a configuration, the workspace apart', async () => {
  const stores = createStores(loadConfig({ DROVER_S3_ENDPOINT: 'http://127.0.0.1:1' }));
  expect(stores.figures()).toEqual([
    { store: 'default', calls: [], buckets: [], silentSinceMs: undefined },
    { store: '(workspace)', calls: [], buckets: [], silentSinceMs: undefined },
  ]);
  await stores.close();
  expect(STATUS_CLASSES).toContain('none');
});
