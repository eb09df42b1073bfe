// Goal: what an answer leaves out of size, ETag and time is asked for otherwise, and is never zero. Method: S3Store before an HTTP server.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { errorXml } from '../../../support/servers/http-store-stub';
import { StubbedStores } from '../stubbed-store';

const AT = { Bucket: 'b', Key: 'k' };
const DATE = 'Mon, 01 Jun 2026 00:00:00 GMT';
const STATE = { etag: '"abc"', 'last-modified': DATE };
const TOLD = { etag: 'abc', lastModified: new Date(DATE) };
const stubbed = new StubbedStores();
afterEach(() => stubbed.close());

type Handle = (response: ServerResponse, request: Pick<IncomingMessage, 'headers'>) => void;

async function setUp(head: Handle, get: Handle) {
  return stubbed.open((response, request) => {
    (request.method === 'HEAD' ? head : get)(response, request);
  });
}

const headOf =
  (headers: Record<string, string>): Handle =>
  (response) =>
    void response.writeHead(200, headers).end();

describe('describeObject', () => {
  test('asks for nothing more when HEAD tells all', async () => {
    const { store, stub } = await setUp(headOf({ ...STATE, 'content-length': '0' }), () => undefined);
    expect(await store.describeObject(AT)).toMatchObject({ ...TOLD, contentLength: 0 });
    expect(stub.requests).toHaveLength(1);
  });

  test('learns the size from the range of one byte', async () => {
    const { store, stub } = await setUp(headOf(STATE), (response) =>
      response.writeHead(206, { ...STATE, 'content-range': 'bytes 0-0/1048576' }).end('m'),
    );
    expect(await store.describeObject({ ...AT, VersionId: 'v' })).toMatchObject({ ...TOLD, contentLength: 1_048_576 });
    expect(stub.requests[1]).toMatchObject({
      method: 'GET',
      url: '/b/k?versionId=v&x-id=GetObject',
      headers: expect.objectContaining({ range: 'bytes=0-0' }),
    });
  });

  test('learns ETag and time, too', async () => {
    const { store } = await setUp(headOf({ 'content-length': '7' }), (response) =>
      response.writeHead(206, { ...STATE, 'content-range': 'bytes 0-0/7' }).end('m'),
    );
    expect(await store.describeObject(AT)).toMatchObject({ ...TOLD, contentLength: 7 });
  });

  test('takes the length of an answer that ignores the range', async () => {
    const { store } = await setUp(headOf(STATE), (response) =>
      response.writeHead(200, { ...STATE, 'content-length': '7' }).end('content'),
    );
    expect(await store.describeObject(AT)).toMatchObject({ contentLength: 7 });
  });

  test.each([
    ['', 0],
    ['not empty', undefined],
  ])('a range that no byte satisfies: a body of "%s" has the size %s', async (body, contentLength) => {
    const { store } = await setUp(headOf(STATE), (response, { headers }) => {
      if (headers.range) response.writeHead(416).end(errorXml('InvalidRange'));
      else response.writeHead(200, STATE).end(body);
    });
    expect((await store.describeObject(AT)).contentLength).toBe(contentLength);
  });

  test.each([
    ['GetObject is refused', 403, {}],
    ['GetObject does not tell either', 200, STATE],
    ['the object is another by then', 206, { etag: '"other"', 'content-range': 'bytes 0-0/7' }],
  ])('leaves the size unknown when %s', async (_what, status, headers) => {
    const { store } = await setUp(headOf(STATE), (response) => response.writeHead(status, headers).end());
    const found = await store.describeObject(AT);
    expect(found).toMatchObject(TOLD);
    expect(found.contentLength).toBeUndefined();
  });

  test('the size of a part is that of the part', async () => {
    const { store } = await setUp(headOf(STATE), (response) =>
      response.writeHead(206, { ...STATE, 'content-range': 'bytes 5-9/20' }).end('56789'),
    );
    expect(await store.describeObject({ ...AT, PartNumber: 2 })).toMatchObject({ contentLength: 5 });
  });
});

describe('getObject', () => {
  test('learns what it leaves out from HEAD', async () => {
    const { store } = await setUp(headOf({ ...STATE, 'content-length': '7' }), (response) => {
      response.writeHead(200, { 'last-modified': DATE });
      response.write('con');
      response.end('tent');
    });
    const opened = await store.getObject(AT);
    expect(opened).toMatchObject({ ...TOLD, contentLength: 7 });
    opened.discard();
  });

  test('knows the length of a range without Content-Length', async () => {
    const { store } = await setUp(headOf({}), (response) => {
      response.writeHead(206, { ...STATE, 'content-range': 'bytes 2-4/7' });
      response.write('nte');
      response.end();
    });
    const opened = await store.getObject({ ...AT, Range: 'bytes=2-4' });
    expect(opened.contentLength).toBe(3);
    opened.discard();
  });
});
