import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { passOn } from '../pass-on';
import { COPY_RESULT, STUB_PATH } from './stub-answer';
import { LARGE_OBJECT_BYTES, PART_COPY_MS } from './whole-stub-answers';

/**
 * A store and a function service that answer at once: `node whole-stub.js <port> <port of the store>`. Keys that begin with
 * `large/` are objects of 20 GiB, which can be copied in parts only, each part in the time a store takes for it. Everything
 * that is not for a `stub-…` bucket goes on to the store.
 */

const [port = 0, upstreamPort = 0] = process.argv.slice(2).map(Number);
const XML = { 'content-type': 'application/xml' };
const ETAG = '"0123456789abcdef0123456789abcdef"';
const counts = { partsCopied: 0, partsInFlight: 0, partsInFlightMax: 0, completed: 0, invocations: 0, tasksInvoked: 0 };

async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const url = incoming.url ?? '';
  if (url === '/stub-counts') outgoing.end(JSON.stringify(counts));
  else if (url.startsWith('/2015-03-31/functions/')) invoke(await bodyOf(incoming), outgoing);
  else if (STUB_PATH.test(url)) await store(incoming, url, outgoing);
  else passOn(incoming, outgoing, upstreamPort);
}

async function store(incoming: IncomingMessage, url: string, outgoing: ServerResponse): Promise<void> {
  const { method, headers } = incoming;
  const query = new URLSearchParams(url.slice(url.indexOf('?') >>> 0));
  const body = await bodyOf(incoming);
  if (method === 'POST' && query.has('delete')) outgoing.writeHead(200, XML).end(deleted(body));
  else if (method === 'POST' && query.has('uploads')) outgoing.writeHead(200, XML).end(upload());
  else if (method === 'POST') complete(outgoing);
  else if (method === 'HEAD') outgoing.writeHead(200, { etag: ETAG, 'content-length': sizeOf(url) }).end();
  else if (method === 'GET') outgoing.writeHead(200, XML).end('<Tagging><TagSet></TagSet></Tagging>');
  else if (method === 'DELETE') outgoing.writeHead(204).end();
  else if (query.has('partNumber')) await copyPart(outgoing);
  else if (headers['x-amz-copy-source'] !== undefined && isLarge(url)) outgoing.writeHead(400, XML).end(TOO_LARGE);
  else outgoing.writeHead(200, XML).end(COPY_RESULT);
}

/** A store takes its time for some 200 MiB; how many parts it is at work on tells whether they go side by side. */
async function copyPart(outgoing: ServerResponse): Promise<void> {
  counts.partsInFlight += 1;
  counts.partsInFlightMax = Math.max(counts.partsInFlightMax, counts.partsInFlight);
  await delay(PART_COPY_MS);
  counts.partsInFlight -= 1;
  counts.partsCopied += 1;
  outgoing
    .writeHead(200, XML)
    .end(`<CopyPartResult><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>${ETAG}</ETag></CopyPartResult>`);
}

function complete(outgoing: ServerResponse): void {
  counts.completed += 1;
  const result = '<CompleteMultipartUploadResult><ETag>"0123456789abcdef0123456789abcdef-100"</ETag>';
  outgoing.writeHead(200, XML).end(`${result}</CompleteMultipartUploadResult>`);
}

const TOO_LARGE =
  '<Error><Code>InvalidRequest</Code><Message>The specified copy source is larger than the maximum allowable size for a ' +
  'copy source: 5368709120</Message></Error>';

function upload(): string {
  return '<InitiateMultipartUploadResult><UploadId>upload</UploadId></InitiateMultipartUploadResult>';
}

function isLarge(url: string): boolean {
  return /^\/[^/]+\/(.*\/)?large\//.test(url);
}

function sizeOf(url: string): number {
  return isLarge(url) ? LARGE_OBJECT_BYTES : 1_024;
}

/** Every key of the request, as the store has taken it (API_DeleteObjects). */
function deleted(body: Buffer): string {
  const keys = body.toString('utf8').match(/<Key>[^<]*<\/Key>/g) ?? [];
  return `<DeleteResult>${keys.map((key) => `<Deleted>${key}</Deleted>`).join('')}</DeleteResult>`;
}

/** The answer of a function that is content with everything. */
function invoke(body: Buffer, outgoing: ServerResponse): void {
  const { invocationSchemaVersion, invocationId, tasks } = JSON.parse(body.toString('utf8')) as {
    readonly invocationSchemaVersion: string;
    readonly invocationId: string;
    readonly tasks: readonly { readonly taskId: string }[];
  };
  counts.invocations += 1;
  counts.tasksInvoked += tasks.length;
  const results = tasks.map(({ taskId }) => ({ taskId, resultCode: 'Succeeded', resultString: 'ok' }));
  const payload = { invocationSchemaVersion, treatMissingKeysAs: 'PermanentFailure', invocationId, results };
  outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(payload));
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of incoming) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

createServer({ keepAliveTimeout: 75_000 }, (incoming, outgoing) => {
  answer(incoming, outgoing).catch((error: unknown) => {
    outgoing.destroy(error instanceof Error ? error : undefined);
  });
}).listen(port, '127.0.0.1');
