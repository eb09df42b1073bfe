/**
 * Goal: the proxy does what each fault says, in the order that makes it that fault, and leaves a request alone after three in a
 * row. Method: a server that counts what reaches it, and plain HTTP requests through the proxy.
 */
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FaultProxy, seenWrite, startFaultProxy } from '../../chaos/fault-proxy';
import { Random } from '../../chaos/random';
import type { FaultKind } from '../../chaos/script';
import { listenOn, stopListening } from '../../support/servers/forward';

const BODY = 'the answer of the store';

let store: Server;
let proxy: FaultProxy;
let reached: string[];

beforeEach(async () => {
  reached = [];
  store = await listenOn(0, (request, response) => {
    reached.push(`${request.method} ${request.url}`);
    response.end(BODY);
  });
  proxy = await startFaultProxy(`http://127.0.0.1:${(store.address() as AddressInfo).port}`, new Random(1));
});

afterEach(async () => {
  await proxy.close();
  await stopListening(store);
});

async function put(headers: Record<string, string> = {}): Promise<{ status?: number; text?: string }> {
  try {
    const answer = await fetch(`${proxy.url}/bucket/key%20one`, { method: 'PUT', body: 'content', headers });
    return { status: answer.status, text: await answer.text() };
  } catch {
    return {};
  }
}

async function withFault(fault: FaultKind, headers?: Record<string, string>) {
  proxy.misbehave([{ fault, share: 1 }]);
  const answer = await put(headers);
  return { ...answer, effect: reached.length > 0 };
}

test('without faults everything passes, and what changes something is written down', async () => {
  expect(await put()).toEqual({ status: 200, text: BODY });
  await fetch(`${proxy.url}/bucket?list-type=2`);
  expect(proxy.writes).toEqual([{ at: expect.any(Number), method: 'PUT', objects: ['bucket/key one'] }]);
  expect(reached).toEqual(['PUT /bucket/key%20one', 'GET /bucket?list-type=2']);
});

test.each<[FaultKind, object]>([
  ['unavailable', { status: 503, text: expect.stringContaining('<Code>SlowDown</Code>'), effect: false }],
  ['errorAfterEffect', { status: 500, text: expect.stringContaining('<Code>InternalError</Code>'), effect: true }],
  ['resetBefore', { effect: false }],
  ['resetAfter', { effect: true }],
  ['cutAnswer', { effect: true }],
])('%s', async (fault, wanted) => {
  expect(await withFault(fault)).toEqual(wanted);
});

test('errorIn200 is for copies, which have no effect then; others pass', async () => {
  expect(await withFault('errorIn200', { 'x-amz-copy-source': 'a/b' })).toMatchObject({ status: 200, effect: false });
  expect(await withFault('errorIn200')).toEqual({ status: 200, text: BODY, effect: true });
});

test('a request has three faults in a row at most', async () => {
  proxy.misbehave([{ fault: 'unavailable', share: 1 }]);
  const statuses = [];
  for (let times = 0; times < 5; times += 1) statuses.push((await put()).status);
  expect(statuses).toEqual([503, 503, 503, 200, 503]);
});

test.each<[FaultKind, number | undefined]>([
  ['errorEveryTime', 500],
  ['resetEveryTime', undefined],
])('%s: always the same objects, each time, and the store has done it', async (fault, status) => {
  proxy.misbehave([{ fault, share: 0.5 }]);
  const put = (key: string) =>
    fetch(`${proxy.url}/chaos-source/${key}`, { method: 'PUT', body: 'x' }).then(
      (answer) => answer.status,
      () => undefined,
    );
  const keys = Array.from({ length: 30 }, (_, index) => `cow-${index}`);
  const first = await Promise.all(keys.map(put));
  const cursed = keys.filter((_, index) => first[index] === status);
  expect(cursed.length).toBeGreaterThan(5);
  expect(cursed.length).toBeLessThan(25);
  for (let times = 0; times < 5; times += 1) {
    expect(new Set(await Promise.all(cursed.map(put)))).toEqual(new Set([status]));
  }
  expect(reached).toHaveLength(keys.length + 5 * cursed.length);
});

test('of a bulk delete, each key is written down', () => {
  const body = Buffer.from('<Delete><Object><Key>a&amp;b</Key></Object><Object><Key>c d</Key></Object></Delete>');
  expect(seenWrite({ method: 'POST', url: '/bucket/?delete' }, body)?.objects).toEqual(['bucket/a&b', 'bucket/c d']);
  expect(seenWrite({ method: 'GET', url: '/bucket/key' }, body)).toBeUndefined();
});
