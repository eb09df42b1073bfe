/**
 * Goal: a webhook gets a signed POST that its owner can check, and whatever it answers is understood. Method: a real HTTP
 * server; the signature is computed here again, with keys and a vector of Standard Webhooks.
 */
import { createHmac } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createNotifier, type DeliveryError } from '../../../notifications';
import { Webhook, type WebhookOptions } from '../../../notifications/webhook';
import { jobEvent } from '../../support/events';
import { type HttpStoreStub, startHttpStoreStub } from '../../support/servers/http-store-stub';

const EVENT = jobEvent('Active');
/** From the specification's own examples. */
const WHSEC = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

let server: HttpStoreStub;
let answer: (response: ServerResponse, index: number) => void;
const opened: Webhook[] = [];

beforeAll(async () => {
  server = await startHttpStoreStub((response, _request, index) => answer(response, index));
});
beforeEach(() => {
  server.requests.length = 0;
  answer = (response) => response.end('ok');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(() => server.close());

function webhook(options: Partial<WebhookOptions> = {}): Webhook {
  const created = new Webhook({ name: 'ops', url: `${server.endpoint}/hooks/secret-path?token=t0ken`, ...options });
  opened.push(created);
  return created;
}

async function failureOf(delivery: Promise<unknown>): Promise<DeliveryError> {
  const error: unknown = await delivery.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({ name: 'DeliveryError' });
  return error as DeliveryError;
}

function answering(status: number, headers: Record<string, string> = {}, body = ''): void {
  answer = (response) => response.writeHead(status, headers).end(body);
}

describe('the request', () => {
  test('is a POST of the event', async () => {
    expect(await webhook().deliver(EVENT)).toBe('delivered');
    const [seen] = server.requests;
    expect(seen).toMatchObject({ method: 'POST', url: '/hooks/secret-path?token=t0ken' });
    expect(seen?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'drover' });
    expect(JSON.parse(seen?.body.toString() ?? '')).toEqual(EVENT);
  });

  test.each([
    ['a key of Standard Webhooks', WHSEC, Buffer.from(WHSEC.slice(6), 'base64')],
    ['any other text', 'päss wörd', Buffer.from('päss wörd', 'utf8')],
  ])('is signed with %s', async (_what, secret, key) => {
    const before = Math.floor(Date.now() / 1_000);
    await webhook({ secret }).deliver(EVENT);
    const { headers, body } = server.requests[0]!;
    const sentAt = Number(headers['webhook-timestamp']);
    expect(headers['webhook-id']).toBe(EVENT.id);
    expect(sentAt).toBeGreaterThanOrEqual(before);
    expect(sentAt).toBeLessThanOrEqual(Math.floor(Date.now() / 1_000));
    const signed = Buffer.concat([Buffer.from(`${EVENT.id}.${sentAt}.`), body]);
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
  });

  test('has id and time, but no signature without a secret', async () => {
    await webhook().deliver(EVENT);
    expect(server.requests[0]?.headers).toMatchObject({ 'webhook-id': EVENT.id });
    expect(server.requests[0]?.headers).not.toHaveProperty('webhook-signature');
  });

  test('logs in as the user of its URL', async () => {
    const url = server.endpoint.replace('//', '//us%40r:p%C3%A4ss@');
    await webhook({ url }).deliver(EVENT);
    expect(server.requests[0]?.headers.authorization).toBe(`Basic ${Buffer.from('us@r:päss').toString('base64')}`);
    await webhook({ url: server.endpoint.replace('//', '//50%:x@') }).deliver(EVENT);
    expect(server.requests[1]?.headers.authorization).toBe(`Basic ${Buffer.from('50%:x').toString('base64')}`);
    await webhook().deliver(EVENT);
    expect(server.requests[2]?.headers).not.toHaveProperty('authorization');
  });

  test('is not made for a status that is not wanted', async () => {
    const picky = webhook({ statuses: ['Complete', 'Failed'] });
    expect(await picky.deliver(EVENT)).toBe('skipped');
    expect(server.requests).toHaveLength(0);
    expect(await picky.deliver(jobEvent('Failed'))).toBe('delivered');
  });

  test('a secret without a key is refused at once', () => {
    expect(() => webhook({ secret: 'whsec_' })).toThrow('The secret of the webhook ops is empty');
    expect(() => webhook({ secret: '' })).toThrow('empty');
  });
});

describe('the answer', () => {
  test.each([200, 201, 202, 204, 299])('%i is success', async (status) => {
    answering(status);
    expect(await webhook().deliver(EVENT)).toBe('delivered');
  });

  test.each([400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504])('%i may pass', async (status) => {
    answering(status, {}, 'a body that nobody should see');
    const failure = await failureOf(webhook().deliver(EVENT));
    expect(failure).toMatchObject({ code: 'NotificationFailed', message: `ops: answered ${status}` });
  });

  test('410 ends it', async () => {
    answering(410);
    expect(await failureOf(webhook().deliver(EVENT))).toMatchObject({
      code: 'NotificationTargetGone',
      retryable: false,
      message: 'ops: answered 410 Gone',
    });
  });

  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    answering(status, { location: `${server.endpoint}/elsewhere` });
    const failure = await failureOf(webhook().deliver(EVENT));
    expect(failure.message).toBe(`ops: answered ${status}, and redirects are not followed`);
    expect(server.requests).toHaveLength(1);
  });

  test.each([
    ['in seconds', () => '120', 119_000, 120_000],
    ['as a date', () => new Date(Date.now() + 600_000).toUTCString(), 570_000, 600_000],
  ])('Retry-After %s is passed on', async (_what, header, least, most) => {
    answering(429, { 'retry-after': header() });
    const { retryAfterMs } = await failureOf(webhook().deliver(EVENT));
    expect(retryAfterMs).toBeGreaterThanOrEqual(least);
    expect(retryAfterMs).toBeLessThanOrEqual(most);
  });

  test.each(['0', '-5', 'soon', 'Thu, 01 Jan 1970 00:00:00 GMT'])('Retry-After %s is nothing', async (header) => {
    answering(503, { 'retry-after': header });
    expect((await failureOf(webhook().deliver(EVENT))).retryAfterMs).toBeUndefined();
  });

  test('that does not come is given up in time', async () => {
    answer = () => undefined;
    const began = Date.now();
    const failure = await failureOf(webhook({ timeoutMs: 300 }).deliver(EVENT));
    expect(failure).toMatchObject({ code: 'NotificationFailed', message: 'ops: no answer within 0.3 s' });
    expect(Date.now() - began).toBeLessThan(2_000);
  });

  test('that never ends is cut off, and its status counts', async () => {
    let sent = 0;
    let open = true;
    answer = (response) => {
      response.writeHead(200);
      response.on('close', () => (open = false));
      const more = (): void => {
        if (!open) return;
        sent += 64 * 1024;
        response.write(Buffer.alloc(64 * 1024), () => setImmediate(more));
      };
      more();
    };
    const began = Date.now();
    expect(await webhook({ timeoutMs: 5_000 }).deliver(EVENT)).toBe('delivered');
    expect(Date.now() - began).toBeLessThan(2_000);
    await webhook().close();
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  test('that trickles is cut off in time', async () => {
    answer = (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    const began = Date.now();
    expect(await webhook({ timeoutMs: 300 }).deliver(EVENT)).toBe('delivered');
    expect(Date.now() - began).toBeLessThan(2_000);
  });
});

describe('no answer', () => {
  test('nobody listens', async () => {
    const failure = await failureOf(webhook({ url: 'http://127.0.0.1:1/secret-path' }).deliver(EVENT));
    expect(failure).toMatchObject({ code: 'NotificationFailed', message: 'ops: no answer (ECONNREFUSED)' });
  });

  test('the connection breaks', async () => {
    answer = (response) => response.socket?.destroy();
    expect((await failureOf(webhook().deliver(EVENT))).message).toMatch(/^ops: no answer \(\w+\)$/);
  });

  test('a stop of the worker is its own reason', async () => {
    answer = () => undefined;
    const stop = new AbortController();
    setTimeout(() => stop.abort(new Error('stopped')), 50);
    await expect(webhook().deliver(EVENT, stop.signal)).rejects.toThrow('stopped');
  });
});

describe('the configured notifier', () => {
  const jobWebhooks = { allow: [] as string[] };

  test('finds targets by name, and says which are gone', async () => {
    const notifier = createNotifier({
      webhooks: [
        { name: 'ops', url: `${server.endpoint}/ops`, secret: WHSEC },
        { name: 'theirs', url: `${server.endpoint}/theirs`, secret: WHSEC, accounts: ['999999999999'] },
      ],
      sns: [],
      eventBridge: [],
      jobWebhooks,
    });
    expect(await notifier.deliver({ target: 'ops', event: EVENT })).toBe('delivered');
    for (const target of ['old', 'theirs']) {
      const failure = await failureOf(notifier.deliver({ target, event: EVENT }));
      expect(failure).toMatchObject({ code: 'NotificationTargetGone', message: `${target}: not configured any more` });
    }
    expect(server.requests.map(({ url }) => url)).toEqual(['/ops']);
    await notifier.close();
  });

  test("signs for a job's own webhook, as long as it is allowed", async () => {
    const config = { webhooks: [], sns: [], eventBridge: [] };
    const url = `${server.endpoint}/team/a`;
    const allowing = createNotifier({ ...config, jobWebhooks: { allow: [`${server.endpoint}/team`], secret: WHSEC } });
    expect(await allowing.deliver({ url, event: EVENT })).toBe('delivered');
    expect(server.requests[0]?.headers['webhook-signature']).toMatch(/^v1,.{44}$/);
    const forbidding = createNotifier({ ...config, jobWebhooks });
    const failure = await failureOf(forbidding.deliver({ url, event: EVENT }));
    expect(failure).toMatchObject({
      code: 'NotificationTargetGone',
      message: "the job's webhook: not allowed any more",
    });
    expect(server.requests).toHaveLength(1);
  });
});
