import { createHash, createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { JobRequest } from '../../../../contracts/job';
import { NOW, snapshotOf } from '../fake-gateway';
import { ACCOUNT, jobRequest, type TestApp, testApp, type TestAppOptions } from '../test-app';
import { captured, type CapturedRequest } from './wire-fixture';

export const XMLNS = 'xmlns="http://awss3control.amazonaws.com/doc/2018-08-20/"';
export const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
export const CAPTURED_JOB = '0ae1fb3f-8f5e-4ff9-9d2c-1a2b3c4d5e6f';

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

let clock = NOW;

export function setClock(time: number): void {
  clock = time;
}

let server: Server;

/** Starts the app before every test of the file, and stops it afterwards. The object is refilled, so keep it whole. */
export function serveApp(options: TestAppOptions = {}): TestApp {
  const context = {} as TestApp;
  beforeEach(async () => {
    Object.assign(context, testApp({ now: () => clock, ...options }));
    server = createServer(context.app);
    // `send` ends its side at once: an answer that takes a moment must still come.
    Object.assign(server, { httpAllowHalfOpen: true });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return context;
}

export function serverUrl(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Over a bare socket: an HTTP client would change target and headers. */
export function send(request: RawRequest): Promise<Answer> {
  const lines = [`${request.method} ${request.target} HTTP/1.1`];
  const names = new Set<string>();
  for (let index = 0; index < request.rawHeaders.length; index += 2) {
    const name = request.rawHeaders[index] ?? '';
    if (/^connection$/i.test(name)) continue;
    names.add(name.toLowerCase());
    lines.push(`${name}: ${request.rawHeaders[index + 1] ?? ''}`);
  }
  if (!names.has('content-length') && !names.has('transfer-encoding') && request.body.byteLength > 0) {
    lines.push(`Content-Length: ${request.body.byteLength}`);
  }
  lines.push('Connection: close', '', '');
  return new Promise((resolve, reject) => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const pieces: Buffer[] = [];
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('error', reject);
    socket.on('end', () => resolve(parseAnswer(Buffer.concat(pieces).toString('utf8'))));
    socket.write(lines.join('\r\n'));
    // The end, too: of a body that is shorter than announced, the server would await the rest.
    socket.end(request.body);
  });
}

export function parseAnswer(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [statusLine = '', ...headerLines] = head.split('\r\n');
  const headers = Object.fromEntries(headerLines.map((line) => line.split(': ') as [string, string]));
  return {
    status: Number(statusLine.split(' ')[1]),
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])),
    body: rest.join('\r\n\r\n'),
  };
}

export async function replay(name: string): Promise<Answer> {
  const request = captured(name);
  clock = request.signedAt;
  return send(request);
}

export interface Signing {
  readonly key?: string;
  readonly secret?: string;
  readonly account?: string | undefined;
  readonly host?: string;
}

export type RawRequest = Pick<CapturedRequest, 'method' | 'target' | 'rawHeaders' | 'body'>;

/** A request of our own, signed as the clients sign. */
export function signed(
  method: string,
  target: string,
  body: string | Buffer = '',
  signing: Signing = {},
): Promise<Answer> {
  return send(signedRequest(method, target, Buffer.from(body), signing));
}

/** Sets the clock, too. `target` may be in absolute form. */
export function signedRequest(method: string, target: string, body: Buffer, signing: Signing = {}): RawRequest {
  clock = Date.parse('2026-11-22T12:00:00Z');
  const [path = '', ...query] = target.replace(/^http:\/\/[^/?]*/, '').split('?');
  const hash = createHash('sha256').update(body).digest('hex');
  const account = 'account' in signing ? signing.account : ACCOUNT;
  const headers: [string, string][] = [
    ['host', signing.host ?? 'h'],
    ...(account === undefined ? [] : [['x-amz-account-id', account] as [string, string]]),
    ['x-amz-content-sha256', hash],
    ['x-amz-date', '20261122T120000Z'],
  ];
  const names = headers.map(([name]) => name).join(';');
  const parts = [
    method,
    path,
    canonicalQuery(query.join('?')),
    ...headers.map(([n, v]) => `${n}:${v}`),
    '',
    names,
    hash,
  ];
  const canonical = createHash('sha256').update(parts.join('\n')).digest('hex');
  const scope = '20261122/us-east-1/s3/aws4_request';
  const toSign = `AWS4-HMAC-SHA256\n20261122T120000Z\n${scope}\n${canonical}`;
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${signing.secret ?? 'secretsecret'}`);
  const credential = `${signing.key ?? 'AKIDEXAMPLE'}/${scope}`;
  const signature = hmac(key, toSign).toString('hex');
  const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return { method, target, rawHeaders: [...headers, ['authorization', authorization] as const].flat(), body };
}

/** What can't be decoded is signed as it stands. */
function canonicalQuery(query: string): string {
  const encode = (text: string): string => {
    try {
      return encodeURIComponent(decodeURIComponent(text)).replace(
        /[!'()*]/g,
        (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
      );
    } catch {
      return text;
    }
  };
  const pairs = query.split('&').filter((pair) => pair !== '');
  const encoded = pairs.map((pair): [string, string] => {
    const [name = '', ...value] = pair.split('=');
    return [encode(name), encode(value.join('='))];
  });
  const order = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
  return encoded
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='))
    .join('&');
}

export function errorCode(answer: Answer): string | undefined {
  return /^<\?xml[^>]*>\n<ErrorResponse><Error><Code>(\w+)<\/Code><Message>[^]+<\/Message><\/Error><RequestId>[0-9A-F]{16}<\/RequestId>/.exec(
    answer.body,
  )?.[1];
}

export function message(answer: Answer): string {
  return /<Message>([^]*)<\/Message>/.exec(answer.body)?.[1] ?? '';
}

/** A job under an id of our choice, as DescribeJob would find it. */
export function addJob(
  context: TestApp,
  jobId: string,
  account = ACCOUNT,
  snapshot = snapshotOf('Active'),
  request: JobRequest = jobRequest(),
): void {
  const createdAt = '2026-11-22T11:00:00.000Z';
  const memo = { request, requestDigest: 'd', account, createdAt, region: 'us-east-1' };
  context.gateway.jobs.set(jobId, { memo, execution: 'running', live: snapshot });
}
