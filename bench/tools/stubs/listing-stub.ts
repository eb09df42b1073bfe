import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { type ListedShape, stubPage } from '../peers/listed-keys';

/**
 * A store that has nothing but listings: `node listing-stub.js <port> <processes>`. The bucket's name says what is in it:
 * `<shape>-<keys>-<delay in ms>`.
 */

const [port = 0, processes = 1] = process.argv.slice(2).map(Number);
const XML = { 'content-type': 'application/xml' };

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '', 'http://stub');
  const [, shape, keys, delayMs] = /^\/(flat|deep)-(\d+)-(\d+)\/?$/.exec(url.pathname) ?? [];
  if (shape === undefined) {
    outgoing.writeHead(200).end();
    return;
  }
  if (Number(delayMs) > 0) await delay(Number(delayMs));
  outgoing.writeHead(200, XML).end(stubPage(shape as ListedShape, Number(keys), url.searchParams));
}

if (cluster.isPrimary) {
  for (let index = 0; index < processes; index++) cluster.fork();
} else {
  createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => void answer(incoming, outgoing)).listen(
    port,
    '127.0.0.1',
  );
}
