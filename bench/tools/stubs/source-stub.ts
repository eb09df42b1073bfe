import { createReadStream, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { type ListedShape, stubPage } from '../peers/listed-keys';

/**
 * A store with what a source needs: `node source-stub.js <port> <file>`. `/flat-<keys>-<delay in ms>` is a bucket that is listed, `/lists/…`
 * the file, and `/workspace/…` keeps what is put there, but for rows.
 */
const [port = '0', file = ''] = process.argv.slice(2);
const XML = { 'content-type': 'application/xml' };
const kept = new Map<string, Buffer>();

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = new URL(incoming.url ?? '', 'http://stub');
  const { pathname, searchParams } = url;
  const [, shape, keys, delayMs] = /^\/(flat|deep)-(\d+)-(\d+)\/?$/.exec(pathname) ?? [];
  if (shape !== undefined) {
    if (Number(delayMs) > 0) await delay(Number(delayMs));
    outgoing.writeHead(200, XML).end(stubPage(shape as ListedShape, Number(keys), searchParams));
  } else if (incoming.method === 'PUT') {
    const body = await buffer(incoming);
    if (!pathname.endsWith('.csv')) kept.set(pathname, body);
    outgoing.writeHead(200, { etag: '"stub"' }).end();
  } else if (pathname.startsWith('/lists/')) {
    outgoing.writeHead(200, { etag: '"stub"', 'content-length': String(statSync(file).size) });
    if (incoming.method === 'HEAD') outgoing.end();
    else createReadStream(file).pipe(outgoing);
  } else {
    give(outgoing, pathname);
  }
}

function give(outgoing: ServerResponse, path: string): void {
  const body = kept.get(path);
  if (path === '/healthz') outgoing.writeHead(200).end();
  else if (body) outgoing.writeHead(200, { etag: '"stub"', 'content-length': String(body.length) }).end(body);
  else outgoing.writeHead(404, XML).end('<Error><Code>NoSuchKey</Code><Message>none</Message></Error>');
}

createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
  answer(incoming, outgoing).catch(() => outgoing.destroy());
}).listen(Number(port), '127.0.0.1');
