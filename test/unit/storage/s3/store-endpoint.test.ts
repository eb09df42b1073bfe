// How a bucket is addressed, for each style, against what the SDK makes of the same settings.
import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { StoreEndpoint } from '../../../../storage/s3/endpoint';

interface Address {
  readonly hostname: string;
  readonly port?: number;
  readonly path: string;
}

async function sdkAddress(endpoint: string, bucket: string, forcePathStyle: boolean): Promise<string> {
  let seen: Address | undefined;
  const client = new S3Client({
    region: 'us-east-1',
    endpoint,
    forcePathStyle,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
    maxAttempts: 1,
    requestHandler: {
      handle: async (request: Address) => {
        seen = request;
        throw new Error('seen enough');
      },
    },
  });
  await client.send(new HeadBucketCommand({ Bucket: bucket })).catch(() => undefined);
  const { hostname, port, path } = seen!;
  return `${hostname}${port === undefined ? '' : `:${port}`}${path.replace(/\/$/, '')}`;
}

test.each([
  ['http://127.0.0.1:8333', 'bucket', true],
  ['http://127.0.0.1:8333', 'bucket', false],
  ['http://[::1]:8333', 'bucket', false],
  ['http://store.example:9000/base/', 'bucket', true],
  ['https://store.example', 'bucket', false],
  ['https://store.example', 'with.dots', false],
  ['http://store.example', 'with.dots', false],
  ['https://store.example:444', 'Upper_Case', false],
  ['https://s3.eu-west-1.amazonaws.com', 'bucket', false],
])('%s, bucket %s, path style %s', async (endpoint, bucket, pathStyle) => {
  const target = new StoreEndpoint({ name: 'n', endpoint, region: 'us-east-1', pathStyle }).target(bucket);
  expect(`${target.host}${target.pathPrefix}`).toBe(await sdkAddress(endpoint, bucket, pathStyle));
  expect(target.origin).toBe(`${new URL(endpoint).protocol}//${target.host}`);
});

test('describes itself without secrets', () => {
  const endpoint = new StoreEndpoint({
    name: 'archive',
    endpoint: 'https://user:secret@store.example/base/',
    region: 'r',
    pathStyle: true,
  });
  expect(endpoint.describe()).toBe('archive (https://store.example/base, r)');
});

test.each(['x--use1-az4--x-s3', 'my-bucket--usw2-lax1-az1--x-s3'])('refuses the directory bucket %s', (bucket) => {
  const endpoint = new StoreEndpoint({ name: 'n', endpoint: 'http://localhost', region: 'r', pathStyle: true });
  expect(() => endpoint.target(bucket)).toThrow(
    expect.objectContaining({ code: 'NotImplemented', httpStatus: 501, message: expect.stringContaining(bucket) }),
  );
});

test.each(['--x-s3', 'a--x-s3', 'x--use1-az4--x-s3-2', 'x--use1-az4--x-S3'])('%s is a bucket like others', (bucket) => {
  const endpoint = new StoreEndpoint({ name: 'n', endpoint: 'http://localhost', region: 'r', pathStyle: true });
  expect(endpoint.target(bucket).pathPrefix).toBe(`/${bucket}`);
});

test.each([
  ['https://s3.eu-west-1.amazonaws.com', true],
  ['https://s3.cn-north-1.amazonaws.com.cn', true],
  ['https://s3.amazonaws.com.example.org', false],
  ['https://notamazonaws.com', false],
  ['http://127.0.0.1:8333', false],
])('%s is AWS: %s', (endpoint, isAws) => {
  expect(new StoreEndpoint({ name: 'n', endpoint, region: 'r', pathStyle: true }).isAws).toBe(isAws);
});
