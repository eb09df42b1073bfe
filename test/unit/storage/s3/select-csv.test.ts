/**
 * Goal: rows that a store selects come whole or not at all, and a store without the call is told apart.
 * Method: event streams made by the SDK's own codec, cut and damaged, and byte by byte by the API reference, before S3Store.
 */
import { crc32 } from 'node:zlib';
import { EventStreamCodec } from '@smithy/core/event-streams';
import { StubbedStores } from '../stubbed-store';

const stores = new StubbedStores();
const codec = new EventStreamCodec(
  (bytes: Uint8Array | string) => Buffer.from(bytes).toString('utf8'),
  (text: string) => Buffer.from(text),
);

function event(type: string, body = '', kind: 'event' | 'error' = 'event'): Buffer {
  const text = (value: string) => ({ type: 'string' as const, value });
  const headers =
    kind === 'event'
      ? { ':message-type': text('event'), ':event-type': text(type) }
      : { ':message-type': text('error'), ':error-code': text(type), ':error-message': text(body) };
  return Buffer.from(codec.encode({ headers, body: Buffer.from(kind === 'event' ? body : '') }));
}

const ROWS = [
  event('Records', '"b","k1"\n"b'),
  event('Cont'),
  event('Records', '","k2"\n'),
  event('Stats', '<Stats/>'),
];
const END = event('End');

afterEach(() => stores.close());

async function selected(body: Uint8Array, status = 200) {
  const { store, stub } = await stores.open((response) => response.writeHead(status).end(body));
  const input = { expression: "SELECT * FROM S3Object s WHERE s._1 = '<b>'", isGzip: true };
  const rows: Uint8Array[] = [];
  let error: unknown;
  try {
    for await (const bytes of store.selectCsv({ bucket: 'lists', key: 'a b.csv' }, input)) rows.push(bytes);
  } catch (refused) {
    error = refused;
  }
  return { text: Buffer.concat(rows).toString(), error, requests: stub.requests };
}

test('the records of an answer that came to its end', async () => {
  const { text, error, requests } = await selected(Buffer.concat([...ROWS, END]));
  expect(error).toBeUndefined();
  expect(text).toBe('"b","k1"\n"b","k2"\n');
  expect(requests).toHaveLength(1);
  expect(requests[0]).toMatchObject({ method: 'POST', url: '/lists/a%20b.csv?select=&select-type=2' });
  const body = requests[0]!.body.toString();
  expect(body).toContain('<CompressionType>GZIP</CompressionType>');
  expect(body).toContain('s._1 = &apos;&lt;b&gt;&apos;');
});

/**
 * Byte by byte as the API reference has it ("Appendix: SelectObjectContent Response"): lengths of the whole and of the headers, their CRC-32,
 * headers (length of the name, name, 7 for text, length of the text, text), payload, CRC-32 of all before.
 */
function documented(type: string, payload = ''): Buffer {
  const header = (name: string, value: string): Buffer =>
    Buffer.concat([Buffer.of(name.length), Buffer.from(name), Buffer.of(7, 0, value.length), Buffer.from(value)]);
  const headers = Buffer.concat([
    header(':event-type', type),
    header(':content-type', 'application/octet-stream'),
    header(':message-type', 'event'),
  ]);
  const number = (value: number): Buffer => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    return bytes;
  };
  const lengths = Buffer.concat([number(16 + headers.length + Buffer.byteLength(payload)), number(headers.length)]);
  const before = Buffer.concat([lengths, number(crc32(lengths)), headers, Buffer.from(payload)]);
  return Buffer.concat([before, number(crc32(before))]);
}

test('frames as AWS documents them', async () => {
  const frames = [documented('Records', '"b","ö1"\n'), documented('Cont'), documented('Stats', '<Stats/>')];
  const { text, error } = await selected(Buffer.concat([...frames, documented('End')]));
  expect([text, error]).toEqual(['"b","ö1"\n', undefined]);
  const damaged = Buffer.concat([...frames, documented('End')]);
  damaged[Buffer.concat(frames).length - 5]! ^= 1;
  expect((await selected(damaged)).error).toMatchObject({ code: 'InvalidAnswer' });
});

test.each<[what: string, body: Buffer, status: number, code: string, httpStatus: number]>([
  ['no End', Buffer.concat(ROWS), 200, 'IncompleteAnswer', 0],
  ['cut within an event', Buffer.concat([...ROWS, END]).subarray(0, -3), 200, 'InvalidAnswer', 0],
  [
    'damaged',
    Buffer.concat([ROWS[0]!, Buffer.from(event('Records', 'x').map((byte, at) => (at === 40 ? byte ^ 1 : byte))), END]),
    200,
    'InvalidAnswer',
    0,
  ],
  [
    'an error after rows',
    Buffer.concat([...ROWS, event('OverMaxColumn', 'too many', 'error')]),
    200,
    'OverMaxColumn',
    400,
  ],
  ['an error at once', event('CastFailed', 'no number', 'error'), 200, 'CastFailed', 400],
  ['nothing', Buffer.alloc(0), 200, 'NotImplemented', 501],
  ['another answer', Buffer.from('<html>hello, this is no answer of that kind</html>'), 200, 'NotImplemented', 501],
  [
    'a refusal',
    Buffer.from('<Error><Code>NotImplemented</Code><Message>no</Message></Error>'),
    501,
    'NotImplemented',
    501,
  ],
])('no success: %s', async (_, body, status, code, httpStatus) => {
  const { error } = await selected(body, status);
  expect(error).toMatchObject({ name: 'StoreError', code, httpStatus });
});
