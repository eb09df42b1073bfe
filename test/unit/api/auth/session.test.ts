/**
 * Goal: a browser logs in once, and its cookie is worth no more than the key that made it; a key that may only view changes
 * nothing, by REST or by S3 Control. Method: requests to the app as browsers send them.
 */
import request, { type Response } from 'supertest';
import type { AccountConfig } from '../../../../config/config';
import { LIMITS } from '../../../../contracts/limits';
import { NOW } from '../fake-gateway';
import { errorCode, message, serveApp, signed } from '../s3control/client';
import { ACCOUNT, testApp, type TestAppOptions } from '../test-app';

const FULL = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' };
const VIEWER = { accessKeyId: 'VIEWER', secretAccessKey: 'viewer-secret', viewOnly: true };
const ACCOUNTS: readonly AccountConfig[] = [{ id: ACCOUNT, keys: [FULL, VIEWER] }];
const HOST = 'drover.example';
const PAGE = { host: HOST, origin: `http://${HOST}`, 'sec-fetch-site': 'same-origin', 'x-drover-console': '1' };
const JOB = '/api/jobs/11111111-1111-4111-8111-111111111111';

function app(options: TestAppOptions = {}) {
  return testApp({ accounts: ACCOUNTS, now: () => NOW, ...options });
}

async function logIn(
  key: { accessKeyId: string; secretAccessKey: string },
  headers: Record<string, string> = PAGE,
): Promise<Response> {
  const { accessKeyId, secretAccessKey } = key;
  return request(app().app).post('/api/session').set(headers).send({ accessKeyId, secretAccessKey });
}

async function cookieOf(key: { accessKeyId: string; secretAccessKey: string }): Promise<string> {
  return setCookie(await logIn(key)).split(';')[0]!;
}

function setCookie({ headers }: Response): string {
  return String(headers['set-cookie']);
}

test('a login gives a cookie that no script reads and no other site sends', async () => {
  const answer = await logIn(FULL);
  expect(answer.body).toEqual({
    account: ACCOUNT,
    accessKeyId: 'AKIDEXAMPLE',
    viewOnly: false,
    expiresAt: new Date(NOW + LIMITS.api.sessionMs).toISOString(),
  });
  expect(setCookie(answer)).toMatch(/^drover-session=[\w.-]+; Path=\/api; Max-Age=43200; HttpOnly; SameSite=Strict$/);
  expect(setCookie(answer)).not.toContain('secretsecret');
  const overTls = await logIn(FULL, { ...PAGE, origin: `https://${HOST}` });
  expect(setCookie(overTls)).toMatch(/; Secure$/);
});

test.each([
  ['a wrong secret', { ...FULL, secretAccessKey: 'wrong' }, PAGE, 401, 'InvalidCredentials'],
  ['an unknown key', { ...FULL, accessKeyId: 'NOBODY' }, PAGE, 401, 'InvalidCredentials'],
  ['a page of another origin', FULL, { ...PAGE, origin: 'http://evil.example' }, 403, 'OriginNotAllowed'],
  ['a page of another site', FULL, { ...PAGE, 'sec-fetch-site': 'cross-site' }, 403, 'OriginNotAllowed'],
])('a login with %s gives none', async (_what, key, headers, status, code) => {
  const answer = await logIn(key, headers);
  expect([answer.status, answer.body.error.code, answer.headers['set-cookie']]).toEqual([status, code, undefined]);
});

test('the page is not asked for a password by the browser itself', async () => {
  const answer = await request(app().app).get('/api/session').set(PAGE);
  expect([answer.status, answer.headers['www-authenticate']]).toEqual([401, 'Session realm="Drover"']);
});

test('the cookie signs in, and changes where the page shows itself', async () => {
  const cookie = await cookieOf(FULL);
  const { app: api } = app();
  expect(
    (
      await request(api)
        .get('/api/session')
        .set({ ...PAGE, cookie })
    ).body,
  ).toMatchObject({ account: ACCOUNT });
  expect(
    (
      await request(api)
        .get('/api/jobs')
        .set({ host: HOST, cookie: `a=b; ${cookie}` })
    ).status,
  ).toBe(200);
  const pause = (headers: Record<string, string>) => request(api).post(`${JOB}/pause`).set(headers);
  expect((await pause({ ...PAGE, cookie })).body.error.code).toBe('NotFoundException');
  // No Sec-Fetch-Site: over plain HTTP browsers do not send it.
  expect((await pause({ host: HOST, origin: PAGE.origin, cookie })).body.error.code).toBe('NotFoundException');
  expect((await pause({ host: HOST, cookie })).body.error.code).toBe('OriginNotAllowed');
  expect((await pause({ ...PAGE, origin: 'http://evil.example', cookie })).body.error.code).toBe('OriginNotAllowed');
});

