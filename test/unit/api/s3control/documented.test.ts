/**
 * Goal: what is signed with the documented key comes from a program of this machine, by any way that docs/use/clients.md gives; with
 * keys of one's own it may come from anywhere. Method: requests to the app with what proxies and browsers add.
 */
import { ACCOUNT } from '../test-app';
import { type Answer, errorCode, message, send, serveApp, signedRequest, type Signing } from './client';

const JOBS = '/v20180820/jobs';
const OWN = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secretsecret' };
const DOCUMENTED: Signing = { key: 'drover', secret: 'drover-secret' };

serveApp({ accounts: [{ id: ACCOUNT, keys: [OWN, { accessKeyId: 'drover', secretAccessKey: 'drover-secret' }] }] });

function list(signing: Signing, more: readonly string[] = [], target = JOBS): Promise<Answer> {
  const request = signedRequest('GET', target, Buffer.alloc(0), { host: '127.0.0.1:8800', ...signing });
  return send({ ...request, rawHeaders: [...request.rawHeaders, ...more] });
}

test.each([
  ['a page of any site', ['Origin', 'http://evil.example'], 'a web page sent this one, as the header origin shows'],
  ['a page without an origin', ['Origin', 'null'], 'as the header origin shows'],
  ['a page at our own address', ['Sec-Fetch-Site', 'same-origin'], 'as the header sec-fetch-site shows'],
  ['a proxy', ['Via', '1.1 gate'], 'came through a proxy, as the header via shows'],
])('%s may not use the documented key, but one of our own', async (_who, more, why) => {
  const answer = await list(DOCUMENTED, more);
  expect([answer.status, errorCode(answer)]).toEqual([403, 'AccessDenied']);
  expect(message(answer)).toContain(why);
  expect((await list({}, more)).status).toBe(200);
});

test.each([
  ['an address', '127.0.0.1:8800', JOBS],
  ['a name for the account', `${ACCOUNT}.localhost:8800`, JOBS],
  ['HTTP_PROXY', `${ACCOUNT}.drover.internal`, `http://${ACCOUNT}.drover.internal${JOBS}`],
])('a program may use it by %s', async (_way, host, target) => {
  expect((await list({ ...DOCUMENTED, host }, [], target)).status).toBe(200);
});

test('a program that says how it fetches is no browser', async () => {
  expect((await list(DOCUMENTED, ['Sec-Fetch-Mode', 'cors'])).status).toBe(200);
});
