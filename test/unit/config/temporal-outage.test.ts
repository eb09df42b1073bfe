/**
 * Goal: while nobody listens where Temporal should be, a call fails at once, and a Temporal that is back is found within a
 * second or two. Method: the client's connection on a port that is closed and then opened.
 */
import { type AddressInfo, createServer, type Server } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { temporalClientOptions } from '../../../temporal/connection';

async function listening(port = 0): Promise<Server> {
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return server;
}

async function closedPort(): Promise<number> {
  const server = await listening();
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function call(connection: Connection): Promise<void> {
  await connection.withDeadline(Date.now() + 5_000, () => connection.workflowService.getSystemInfo({}));
}

test('a call is refused in less than the five seconds it may take, and a server that is back is found soon', async () => {
  const port = await closedPort();
  const connection = Connection.lazy(
    temporalClientOptions({ address: `127.0.0.1:${port}`, namespace: 'default', taskQueue: 'q' }),
  );
  const downUntil = performance.now() + 4_000;
  let slowestMs = 0;
  while (performance.now() < downUntil) {
    const began = performance.now();
    await expect(call(connection)).rejects.toThrow(/UNAVAILABLE|ECONNREFUSED|connection/i);
    slowestMs = Math.max(slowestMs, performance.now() - began);
    await wait(100);
  }
  expect(slowestMs).toBeLessThan(2_500);

  const server = await listening(port);
  const openedAt = performance.now();
  const found = new Promise<number>((resolve) =>
    server.once('connection', () => resolve(performance.now() - openedAt)),
  );
  await call(connection).catch(() => undefined);
  expect(await found).toBeLessThan(2_500);
  await connection.close();
  await new Promise((resolve) => server.close(resolve));
});
