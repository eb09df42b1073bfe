/**
 * Goal: a page of another site that is open in a browser on this machine can neither read from nor change the local stack, whatever
 * port it tries. Method: every port that the stack's processes listen on is found, and asked as such a page could ask: plain requests
 * with its Origin, plain forms.
 */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { listeningPorts, processesOf } from '../../support/servers/listeners';
import { type DroverStack, startDroverStack } from '../../support/servers/stack';
import { Buckets } from '../../support/stack/buckets';

const ORIGIN = 'http://evil.example';
const CONTENT = 'of nobody but the owner of the key';
const PLANTED = 'planted';
/** A port that speaks something else than HTTP says nothing to such a request. */
const ANSWER_TIMEOUT_MS = 3_000;

const READ_PATHS = [
  '/',
  '/buckets/',
  '/buckets/shut/object.txt',
  '/shut/object.txt',
  '/shut?list-type=2',
  '/dir/assign',
  '/dir/lookup?volumeId=1',
  '/dir/lookup?collection=shut&volumeId=1&read=yes',
  '/vol/status',
  '/status',
  '/col/delete?collection=shut',
  '/api/v1/namespaces/default/workflows',
  '/api/jobs',
];
const WRITE_PATHS = [
  '/',
  `/${PLANTED}`,
  `/buckets/shut/${PLANTED}`,
  `/shut/${PLANTED}`,
  '/shut',
  '/submit',
  '/dir/assign',
  '/col/delete?collection=shut',
  `/api/v1/namespaces/default/workflows/${PLANTED}`,
  '/api/jobs',
];
/** What such a form can be: the types that a browser sends without asking the server first. */
const FORMS: readonly { readonly type?: string; readonly body: () => FormData | string }[] = [
  {
    body: () => {
      const form = new FormData();
      form.set('file', new Blob([PLANTED]), PLANTED);
      return form;
    },
  },
  { type: 'text/plain', body: () => JSON.stringify({ workflowType: { name: PLANTED }, taskQueue: { name: 'q' } }) },
];

let stack: DroverStack;
let buckets: Buckets;

beforeAll(async () => {
  stack = await startDroverStack();
  buckets = new Buckets(stack.s3Endpoint);
  await buckets.create('shut');
  await buckets.put('shut', 'object.txt', CONTENT);
});

afterAll(async () => {
  buckets?.close();
  await stack?.stop();
});

interface Request {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: FormData | string;
}

/** Undefined when no HTTP came back. */
async function ask(port: number, path: string, init: Request = {}): Promise<[Response, string] | undefined> {
  const headers = { ...init.headers, origin: ORIGIN };
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, headers, signal, redirect: 'manual' });
    return [response, await response.text()];
  } catch {
    return undefined;
  }
}

async function forEachPort(look: (port: number) => Promise<void>): Promise<void> {
  const ports = listeningPorts(processesOf(stack.home));
  // Where there is no /proc, those that are known.
  const known = [stack.ports.api, stack.ports.temporal, stack.ports.temporalUi];
  const s3 = Array.from({ length: 5 }, (_, index) => stack.ports.s3 + index).flatMap((port) => [port, port + 10_000]);
  if (ports.length > 0) expect(ports).toEqual(expect.arrayContaining([...known, ...s3]));
  await Promise.all((ports.length > 0 ? ports : [...known, ...s3]).map(look));
}

test('no port gives an object, or lets another site read its answers', async () => {
  const open: string[] = [];
  await forEachPort(async (port) => {
    for (const path of READ_PATHS) {
      const [response, text] = (await ask(port, path)) ?? [];
      const allowed = response?.headers.get('access-control-allow-origin');
      const readable = response?.ok === true && text !== '' && (allowed === '*' || allowed === ORIGIN);
      if (readable || text?.includes(CONTENT) === true) open.push(`${port}${path}`);
    }
  });
  expect(open).toEqual([]);
});

test('the store answers a page of another site with no leave to read, not even a request that is signed', async () => {
  const preflight = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization' };
  const [response] = (await ask(stack.ports.s3, '/shut/x', { method: 'OPTIONS', headers: preflight })) ?? [];
  expect(response?.headers.get('access-control-allow-origin')).toBeNull();
});

test('no port takes a plain form', async () => {
  const taken: string[] = [];
  await forEachPort(async (port) => {
    for (const path of WRITE_PATHS) {
      for (const { type, body } of FORMS) {
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type };
        const [response] = (await ask(port, path, { method: 'POST', headers, body: body() })) ?? [];
        // The status page of the store's master answers whatever is sent, and does nothing.
        const isStatusPage = path === '/' && port === stack.ports.s3 + 1;
        if (response?.ok === true && !isStatusPage) taken.push(`${port}${path}`);
      }
    }
  });
  expect(taken).toEqual([]);
  expect((await buckets.list('shut')).map(({ key }) => key)).toEqual(['object.txt']);
  expect((await buckets.get('shut', 'object.txt')).toString()).toBe(CONTENT);
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const described = new Client({ connection }).workflow.getHandle(PLANTED).describe();
  await expect(described).rejects.toThrow(/not found/i);
  await connection.close();
});

test("nobody but the user can read the stack's data", () => {
  const open = readdirSync(stack.home).filter((name) => (statSync(join(stack.home, name)).mode & 0o077) !== 0);
  expect(open).toEqual([]);
  const logs = readdirSync(join(stack.home, 'log')).map((name) => join(stack.home, 'log', name));
  expect(logs.filter((file) => (statSync(file).mode & 0o077) !== 0)).toEqual([]);
});