test('it ends with its time, with its key, and when its secret changes; and nobody makes one', async () => {
  const cookie = await cookieOf(FULL);
  const [name = '', expires = '', signature = ''] = cookie.replace('drover-session=', '').split('.');
  const viewer = Buffer.from('VIEWER').toString('base64url');
  const status = async (options: TestAppOptions, given = cookie): Promise<number> =>
    (
      await request(app(options).app)
        .get('/api/jobs')
        .set({ ...PAGE, cookie: given })
    ).status;
  expect(await status({ now: () => NOW + LIMITS.api.sessionMs - 1 })).toBe(200);
  expect(await status({ now: () => NOW + LIMITS.api.sessionMs })).toBe(401);
  expect(await status({ accounts: [{ id: ACCOUNT, keys: [VIEWER] }] })).toBe(401);
  expect(await status({ accounts: [{ id: ACCOUNT, keys: [{ ...FULL, secretAccessKey: 'other' }, VIEWER] }] })).toBe(
    401,
  );
  for (const forged of [
    `drover-session=${viewer}.${expires}.${signature}`,
    `drover-session=${name}.${Number(expires) + 1}.${signature}`,
    `drover-session=${name}.${expires}.`,
    'drover-session=',
  ]) {
    expect([forged, await status({}, forged)]).toEqual([forged, 401]);
  }
});

test('logging out takes the cookie away', async () => {
  const answer = await request(app().app).delete('/api/session').set(PAGE);
  expect([answer.status, setCookie(answer)]).toEqual([
    204,
    'drover-session=; Path=/api; Max-Age=0; HttpOnly; SameSite=Strict',
  ]);
});

test('where the documented key is the only one, this machine needs no login', async () => {
  const accounts = [{ id: ACCOUNT, keys: [{ accessKeyId: 'drover', secretAccessKey: 'drover-secret' }] }];
  const local = { host: '127.0.0.1:8800', 'sec-fetch-site': 'same-origin' };
  const answer = await request(app({ accounts }).app).get('/api/session').set(local);
  expect(answer.body).toEqual({ account: ACCOUNT, viewOnly: false });
  const viewed = accounts.map((account) => ({
    ...account,
    keys: account.keys.map((key) => ({ ...key, viewOnly: true })),
  }));
  expect(
    (
      await request(app({ accounts: viewed }).app)
        .get('/api/session')
        .set(local)
    ).status,
  ).toBe(401);
});

describe('a key that may only view', () => {
  const basic = `Basic ${Buffer.from('VIEWER:viewer-secret').toString('base64')}`;

  test('shows by REST, and changes nothing there, by key or by session', async () => {
    const { app: api, gateway } = app();
    const cookie = await cookieOf(VIEWER);
    for (const headers of [
      { host: HOST, authorization: basic },
      { ...PAGE, cookie },
    ]) {
      expect((await request(api).get('/api/jobs').set(headers)).status).toBe(200);
      for (const [method, path] of [
        ['post', '/api/jobs'],
        ['post', `${JOB}/cancel`],
        ['put', `${JOB}/limits`],
        ['delete', `${JOB}/tags`],
        ['post', '/api/sources/preview'],
      ] as const) {
        const answer = await request(api)[method](path).set(headers).send({});
        expect([path, answer.status, answer.body.error.code]).toEqual([path, 403, 'AccessDenied']);
        expect(answer.body.error.message).toMatch(/VIEWER may only view/);
      }
    }
    expect(gateway.signals).toEqual([]);
  });

  describe('by S3 Control', () => {
    const context = serveApp({ accounts: ACCOUNTS });
    const key = { key: VIEWER.accessKeyId, secret: VIEWER.secretAccessKey };

    test('too', async () => {
      expect((await signed('GET', '/v20180820/jobs', '', key)).status).toBe(200);
      const target = `${JOB.replace('/api', '/v20180820')}/status?requestedJobStatus=Cancelled`;
      const cancel = await signed('POST', target, '', key);
      expect([cancel.status, errorCode(cancel)]).toEqual([403, 'AccessDenied']);
      expect(message(cancel)).toMatch(/VIEWER may only view/);
      expect(context.gateway.signals).toEqual([]);
    });
  });
});
