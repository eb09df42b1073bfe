import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listedKey, listedPage, type ListedShape } from './listed-keys';

/**
 * A store that has nothing but listings: `node listing-stub.js <port> <processes>`. The bucket's name says what is in it:
 * `<shape>-<keys>-<delay in ms>`.
 */

const [port = 0, processes = 1] = process.argv.slice(2).map(Number);
const PAGE_KEYS = 1_000;
const XML = { 'content-type': 'application/xml' };

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '', 'http://stub');
  const [, shape, keys, delayMs] = /^\/(flat|deep)-(\d+)-(\d+)\/?$/.exec(url.pathname) ?? [];
  if (shape === undefined) {
    outgoing.writeHead(200).end();
    return;
  }
  if (Number(delayMs) > 0) await delay(Number(delayMs));
  outgoing.writeHead(200, XML).end(page(shape as ListedShape, Number(keys), url.searchParams));
}

function page(shape: ListedShape, keys: number, query: URLSearchParams): string {
  const after = query.get('continuation-token') ?? query.get('start-after') ?? '';
  const first = after === '' ? 0 : countUpTo(shape, keys, after);
  const last = Math.min(keys, first + Math.min(PAGE_KEYS, Number(query.get('max-keys') ?? PAGE_KEYS)));
  return listedPage(shape, keys, first, last);
}

/** How many of the keys are not behind `after`. Keys are of ASCII. */
function countUpTo(shape: ListedShape, keys: number, after: string): number {
  let low = 0;
  let high = keys;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (listedKey(shape, keys, middle) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

if (cluster.isPrimary) {
  for (let index = 0; index < processes; index++) cluster.fork();
} else {
  createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => void answer(incoming, outgoing)).listen(
    port,
    '127.0.0.1',
  );
}
