/**
 * Goal: what is read are the bytes as they are stored, or it fails and says so. Method: S3Store before a server that unpacks or packs bodies
 * as gateways do.
 */
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { SeenRequest } from '../../support/servers/http-store-stub';
import { StubbedStores } from './stubbed-store';

const stubs = new StubbedStores();
afterEach(() => stubs.close());

const PACKED = gzipSync('line of the log\n'.repeat(100));
const PLAIN = gunzipSync(PACKED);
const MD5 = '"0123456789abcdef0123456789abcdef"';
const IN_PARTS = '"0123456789abcdef0123456789abcdef-2"';
const INPUT = { Bucket: 'b', Key: 'k' };

interface Answer {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}

const told = (body: Buffer, headers: Readonly<Record<string, string>>): Answer => ({
  body,
  headers: {
    'content-length': String(body.length),
    'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
    etag: MD5,
    ...headers,
  },
});
const STORED = told(PACKED, { 'content-encoding': 'gzip' });
const UNPACKED: Answer = { body: PLAIN, headers: { 'transfer-encoding': 'chunked' } };
const acceptsGzip = ({ headers }: SeenRequest): boolean => headers['accept-encoding'] === 'gzip';

async function setUp(answerOf: (request: SeenRequest) => Answer) {
  const opened = await stubs.open((response, request) => {
    const { status = 200, headers, body = Buffer.alloc(0) } = answerOf(request);
    response.writeHead(status, headers);
    response.end(request.method === 'HEAD' ? undefined : body);
  });
  const read = async (more: object = {}) => {
    const { body, ...properties } = await opened.store.getObject({ ...INPUT, ...more });
    return { ...properties, bytes: await buffer(Readable.from(body)) };
  };
  const asked = (): string[] =>
    opened.stub.requests.map(({ method, headers }) => `${method} ${headers['accept-encoding']}`);
  return { read, asked, requests: opened.stub.requests };
}

test('one request is enough for an answer that tells all; how bodies may be encoded is not signed', async () => {
  const { read, asked, requests } = await setUp(() => STORED);
  const { bytes, contentEncoding } = await read();
  expect(bytes.equals(PACKED)).toBe(true);
  expect(contentEncoding).toBe('gzip');
  expect(asked()).toEqual(['GET identity']);
  expect(requests[0]?.headers.authorization).not.toContain('accept-encoding');
});

test.each([
  ['the whole', {}],
  ['a range', { Range: 'bytes=0-9' }],
])('%s of what a gateway unpacks is asked for as it is stored', async (_name, more) => {
  const part: Answer = {
    status: 206,
    headers: { ...STORED.headers, 'content-length': '10', 'content-range': `bytes 0-9/${PACKED.length}` },
    body: PACKED.subarray(0, 10),
  };
  const { read, asked } = await setUp((request) => {
    if (request.method === 'GET' && !acceptsGzip(request)) return UNPACKED;
    return request.headers.range === undefined ? STORED : part;
  });
  const { bytes, etag } = await read(more);
  expect(bytes.equals(PACKED.subarray(0, 'Range' in more ? 10 : undefined))).toBe(true);
  expect(etag).toBe(MD5.slice(1, -1));
  expect(asked()).toEqual(['GET identity', 'HEAD identity', 'GET gzip']);
});

test.each<[string, Answer, Answer]>([
  ['unpacked whatever is asked', UNPACKED, STORED],
  ['unpacked, with a length of its own', told(PLAIN, { etag: `W/${MD5}` }), STORED],
  ['unpacked, with a length and the ETag', told(PLAIN, { etag: IN_PARTS }), told(PACKED, { etag: IN_PARTS })],
  ['packed although it is stored plain', { body: PACKED, headers: { 'content-encoding': 'gzip' } }, told(PLAIN, {})],
])('a body that comes %s is refused', async (_name, sent, stored) => {
  const { read } = await setUp(({ method }) => (method === 'HEAD' ? stored : sent));
  await expect(read()).rejects.toMatchObject({
    code: 'InvalidAnswer',
    message: expect.stringContaining('does not send the object as it is stored: HeadObject tells of'),
  });
});

test.each<[string, Answer]>([
  ['refuses HeadObject', { status: 403, headers: {} }],
  ['tells of another state by now', told(Buffer.alloc(3), { etag: '"other-3"' })],
])('a store that %s is taken at its word', async (_name, head) => {
  const { read } = await setUp(({ method }) => (method === 'HEAD' ? head : told(PLAIN, { etag: IN_PARTS })));
  const { bytes, etag, contentLength } = await read();
  expect(bytes.equals(PLAIN)).toBe(true);
  expect([etag, contentLength]).toEqual([IN_PARTS.slice(1, -1), PLAIN.length]);
});
