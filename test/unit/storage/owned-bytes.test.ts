/** Goal: the bytes of objects are held to their owner's limit. Method: S3Store against an HTTP server; the limit writes down what is asked of it. */
import { AwsClient } from '../../../storage/aws/client';
import { RequestSerializer } from '../../../storage/aws/request-serializer';
import { BucketLimits } from '../../../storage/http/adaptive-limit';
import { HttpTransport } from '../../../storage/http/transport';
import { StoreEndpoint } from '../../../storage/s3/endpoint';
import { S3 } from '../../../storage/s3/service';
import { S3Store } from '../../../storage/s3/store';
import { COPY_RESULT, type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';

const SIZE = 300_000;
const HEAD = { 'content-length': String(SIZE), etag: '"e"', 'last-modified': 'Tue, 01 Dec 2026 08:00:00 GMT' };
const PART_RESULT = COPY_RESULT.replaceAll('CopyObjectResult', 'CopyPartResult');

let stub: HttpStoreStub;
let transport: HttpTransport;
let store: S3Store;
/** Passes, and requests, in their order. */
let events: (number | string)[];

beforeEach(async () => {
  events = [];
  stub = await startHttpStoreStub((response, { method, url }) => {
    events.push(method);
    if (method === 'PUT') response.end(url.includes('partNumber') ? PART_RESULT : COPY_RESULT);
    else response.writeHead(200, HEAD).end(method === 'HEAD' ? undefined : Buffer.alloc(SIZE));
  });
  transport = new HttpTransport();
  const endpoint = new StoreEndpoint({ name: 'stub', endpoint: stub.endpoint, region: 'us-east-1', pathStyle: true });
  const client = new AwsClient({
    endpoint,
    credentials: { current: () => ({ accessKeyId: 'a', secretAccessKey: 'b' }), renew: async () => false },
    transport,
    serializer: new RequestSerializer(S3),
    limits: new BucketLimits(),
  });
  const pass = async (_signal: unknown, bytes: number): Promise<void> => void events.push(bytes);
  const owner = { id: 'job', check: () => undefined, bytes: { pass } };
  store = new S3Store(client, endpoint.describe(), { knowsAllCalls: true }).ownedBy(owner);
});

afterEach(async () => {
  await transport.close();
  await stub.close();
});

test('a read waits before it begins, and for its pieces as they come', async () => {
  const { body } = await store.getObject({ Bucket: 'b', Key: 'k' });
  let read = 0;
  for await (const piece of body) read += piece.byteLength;
  expect(read).toBe(SIZE);
  expect(events.slice(0, 2)).toEqual([64 * 1024, 'GET']);
  const passed = events.filter((one): one is number => typeof one === 'number');
  expect(passed.reduce((sum, bytes) => sum + bytes, 0)).toBe(SIZE);
});

test('a copy by the store waits for the size of its source, a part for that of its range', async () => {
  await store.copyObject({ Bucket: 'b', Key: 'copy', CopySource: 'b/k' });
  expect(events).toEqual(['HEAD', SIZE, 'PUT']);
  events = [];
  await store.uploadPartCopy({
    Bucket: 'b',
    Key: 'copy',
    UploadId: 'u',
    PartNumber: 1,
    CopySource: 'b/k',
    CopySourceRange: 'bytes=1000-2999',
  });
  expect(events).toEqual([2_000, 'PUT']);
});
