/**
 * Goal: REST lets in who has a key; without one, only who needs none. Method: requests to the app as clients, web pages and
 * reverse proxies send them, the latter over a bare socket, with keys of one's own and with the documented one.
 */
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import request from 'supertest';
import type { AccountConfig } from '../../../../config/config';
import { FAILURES } from '../../../../contracts/engine/failures';
import { type Answer, parseAnswer } from '../s3control/client';
import { ACCOUNT, testApp } from '../test-app';

const LOCAL = { host: '127.0.0.1:8800' };
const OWN: AccountConfig = { id: ACCOUNT, keys: [{ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' }] };
const DOCUMENTED: AccountConfig = { id: ACCOUNT, keys: [{ accessKeyId: 'drover', secretAccessKey: 'drover-secret' }] };
const RENAMED: AccountConfig = { id: ACCOUNT, keys: [{ accessKeyId: 'mine', secretAccessKey: 'drover-secret' }] };

type Headers = Readonly<Record<string, string>>;

function basic(pair: string): Headers {
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

function bearer(token: string): Headers {
  return { authorization: `Bearer ${token}` };
}

async function list(headers: Headers, accounts: readonly AccountConfig[]): Promise<readonly [number, string]> {
  const answer = await request(testApp({ accounts }).app).get('/api/jobs').set(headers);
  const { error } = answer.body as { error?: { code: string; advice: string } };
  const challenge = answer.headers['www-authenticate'];
  expect(challenge).toEqual(
    answer.status === 401 ? 'Basic realm="Drover", charset="UTF-8", Bearer realm="Drover"' : undefined,
  );
  return [answer.status, error?.code ?? 'let in'];
}

const LET_IN = [200, 'let in'] as const;
const NEEDED = [401, 'CredentialsNeeded'] as const;
const WRONG = [401, 'InvalidCredentials'] as const;
const FOREIGN = [403, 'OriginNotAllowed'] as const;

describe('with a key of one’s own', () => {
  test.each<readonly [string, Headers, readonly [number, string]]>([
    ['its pair', { ...basic('AKIDEXAMPLE:secretsecret'), host: 'drover.example' }, LET_IN],
    ['its secret as bearer', { ...bearer('secretsecret'), host: 'drover.example' }, LET_IN],
    ['its pair, through a proxy', { ...basic('AKIDEXAMPLE:secretsecret'), ...LOCAL, via: '1.1 gate' }, LET_IN],
    ['a wrong secret', { ...basic('AKIDEXAMPLE:wrong'), ...LOCAL }, WRONG],
    ['an unknown key', { ...basic('NOPE:secretsecret'), ...LOCAL }, WRONG],
    ['the documented key', { ...basic('drover:drover-secret'), ...LOCAL }, WRONG],
    ['a wrong bearer', { ...bearer('wrong'), ...LOCAL }, WRONG],
    ['no pair', { ...basic('AKIDEXAMPLE'), ...LOCAL }, WRONG],
    ['another scheme', { authorization: 'Digest x', ...LOCAL }, WRONG],
    ['nothing', LOCAL, NEEDED],
    ['nothing, from localhost', { host: 'localhost:8800' }, NEEDED],
    ['nothing, as from a proxy', { ...LOCAL, 'x-forwarded-for': '203.0.113.9' }, NEEDED],
    ['its pair, from another origin', { ...basic('AKIDEXAMPLE:secretsecret'), ...LOCAL, origin: 'null' }, FOREIGN],
    ['a page of another site', { ...basic('AKIDEXAMPLE:secretsecret'), 'sec-fetch-site': 'cross-site' }, FOREIGN],
  ])('%s', async (_what, headers, expected) => {
    expect(await list(headers, [OWN])).toEqual(expected);
  });

  test('beside the documented one, nothing is not enough', async () => {
    const both: AccountConfig = { id: ACCOUNT, keys: [...DOCUMENTED.keys, ...OWN.keys] };
    expect(await list(LOCAL, [both])).toEqual(NEEDED);
    expect(await list(LOCAL, [DOCUMENTED, { ...OWN, id: '999999999999' }])).toEqual(NEEDED);
    expect(await list({ ...LOCAL, ...basic('drover:drover-secret') }, [both])).toEqual(LET_IN);
  });
});

const UNDER: readonly (readonly [string, Headers, readonly [number, string]])[] = [
  ['127.0.0.1', LOCAL, LET_IN],
  ['localhost', { host: 'localhost:8800' }, LET_IN],
  ['[::1]', { host: '[::1]:8800' }, LET_IN],
  ['a rebound name', { host: 'evil.example:8800' }, NEEDED],
  ['a name that only begins well', { host: '127.0.0.1.evil.example' }, NEEDED],
  ['a page of another site', { ...LOCAL, 'sec-fetch-site': 'cross-site' }, FOREIGN],
  ['a page on another port', { ...LOCAL, 'sec-fetch-site': 'same-site' }, FOREIGN],
  ['another origin', { ...LOCAL, origin: 'http://evil.example' }, FOREIGN],
  ['our own page', { ...LOCAL, origin: 'http://127.0.0.1:8800', 'sec-fetch-site': 'same-origin' }, LET_IN],
  [
    'a client with a trace',
    { ...LOCAL, traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    LET_IN,
  ],
  ...['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'x-real-ip', 'cf-ray'].map(
    (name) => [`a proxy that leaves ${name}`, { ...LOCAL, [name]: 'x' }, NEEDED] as const,
  ),
];

describe.each<readonly [string, Headers]>([
  ['nothing', {}],
  ['the pair', basic('drover:drover-secret')],
  ['the bearer', bearer('drover-secret')],
])('with the documented key alone, and %s sent', (_what, credentials) => {
  test.each(UNDER)('from %s', async (_where, headers, expected) => {
    expect(await list({ ...headers, ...credentials }, [DOCUMENTED])).toEqual(expected);
  });
});

test('the documented secret is known to everybody under any name', async () => {
  expect(await list({ host: 'evil.example', ...basic('mine:drover-secret') }, [RENAMED])).toEqual(NEEDED);
  expect(await list({ ...LOCAL, ...basic('mine:drover-secret') }, [RENAMED])).toEqual(LET_IN);
});

describe('behind nginx on the same machine', () => {
  let server: Server;
  let port: number;

  async function serve(accounts: readonly AccountConfig[]): Promise<void> {
    server = createServer(testApp({ accounts }).app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  }

  afterEach(() => new Promise((resolve) => server.close(resolve)));

  /** As `proxy_pass http://127.0.0.1:8800;` sends it on: by HTTP/1.0, with no header that tells of it. */
  function passedOn(lines: readonly string[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(['GET /api/jobs HTTP/1.0', ...lines, 'Connection: close', '', ''].join('\r\n'));
      });
      let text = '';
      socket.on('data', (data) => (text += data.toString()));
      socket.on('end', () => resolve(parseAnswer(text)));
      socket.on('error', reject);
    });
  }

  test.each([
    ['proxy_pass alone', () => `Host: 127.0.0.1:${port}`],
    ['a stranger who sends Host: localhost', () => 'Host: localhost'],
  ])('%s', async (_what, host) => {
    await serve([DOCUMENTED]);
    const stranger = await passedOn([host()]);
    expect([stranger.status, stranger.body]).toEqual([401, expect.stringContaining('CredentialsNeeded')]);
    await new Promise((resolve) => server.close(resolve));
    await serve([OWN]);
    expect((await passedOn([host()])).status).toBe(401);
    const { authorization } = basic('AKIDEXAMPLE:secretsecret');
    expect((await passedOn([host(), `Authorization: ${authorization}`])).status).toBe(200);
  });
});

test('each refusal says what to do about it', () => {
  expect(FAILURES.CredentialsNeeded.advice).toMatch(/HTTP Basic.*bearer/);
  expect(FAILURES.InvalidCredentials.advice).toMatch(/secret/);
  expect(FAILURES.OriginNotAllowed.advice).toMatch(/origin/);
});

describe('an API that others reach', () => {
  const reached =
    (accounts: readonly AccountConfig[], host = '0.0.0.0') =>
    () =>
      testApp({ accounts, host });

  test('asks everyone for credentials', async () => {
    const answer = await request(reached([OWN])().app)
      .get('/api/jobs')
      .set(LOCAL);
    expect(answer.status).toBe(401);
  });

  test.each([
    ['no key', [{ ...OWN, keys: [] }], /no access key is configured/],
    ['the documented key', [DOCUMENTED], /the only key is the one in the documentation/],
    ['the documented secret under another name', [RENAMED], /the only key is the one in the documentation/],
    [
      'the documented key beside others',
      [OWN, { id: '999999999999', keys: [{ accessKeyId: 'x', secretAccessKey: 'y' }, ...DOCUMENTED.keys] }],
      /one of its keys is the one in the documentation/,
    ],
  ] as const)('does not start with %s', (_what, accounts, message) => {
    expect(reached(accounts)).toThrow(message);
    expect(reached(accounts, '::')).toThrow(message);
    expect(reached(accounts, '127.0.0.1')).not.toThrow();
  });
});
