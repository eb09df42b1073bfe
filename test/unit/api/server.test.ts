/**
 * Goal: nobody without a key makes the API keep more than a header, and what is odd in a request's frame is refused in the form of
 * the API it is for. Method: the API's own server on the app, and requests over bare sockets, many at once and half sent.
 */
import type { Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import pino from 'pino';
import { createApiServer } from '../../../api/server';
import { LIMITS } from '../../../contracts/limits';
import { type Answer, errorCode, parseAnswer, type RawRequest, signedRequest } from './s3control/client';
import { ACCOUNT, testApp, USER } from './test-app';

const BODY_BYTES = 2 * 1024 * 1024;
const SIGNED_AT = Date.parse('2026-11-22T12:00:00Z');

let server: Server;
let now = SIGNED_AT;
let logged: string[];

beforeEach(async () => {
  now = SIGNED_AT;
  logged = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  const accounts = [
    { id: ACCOUNT, keys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' }] },
    { id: '999999999999', keys: [{ accessKeyId: 'drover', secretAccessKey: 'drover-secret' }] },
  ];
  server = createApiServer(testApp({ now: () => now, accounts }).app, log);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function open(): Socket {
  return connect((server.address() as AddressInfo).port, '127.0.0.1');
}

/** What comes back for these bytes, when the server has said all that it will: the connection stays open on our side. */
function exchange(...pieces: readonly (string | Buffer)[]): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = open();
    let text = '';
    socket.on('data', (data) => {
      text += data.toString();
      const answer = parseAnswer(text);
      if (Buffer.byteLength(answer.body) < Number(answer.headers['content-length'] ?? Infinity)) return;
      socket.destroy();
      resolve(answer);
    });
    socket.on('end', () => resolve(parseAnswer(text)));
    socket.on('error', reject);
    for (const piece of pieces) socket.write(piece);
  });
}

function headOf({ method, target, rawHeaders }: Omit<RawRequest, 'body'>, ...more: readonly string[]): string {
  const headers = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1]}`] : []));
  return [`${method} ${target} HTTP/1.1`, ...headers, ...more, '', ''].join('\r\n');
}

function rest(target: string, ...more: readonly string[]): string {
  return headOf({ method: 'POST', target, rawHeaders: Object.entries(USER).flat() }, ...more);
}

const CREATE = '/v20180820/jobs';
const signedCreate = signedRequest('POST', CREATE, Buffer.alloc(BODY_BYTES, ' '));
const announced = `Content-Length: ${BODY_BYTES}`;

/** Signed requests to create a job, of which something is wrong that can be told without the body. */
const REFUSED: readonly (readonly [string, string, string])[] = [
  ['unsigned', headOf({ method: 'POST', target: CREATE, rawHeaders: ['Host', 'h'] }, announced), 'AccessDenied'],
  [
    'an unknown key',
    headOf(signedRequest('POST', CREATE, Buffer.from('x'), { key: 'NOPE' }), announced),
    'InvalidAccessKeyId',
  ],
  [
    'a wrong secret',
    headOf(signedRequest('POST', CREATE, Buffer.from('x'), { secret: 'no' }), announced),
    'SignatureDoesNotMatch',
  ],
  ['another scope', headOf(signedCreate, announced).replace('/s3/', '/ec2/'), 'AuthorizationHeaderMalformed'],
  [
    'another account',
    headOf(signedRequest('POST', CREATE, Buffer.from('x'), { account: '999999999999' }), announced),
    'AccessDenied',
  ],
  ['no such path', headOf(signedRequest('POST', '/v20180820/nothing', Buffer.from('x')), announced), 'NoSuchResource'],
];

test('what can be refused before the body is here is', async () => {
  const answers = await Promise.all(REFUSED.map(([, head]) => exchange(head)));
  expect(
    answers.map((answer, index) => [REFUSED[index]?.[0], errorCode(answer), answer.headers['connection']]),
  ).toEqual(REFUSED.map(([what, , code]) => [what, code, 'close']));
});

test('signed long ago: refused before the body is here', async () => {
  now = SIGNED_AT + LIMITS.api.clockSkewMs + 1_000;
  expect(errorCode(await exchange(headOf(signedCreate, announced)))).toBe('RequestTimeTooSkewed');
});

test('REST: refused before the body is here', async () => {
  const head = rest('/api/jobs', 'Content-Type: application/json', announced).replace(/authorization: .*\r\n/, '');
  expect((await exchange(head)).status).toBe(401);
});

test('more than a hundred of them at once, with all of their body but the end, are refused and nothing of it is kept', async () => {
  const piece = Buffer.alloc(BODY_BYTES - 1, ' ');
  const [, head] = REFUSED[0]!;
  let most = 0;
  const before = process.memoryUsage().arrayBuffers;
  const watch = setInterval(() => (most = Math.max(most, process.memoryUsage().arrayBuffers - before)), 10);
  const answers = await Promise.all(Array.from({ length: 120 }, () => exchange(head, piece)));
  clearInterval(watch);
  expect(new Set(answers.map(errorCode))).toEqual(new Set(['AccessDenied']));
  // Kept whole, they would be 240 MB; on their way through sockets some are.
  expect(most).toBeLessThan(80_000_000);
});

test('the client of a large refused request sees why, also when it wants the connection closed', async () => {
  const body = Buffer.alloc(BODY_BYTES, ' ');
  const [, head, code] = REFUSED[0]!;
  expect(errorCode(await exchange(head, body))).toBe(code);
  expect(errorCode(await exchange(head.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n'), body))).toBe(code);
});

test('a body that is not the one that was signed is refused', async () => {
  expect(errorCode(await exchange(headOf(signedCreate, announced), Buffer.alloc(BODY_BYTES, 'x')))).toBe(
    'XAmzContentSHA256Mismatch',
  );
});

test('of a body whose hash is not sent beside the signature, little is read', async () => {
  const head = headOf(signedCreate, announced)
    .replace(/x-amz-content-sha256: .*\r\n/, '')
    .replace('x-amz-content-sha256;', '');
  expect(errorCode(await exchange(head))).toBe('EntityTooLarge');
  const small = head.replace(announced, 'Content-Length: 1');
  expect(errorCode(await exchange(small, 'x'))).toBe('SignatureDoesNotMatch');
});

test('what one client may take is bounded', async () => {
  expect([server.maxConnections, server.headersTimeout, server.requestTimeout]).toEqual([
    LIMITS.api.connectionsMax,
    LIMITS.api.headersTimeoutMs,
    LIMITS.api.requestTimeoutMs,
  ]);
  server.maxConnections = 1;
  const first = open();
  await new Promise((resolve) => first.once('connect', resolve));
  const second = open();
  await new Promise((resolve) => second.once('close', resolve));
  first.destroy();
  expect(logged).toEqual([expect.stringContaining('connection limit reached')]);
});

test('two Hosts are one too many', async () => {
  const xml = await exchange(headOf({ method: 'GET', target: CREATE, rawHeaders: ['Host', 'a'] }, 'Host: a'));
  expect([xml.status, errorCode(xml)]).toEqual([400, 'BadRequestException']);
  const json = await exchange(rest('/api/jobs', 'hOST: localhost'));
  expect([json.status, json.body]).toEqual([400, expect.stringContaining('"BadRequestException"')]);
});

test.each(['/API/jobs', '/Api/jobs', '/api/JOBS', '/HEALTHZ', '/V20180820/jobs'])('%s is no path', async (target) => {
  const answer = await exchange(rest(target));
  expect([answer.status, answer.body]).toEqual([404, expect.stringContaining('NoSuchResource')]);
});

describe('the documented key', () => {
  const own = { key: 'drover', secret: 'drover-secret', account: '999999999999' };

  test.each([
    ['straight from a client', [], 200],
    ['by a proxy', ['Via: 1.1 gate'], 403],
    ['forwarded', ['X-Forwarded-For: 203.0.113.9'], 403],
  ] as const)('signs what comes %s: %j is %i', async (_what, more, status) => {
    const head = headOf(signedRequest('GET', CREATE, Buffer.alloc(0), own), ...more);
    expect((await exchange(head)).status).toBe(status);
    const mine = headOf(signedRequest('GET', CREATE, Buffer.alloc(0)), ...more);
    expect((await exchange(mine)).status).toBe(200);
  });
});
