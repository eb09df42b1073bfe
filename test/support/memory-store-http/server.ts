/** The in-memory store behind HTTP: what clients, gateways and proxies do to requests and answers can be tried on it. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { StoreError } from '../../../storage/store-error';
import type { MemoryStore } from '../memory-store/store';
import { stopListening } from '../servers/forward';
import { errorAnswer, type WireAnswer } from './answers';
import { CALLS } from './calls';
import { inputOf } from './input';
import { bucketAndKey, callOf, type WireRequest } from './routes';

export interface ServedStore {
  readonly url: string;
  close(): Promise<void>;
}

/** Signatures are not looked at. */
export async function serveMemoryStore(store: MemoryStore): Promise<ServedStore> {
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const url = new URL(request.url ?? '/', 'http://store');
      // URL resolves dots in paths, which are plain characters of a key.
      const [path = ''] = (request.url ?? '/').split('?');
      const { method = 'GET' } = request;
      const headers = request.headers as Record<string, string>;
      void answerOf(store, { method, path, query: url.searchParams, headers, body: Buffer.concat(pieces) }).then(
        ({ status, headers: answered, body }) => {
          const length = { 'content-length': String(body.length) };
          response.writeHead(status, octetsKept({ 'x-amz-request-id': 'memory', ...length, ...answered }));
          response.end(body);
        },
        () => response.destroy(),
      );
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => stopListening(server) };
}

/** Node.js decodes a Content-Disposition that comes after Content-Length, instead of sending its octets. */
export function octetsKept(headers: Readonly<Record<string, string>>): Record<string, string> {
  const { 'content-length': length, ...others } = headers;
  return length === undefined ? others : { ...others, 'content-length': length };
}

/** Rejects for a defect of the store. */
export async function answerOf(store: MemoryStore, request: WireRequest): Promise<WireAnswer> {
  try {
    const schema = callOf(request);
    const call = CALLS[schema[2]];
    if (call === undefined) throw new Error(`${schema[2]} has no row in CALLS`);
    return await call(store, (await inputOf(schema, request)) as never);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    const answer = errorAnswer(error, request.method === 'HEAD');
    return { ...answer, headers: { ...answer.headers, ...markerHeaders(store, request, error) } };
  }
}

/** How S3 tells that a delete marker is there ("Working with delete markers", S3 user guide). */
function markerHeaders(store: MemoryStore, { path, query }: WireRequest, error: StoreError): Record<string, string> {
  if (error.httpStatus !== 404 && error.httpStatus !== 405) return {};
  const { bucket, key } = bucketAndKey(path);
  const versions = safely(() => store.versions(bucket, key)) ?? [];
  const id = query.get('versionId');
  const version = id === null ? versions.at(-1) : versions.find(({ versionId }) => versionId === id);
  return version?.deleteMarker ? { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId } : {};
}

function safely<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
