// Goal: nothing that leads out of its bucket is ever sent, whatever the request and whichever member names it.
// Method: every S3 call that Drover knows, each with each member that a store may make a path of, before a server that counts.
import { copySource } from '../../../../storage/copy-source';
import { S3_OPERATIONS } from '../../../../storage/s3/s3-operations';
import { CLIMBING_KEYS, ODD_KEYS, STAYING_KEYS } from '../../../contract/odd-keys';
import { StubbedStores } from '../stubbed-store';

const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

const REFUSED = { code: 'InvalidURI', httpStatus: 400 };

/** Members of a request that name an object or what is kept beside it, climbing. */
const naming = (text: string): readonly object[] => [
  { Key: text },
  { Key: 'a', VersionId: text },
  { Key: 'a', UploadId: text },
  { Prefix: text },
  { Key: 'a', CopySource: copySource('b', text) },
  { Key: 'a', CopySource: copySource('b', 'a', text) },
  { Key: 'a', CopySource: copySource('b', 'a?versionId=b', text) },
  { Key: 'a', CopySource: `b/${encodeURIComponent(text)}` },
  { Key: 'a', CopySource: copySource('..', 'a') },
  { Delete: { Objects: [{ Key: 'a' }, { Key: text }] } },
  { Delete: { Objects: [{ Key: 'a', VersionId: text }] } },
];

test.each(Object.entries(S3_OPERATIONS))('%s', async (_name, operation) => {
  const { client, stub } = await stubbed.open((response) => response.writeHead(500).end());
  for (const members of CLIMBING_KEYS.flatMap(naming)) {
    const input = { Bucket: 'b', ...members };
    await expect(client.call(operation, 'b', input)).rejects.toMatchObject(REFUSED);
    await expect(client.open(operation, 'b', input)).rejects.toMatchObject(REFUSED);
  }
  expect(stub.requests).toEqual([]);
});

test('what has dots and stays is sent as it is', async () => {
  const { store, stub } = await stubbed.open((response) => response.writeHead(204).end());
  const keys = [...STAYING_KEYS, ...ODD_KEYS];
  for (const Key of keys) await store.deleteObject({ Bucket: 'b', Key });
  expect(stub.requests.map(({ url }) => decodeURIComponent(url.replace('?x-id=DeleteObject', '')))).toEqual(
    keys.map((key) => `/b/${key}`),
  );
});

test('DeleteObjects says of each key what has become of it, and sends the others', async () => {
  const { store, stub } = await stubbed.open((response) =>
    response.end('<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>b</Key></Deleted></DeleteResult>'),
  );
  const climbing = [{ Key: '../victim' }, { Key: 'a', VersionId: '../v' }];
  const Objects = [{ Key: 'a' }, ...climbing, { Key: 'b' }];
  const { deleted, errors } = await store.deleteObjects({ Bucket: 'b', Delete: { Objects } });
  expect(deleted).toEqual([{ key: 'a' }, { key: 'b' }]);
  expect(errors).toMatchObject([
    { key: '../victim', code: 'InvalidURI', message: expect.stringContaining('key climbs') as string },
    {
      key: 'a',
      versionId: '../v',
      code: 'InvalidURI',
      message: expect.stringContaining('version id climbs') as string,
    },
  ]);
  expect(stub.requests.map(({ body }) => body.toString())).toEqual([expect.stringMatching(/^(?!.*\.\.)/)]);
});

test('DeleteObjects has no key that is the bucket as a path: these are deleted one by one', async () => {
  const { store } = await stubbed.open((response, { method }) =>
    method === 'POST'
      ? response.end('<DeleteResult><Deleted><Key>b/..c</Key></Deleted></DeleteResult>')
      : response.writeHead(400).end(),
  );
  const Objects = ['.', 'a/..', './', '/', 'b/..c'].map((Key) => ({ Key }));
  const { deleted, errors } = await store.deleteObjects({ Bucket: 'b', Delete: { Objects } });
  expect(deleted).toEqual([{ key: 'b/..c' }]);
  expect(errors.map(({ key }) => key)).toEqual(['.', 'a/..', './', '/']);
});
