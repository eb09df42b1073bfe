import cluster from 'node:cluster';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { passOn } from '../pass-on';
import { COPY_RESULT, readAnswer, STUB_PATH } from './stub-answer';

/** Stands in for nginx where that can't be had: `node stub-server.js <port> <port of the store>`. */

const [port = 0, upstreamPort = 0] = process.argv.slice(2).map(Number);

function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url = '' } = incoming;
  if (!STUB_PATH.test(url)) {
    passOn(incoming, outgoing, upstreamPort);
    return;
  }
  incoming.resume();
  const found = method === 'PUT' ? COPY_RESULT : readAnswer(method, url);
  if (found === undefined) outgoing.writeHead(404).end();
  else outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(found);
}

if (cluster.isPrimary) {
  for (let index = 0; index < Math.min(2, availableParallelism()); index++) cluster.fork();
} else {
  createServer({ keepAliveTimeout: 75_000 }, answer).listen(port, '127.0.0.1');
}
