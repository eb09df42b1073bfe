// HttpInvoke's requests as a receiver sees them, and what becomes of its answers: through a role's stores, against a real HTTP
// server. The signature is computed here again by node:crypto, from the bytes that arrived.
import { createHmac } from 'node:crypto';
import type { RoleWebhookConfig } from '../../../config/config';
import { DEFAULTS } from '../../../config/defaults';
import { RETRY_LIMITS } from '../../../storage/http/retry-policy';
import { HttpTransport } from '../../../storage/http/transport';
import type { WebhookInvoker } from '../../../storage/object-store';
import { createStores } from '../../../storage/stores';
import { WebhookPoster } from '../../../storage/webhooks/poster';
import {
  type HttpStoreStub,
  type SeenRequest,
  startHttpStoreStub,
  type StubAnswer,
} from '../../support/servers/http-store-stub';

const ACCOUNT = '123456789012';
const ROLE = 'arn:aws:iam::123456789012:role/caller';
const ID = 'q83vEjRWeJA=';
const PAYLOAD = '{"key":"ü"}';
/** From the specification's own examples. */
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function stubOf(answer: StubAnswer = (response) => response.end('{}')): Promise<HttpStoreStub> {
  const stub = await startHttpStoreStub(answer);
  cleanups.push(() => stub.close());
  return stub;
}

function callerOf(webhooks: readonly RoleWebhookConfig[]): WebhookInvoker {
  const credentials = { kind: 'static', accessKeyId: 'a', secretAccessKey: 's' } as const;
  const store = {
    name: 'main',
    endpoint: 'http://127.0.0.1:1',
    region: 'us-east-1',
    pathStyle: true,
    buckets: [],
    credentials,
  };
  const rights = {
    accounts: [ACCOUNT],
    credentials: {},
    read: [],
    write: [],
    functions: [],
    functionCredentials: credentials,
  };
  const stores = createStores({
    stores: [store],
    roles: [{ arn: ROLE, ...rights, webhooks }],
    functions: { region: 'us-east-1' },
    vaults: { region: 'us-east-1' },
    workspace: { store: 'main', bucket: 'workspace', prefix: '' },
    limits: DEFAULTS,
  });
  cleanups.push(() => stores.close());
  return stores.forRole(ROLE, ACCOUNT).webhooks;
}

/** Back-off in milliseconds instead of seconds. */
function hastyPoster(retry = {}): Pick<WebhookInvoker, 'post'> {
  const transport = new HttpTransport();
  cleanups.push(() => transport.close());
  const poster = new WebhookPoster(transport, {
    retry: { ...RETRY_LIMITS, backoffBaseMs: 1, backoffMaxMs: 2, ...retry },
  });
  return { post: (url, ...rest) => poster.post({ url }, url, ...rest) };
}

function signatureOf({ headers, body }: SeenRequest, key: Buffer): string {
  const signed = Buffer.concat([
    Buffer.from(`${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.`),
    body,
  ]);
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}

describe('the request', () => {
  test.each([
    ['a key of Standard Webhooks', WHSEC, Buffer.from(WHSEC.slice(6), 'base64')],
    ['any other text', 'päss wörd', Buffer.from('päss wörd', 'utf8')],
  ])('is a POST of the JSON, signed with %s', async (_what, secret, key) => {
    const stub = await stubOf();
    const before = Math.floor(Date.now() / 1_000);
    const url = `${stub.endpoint}/hooks/a%20b?token=t%2F1`;
    await callerOf([{ url: `${stub.endpoint}/hooks`, secret }]).post(url, ID, PAYLOAD);
    const [seen] = stub.requests;
    expect(seen).toMatchObject({ method: 'POST', url: '/hooks/a%20b?token=t%2F1', body: Buffer.from(PAYLOAD) });
    expect(seen!.headers).toMatchObject({
      'content-type': 'application/json',
      accept: 'application/json',
      'user-agent': 'drover',
      'webhook-id': ID,
      'webhook-signature': signatureOf(seen!, key),
      host: new URL(stub.endpoint).host,
    });
    const sentAt = Number(seen!.headers['webhook-timestamp']);
    expect(sentAt).toBeGreaterThanOrEqual(before);
    expect(sentAt).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
  });

  test('is signed with the secret of the longest beginning that fits, and not where that has none', async () => {
    const stub = await stubOf();
    const caller = callerOf([
      { url: stub.endpoint, secret: 'all' },
      { url: `${stub.endpoint}/team/open` },
      { url: `${stub.endpoint}/team`, secret: 'team' },
    ]);
    for (const path of ['/', '/team/x', '/team/open/x']) await caller.post(stub.endpoint + path, ID, PAYLOAD);
    const [all, team, open] = stub.requests;
    expect(all!.headers['webhook-signature']).toBe(signatureOf(all!, Buffer.from('all')));
    expect(team!.headers['webhook-signature']).toBe(signatureOf(team!, Buffer.from('team')));
    expect(open!.headers).not.toHaveProperty('webhook-signature');
    expect(open!.headers['webhook-id']).toBe(ID);
  });

  test('is not made to an address that the role may not call', async () => {
    const stub = await stubOf();
    const caller = callerOf([{ url: `${stub.endpoint}/hooks`, secret: 's' }]);
    for (const path of ['/', '/hooksx', '/hooks/../admin', '/hooks/%2e%2e/admin?token=t']) {
      await expect(caller.post(stub.endpoint + path, ID, PAYLOAD)).rejects.toMatchObject({
        code: 'UrlNotAllowed',
        message: `The role ${ROLE} may not call ${stub.endpoint}${path.split('?')[0]}`,
      });
    }
    expect(stub.requests).toEqual([]);
  });
});

