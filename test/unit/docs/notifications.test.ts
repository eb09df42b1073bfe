/**
 * Goal: what docs/use/notifications.md shows is true. Method: its code verifies requests that our webhook has really sent, in
 * JavaScript and in Python, and rejects altered ones; its event has the members of a real one; its rule fits it.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import type { JobEvent } from '../../../contracts/engine/events';
import { Webhook } from '../../../notifications/webhook';
import { jobEvent } from '../../support/events';
import { startHttpStoreStub } from '../../support/servers/http-store-stub';

const PAGE = readFileSync(join(__dirname, '../../../docs/use/notifications.md'), 'utf8');
const SECRETS = ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'päss wörd'];

interface Sent {
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

function blocks(language: string): string[] {
  return [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\n([^]*?)^\`\`\``, 'gm'))].map(([, code = '']) => code);
}

async function send(secret: string): Promise<Sent> {
  const server = await startHttpStoreStub((response) => response.end());
  const webhook = new Webhook({ name: 'ops', url: server.endpoint, secret });
  await webhook.deliver(jobEvent('Failed'));
  await webhook.close();
  await server.close();
  return server.requests[0]!;
}

/** The request as it came, and others that must not be believed. */
function variants({ headers, body }: Sent): (Sent & { readonly valid: boolean })[] {
  const old = { ...headers, 'webhook-timestamp': String(Number(headers['webhook-timestamp']) - 400) };
  return [
    { headers, body, valid: true },
    {
      headers: { ...headers, 'webhook-signature': `v1a,AAAA v1,AAAA ${String(headers['webhook-signature'])}` },
      body,
      valid: true,
    },
    { headers, body: Buffer.concat([body, Buffer.from(' ')]), valid: false },
    { headers: { ...headers, 'webhook-id': 'another' }, body, valid: false },
    { headers: { ...headers, 'webhook-signature': 'v1,' }, body, valid: false },
    { headers: old, body, valid: false },
  ];
}

test.each(SECRETS)('the JavaScript verifies requests signed with %s', async (secret) => {
  const [code = ''] = blocks('js');
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the page's own code, as it stands
  const verify = new Function('require', `${code}\nreturn verify;`)(require) as (...args: unknown[]) => boolean;
  for (const { headers, body, valid } of variants(await send(secret))) {
    expect(verify(headers, body, secret)).toBe(valid);
    expect(verify(headers, body, `${secret.slice(0, 6)}another`)).toBe(false);
  }
});

test.each(SECRETS)('the Python verifies requests signed with %s', async (secret) => {
  const [code = ''] = blocks('python');
  const cases = variants(await send(secret)).map(({ headers, body }) => ({ headers, body: body.toString() }));
  const program = `${code}
import json, sys
given = json.load(sys.stdin)
print(json.dumps([verify(one["headers"], one["body"].encode(), given["secret"]) for one in given["cases"]]))
`;
  const run = spawnSync('python3', ['-c', program], { input: JSON.stringify({ secret, cases }), encoding: 'utf8' });
  expect(run.stderr).toBe('');
  expect(JSON.parse(run.stdout)).toEqual([true, true, false, false, false, false]);
});

test('the event has the members of a real one', () => {
  const [text = ''] = blocks('json');
  const event = JSON.parse(text) as JobEvent;
  expect(shape(event)).toEqual(shape(jobEvent('Failed')));
});

test('the rule fits the event', () => {
  const [, text = ''] = blocks('json');
  const rule = JSON.parse(text) as { detail: Record<string, unknown> };
  const { detail, ...envelope } = jobEvent('Failed');
  expect(fits(rule, { ...envelope, source: 'drover', detail })).toBe(true);
  expect(fits(rule, jobEvent('Failed'))).toBe(false);
});

/** Members and types, without the values; lists may be empty. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return 'list';
  if (typeof value !== 'object' || value === null) return value === null ? null : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, shape(member)]));
}

/** EventBridge's matching, as far as lists of texts go. */
function fits(pattern: object, value: unknown): boolean {
  return Object.entries(pattern).every(([name, wanted]: [string, unknown]) => {
    const member = (value as Record<string, unknown>)[name];
    return Array.isArray(wanted) ? wanted.includes(member) : fits(wanted as object, member);
  });
}
