/** An HTTP proxy that gives the store behind it quirks. */
import { Agent, createServer, request as sendRequest, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { WireAnswer } from '../memory-store-http/answers';
import type { WireRequest } from '../memory-store-http/routes';
import { octetsKept } from '../memory-store-http/server';
import { stopListening } from '../servers/forward';
import type { Next, Quirk } from './quirk';

export interface QuirkyStore {
  readonly url: string;
  /** Requests that a quirk has answered, by its name. */
  readonly fired: ReadonlyMap<string, number>;
  /** All that arrived. */
  readonly requests: readonly WireRequest[];
  close(): Promise<void>;
}

/** Each connection's own. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding'];

/**
 * The first quirk that a request is for answers it; what it asks of the store goes through those behind it. Signatures stay as they came, so
 * that a rule which changes what is signed needs a store that does not look at them.
 */
export async function startQuirkyStore(target: string, quirks: readonly Quirk[]): Promise<QuirkyStore> {
  const agent = new Agent({ keepAlive: true });
  const fired = new Map<string, number>();
  const requests: WireRequest[] = [];
  const chain = quirks.reduceRight<Next>(
    (next, { name, rule }) => {
      const answer = rule();
      return (request) => {
        const own = answer(request, next);
        if (own) fired.set(name, (fired.get(name) ?? 0) + 1);
        return own ?? next(request);
      };
    },
    (request) => send(agent, target, request),
  );
  const server = createServer((incoming, response) => {
    const handle = async (): Promise<void> => {
      const body = await buffer(incoming);
      const { method = 'GET', url = '/' } = incoming;
      const [path = '/', query] = url.split('?');
      const headers = incoming.headers as Record<string, string>;
      const request = { method, path, query: new URLSearchParams(query), headers, body };
      requests.push(request);
      answerWith(response, await chain(request));
    };
    handle().catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fired,
    requests,
    close: async () => {
      await stopListening(server);
      agent.destroy();
    },
  };
}

function answerWith(response: ServerResponse, { status, headers, body }: WireAnswer): void {
  // Without a length the body goes in chunks.
  response.writeHead(status, octetsKept(headers));
  if (body.length > 0) response.write(body);
  response.end();
}

async function send(agent: Agent, target: string, request: WireRequest): Promise<WireAnswer> {
  const { hostname, port } = new URL(target);
  const { method, query, body } = request;
  const text = query.toString();
  const path = text === '' ? request.path : `${request.path}?${text}`;
  const headers = octetsKept({ ...withoutHops(request.headers), 'content-length': String(body.length) });
  return new Promise((resolve, reject) => {
    const onward = sendRequest({ agent, hostname, port, method, path, headers }, (answer) => {
      buffer(answer).then((bytes) => {
        const answered = withoutHops(answer.headers as Record<string, string>);
        resolve({ status: answer.statusCode ?? 502, headers: answered, body: bytes });
      }, reject);
    });
    onward.on('error', reject);
    // Given to `end`, the body would tell Node.js its length before the headers are written (`octetsKept`).
    if (body.length > 0) onward.write(body);
    onward.end();
  });
}

function withoutHops(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.includes(name)));
}
