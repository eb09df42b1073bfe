import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly socket: Socket;
}

/** Answers request number `index`, counted from 0. */
export type StubAnswer = (response: ServerResponse, request: SeenRequest, index: number) => void;

export interface HttpStoreStub {
  readonly endpoint: string;
  readonly requests: SeenRequest[];
  /** Connections opened so far. */
  connections(): number;
  close(): Promise<void>;
}

/** An HTTP server on a free port of this machine that answers as the test says; over TLS when it is given a certificate. */
export async function startHttpStoreStub(
  answer: StubAnswer,
  tls?: { readonly key: string; readonly cert: string },
): Promise<HttpStoreStub> {
  const requests: SeenRequest[] = [];
  let opened = 0;
  const onRequest: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('error', () => undefined);
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { method = '', url = '', headers, socket } = request;
      const seen: SeenRequest = { method, url, headers, body: Buffer.concat(pieces), socket };
      requests.push(seen);
      answer(response, seen, requests.length - 1);
    });
  };
  const server: Server = tls ? createTlsServer(tls, onRequest) : createServer(onRequest);
  server.on('connection', () => (opened += 1));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `${tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    requests,
    connections: () => opened,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export const COPY_RESULT =
  '<?xml version="1.0" encoding="UTF-8"?>\n<CopyObjectResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><ETag>&quot;d41d8cd98f00b204e9800998ecf8427e&quot;</ETag></CopyObjectResult>';

export function errorXml(code: string, message = 'It went wrong'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message><Key>k</Key><RequestId>4442587FB7D0A2F9</RequestId></Error>`;
}
