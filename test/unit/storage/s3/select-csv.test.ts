/**
 * Goal: rows that a store selects come whole or not at all, and a store without the call is told apart.
 * Method: event streams made by the SDK's own codec, cut and damaged, before S3Store.
 */
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
