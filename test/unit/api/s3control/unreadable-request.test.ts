/**
 * Goal: what is no HTTP request, or one that Node refuses before the app sees it, is answered in S3's XML error form and not with
 * a bare status. Method: bytes sent to a real server.
 */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { answerUnreadable } from '../../../../api/s3control/unreadable-request';

let server: Server;

beforeAll(async () => {
  server = createServer({ maxHeaderSize: 1_000 }, (_request, response) => response.end('fine'));
  server.on('clientError', answerUnreadable);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => new Promise((resolve) => server.close(resolve)));

function answerTo(bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (data) => (text += data.toString()));
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
}

test.each([
  ['an unknown method', 'BLAH / HTTP/1.1\r\nHost: a\r\n\r\n', '400 Bad Request'],
  ['no HTTP', 'hello\r\n\r\n', '400 Bad Request'],
  ['a length that is none', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n', '400 Bad Request'],
  [
    'a long header',
    `GET / HTTP/1.1\r\nHost: a\r\nx: ${'y'.repeat(2_000)}\r\n\r\n`,
    '431 Request Header Fields Too Large',
  ],
])('%s', async (_name, bytes, status) => {
  const [head = '', body = ''] = (await answerTo(bytes)).split('\r\n\r\n');
  expect(head.split('\r\n')[0]).toBe(`HTTP/1.1 ${status}`);
  expect(head).toContain(`Content-Length: ${body.length}`);
  const [, requestId] = /x-amz-request-id: (\w{16})/.exec(head) ?? [];
  expect(body).toMatch(/^<\?xml .*\n<ErrorResponse><Error><Code>BadRequestException<\/Code><Message>The .+<\/Message>/);
  expect(body).toContain(`<RequestId>${requestId}</RequestId>`);
});

test('the server goes on', async () => {
  await answerTo('hello\r\n\r\n');
  expect(await answerTo('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')).toMatch(/fine/);
});