describe('the answer', () => {
  test.each([200, 201, 400, 404, 410, 500, 502])('%i is handed on at once, with its text', async (status) => {
    const stub = await stubOf((response) => response.writeHead(status).end('{"ok":"ü"}'));
    const answer = hastyPoster().post(stub.endpoint, ID, PAYLOAD);
    await expect(answer).resolves.toEqual({ httpStatus: status, body: '{"ok":"ü"}' });
    expect(stub.requests).toHaveLength(1);
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const elsewhere = await stubOf();
    const stub = await stubOf((response) => response.writeHead(status, { location: elsewhere.endpoint }).end());
    const answer = await hastyPoster().post(stub.endpoint, ID, PAYLOAD);
    expect(answer).toEqual({ httpStatus: status, body: '', location: elsewhere.endpoint });
    expect(elsewhere.requests).toEqual([]);
  });

  test.each([429, 503])('%i means too many: sent again, each time signed anew, until it is taken', async (status) => {
    const stub = await stubOf((response, _request, index) => response.writeHead(index < 3 ? status : 200).end('{}'));
    await expect(hastyPoster().post(stub.endpoint, ID, PAYLOAD)).resolves.toMatchObject({ httpStatus: 200 });
    expect(stub.requests).toHaveLength(4);
    expect(new Set(stub.requests.map(({ headers }) => headers['webhook-id']))).toEqual(new Set([ID]));
  });

  test('429 that lasts is handed on, with the time that it asks for', async () => {
    const stub = await stubOf((response) => response.writeHead(429, { 'retry-after': '7' }).end('busy'));
    const poster = hastyPoster({ slowDownAttemptsMax: 3, retryAfterMaxMs: 5 });
    const answer = await poster.post(stub.endpoint, ID, PAYLOAD);
    expect(answer).toEqual({ httpStatus: 429, body: 'busy', retryAfterMs: 7_000 });
    expect(stub.requests).toHaveLength(3);
  });

  test('that is longer than 6 MB is given up', async () => {
    const stub = await stubOf((response) => {
      response.writeHead(200);
      // Never ends by itself.
      const more = (): void => {
        if (response.destroyed) return;
        response.write(Buffer.alloc(1 << 20));
        setImmediate(more);
      };
      more();
    });
    await expect(hastyPoster().post(`${stub.endpoint}/x?token=t`, ID, PAYLOAD)).rejects.toMatchObject({
      name: 'StoreError',
      code: 'AnswerTooLarge',
      httpStatus: 200,
      answerLost: false,
      message: `POST ${stub.endpoint}/x: the answer is longer than 6291556 bytes`,
    });
  });
});

describe('no answer', () => {
  test('in time: may have taken effect', async () => {
    const stub = await stubOf(() => undefined);
    await expect(hastyPoster().post(stub.endpoint, ID, PAYLOAD, { timeoutMs: 500 })).rejects.toMatchObject({
      code: 'RequestTimeout',
      httpStatus: 0,
      answerLost: true,
      message: `POST ${stub.endpoint}/: no answer within 500 ms`,
    });
    expect(stub.requests).toHaveLength(1);
  });

  test('that ends in time, however steadily it drips', async () => {
    const stub = await stubOf((response) => {
      const drip = setInterval(() => response.write(' '), 20);
      response.on('close', () => clearInterval(drip));
      response.writeHead(200);
    });
    await expect(hastyPoster().post(stub.endpoint, ID, PAYLOAD, { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'RequestTimeout',
      answerLost: true,
      message: `POST ${stub.endpoint}/: no whole answer within 1000 ms`,
    });
  });

  test('because the connection broke: not sent again here', async () => {
    const stub = await stubOf((_response, request) => request.socket.destroy());
    await expect(hastyPoster().post(stub.endpoint, ID, PAYLOAD)).rejects.toMatchObject({
      code: 'ConnectionReset',
      answerLost: true,
    });
    expect(stub.requests).toHaveLength(1);
  });

  test('because nobody listens', async () => {
    const stub = await stubOf();
    await stub.close();
    cleanups.pop();
    await expect(hastyPoster().post(stub.endpoint, ID, PAYLOAD)).rejects.toMatchObject({
      code: 'ConnectionRefused',
      httpStatus: 0,
      answerLost: false,
    });
  });

  test("because the batch was stopped: the signal's reason", async () => {
    const stub = await stubOf(() => undefined);
    const controller = new AbortController();
    const call = hastyPoster().post(stub.endpoint, ID, PAYLOAD, { signal: controller.signal });
    const reason = new Error('cancelled');
    setTimeout(() => controller.abort(reason), 30);
    await expect(call).rejects.toBe(reason);
  });
});
