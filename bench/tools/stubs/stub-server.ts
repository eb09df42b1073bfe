import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { passOn } from '../pass-on';
import { COPY_RESULT, STUB_PATH } from './stub-answer';

/** Stands in for nginx where that can't be had: `node stub-server.js <port> <port of the store>`. */

const [port = 0, upstreamPort = 0] = process.argv.slice(2).map(Number);

function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!STUB_PATH.test(incoming.url ?? '')) {
    passOn(incoming, outgoing, upstreamPort);
    return;
  }
  incoming.resume();
  if (incoming.method === 'PUT') outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(COPY_RESULT);
  else outgoing.writeHead(405).end();
}

if (cluster.isPrimary) {
  for (let index = 0; index < Math.min(2, availableParallelism()); index++) cluster.fork();
} else {
  createServer({ keepAliveTimeout: 75_000 }, answer).listen(port, '127.0.0.1');
}
