/**
 * Goal: an API that is told to stop ends its requests under way, takes no others, and is gone at once. Method: the API's own server, over
 * connections that are kept alive, with answers that come when the test says so.
 */
import { Agent, get, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import pino from 'pino';
import { closeApiServer, createApiServer } from '../../../api/server';

const agent = new Agent({ keepAlive: true });
let server: Server;
let port: number;
let asked: (response: ServerResponse) => void;

beforeEach(async () => {
  server = createApiServer((_request, response) => asked(response), pino({ enabled: false }));
  // The server would wait for the next request of a connection for ever.
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  ({ port } = server.address() as AddressInfo);
});

afterEach(() => {
  agent.destroy();
  server.closeAllConnections();
});

/** A request that the server has got: its answer, and what the server can write of it. */
async function underWay(): Promise<{ answer: Promise<IncomingMessage>; response: ServerResponse }> {
  const received = new Promise<ServerResponse>((resolve) => (asked = resolve));
  return { answer: ask(), response: await received };
}

function ask(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent }, resolve).once('error', reject);
  });
}

test('a request under way is answered, and its connection is not waited for afterwards', async () => {
  const { answer, response } = await underWay();
  // Longer than a test may take.
  const closing = closeApiServer(server, 60_000);
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  response.end('done');
  expect(await text(await answer)).toBe('done');
  await closing;
});

test('an answer that takes longer is cut', async () => {
  const { answer, response } = await underWay();
  response.write('a part');
  const body = text(await answer);
  await Promise.all([closeApiServer(server, 50), expect(body).rejects.toThrow('aborted')]);
});

test('a connection that waits for its next request is closed at once', async () => {
  const { answer, response } = await underWay();
  response.end('done');
  await text(await answer);
  await closeApiServer(server, 60_000);
  await expect(ask()).rejects.toThrow();
});
