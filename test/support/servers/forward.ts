import {
  Agent,
  createServer,
  type IncomingMessage,
  request as sendRequest,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';

/** Hands requests on to a store as they came, Host included, for that is signed. */
export class Onward {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 256 });

  constructor(private readonly target: string) {}

  /** `answered` is told the status, and may hold the answer back; `through`: the way of its body. */
  send(
    request: IncomingMessage,
    response: ServerResponse,
    answered?: (status: number) => Promise<void>,
    through?: Duplex,
  ): void {
    const { hostname, port } = new URL(this.target);
    const { method, url: path, rawHeaders: headers } = request;
    const options = { agent: this.agent, hostname, port, method, path, headers, setHost: false };
    const onward = sendRequest(options, (answer) => {
      const status = answer.statusCode ?? 502;
      const handOn = (): void => {
        if (response.destroyed) {
          answer.resume();
          return;
        }
        response.writeHead(status, answer.rawHeaders);
        (through ? answer.pipe(through) : answer).pipe(response);
      };
      if (answered) void answered(status).then(handOn);
      else handOn();
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  }

  close(): void {
    this.agent.destroy();
  }
}

/** On the loopback interface; port 0 is any that is free. */
export async function listenOn(port: number, handle: RequestListener): Promise<Server> {
  const server = createServer(handle);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

/** Open connections are cut. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}
