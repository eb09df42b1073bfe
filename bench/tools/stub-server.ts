import cluster from 'node:cluster';
import { Agent, createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { availableParallelism } from 'node:os';
import { COPY_RESULT, STUB_PATH } from './stub-answer';

/** Stands in for nginx where that can't be had: `node stub-server.js <port> <port of the store>`. */

const [port = 0, upstreamPort = 0] = process.argv.slice(2).map(Number);
const agent = new Agent({ keepAlive: true });

function answer(incoming: IncomingMessage, outgoing: ServerResponse): void {
  if (!STUB_PATH.test(incoming.url ?? '')) {
    pass(incoming, outgoing);
    return;
  }
  incoming.resume();
  if (incoming.method === 'PUT') outgoing.writeHead(200, { 'content-type': 'application/xml' }).end(COPY_RESULT);
  else outgoing.writeHead(405).end();
}

/** Headers go on unchanged, the Host among them, because they are signed. */
function pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, url, headers } = incoming;
  const onward = request({ host: '127.0.0.1', port: upstreamPort, method, path: url, headers, agent }, (answered) => {
    outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(outgoing);
  });
  onward.on('error', () => {
    if (!outgoing.headersSent) outgoing.writeHead(502);
    outgoing.end();
  });
  incoming.pipe(onward);
}

if (cluster.isPrimary) {
  for (let index = 0; index < Math.min(2, availableParallelism()); index++) cluster.fork();
} else {
  createServer({ keepAliveTimeout: 75_000 }, answer).listen(port, '127.0.0.1');
}
