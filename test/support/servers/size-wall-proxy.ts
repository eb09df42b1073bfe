import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defined } from '../../../contracts/defined';
import { listenOn, Onward, stopListening } from './forward';

/** A request of a copy, as the proxy saw it. */
export interface SeenCall {
  readonly call:
    'AbortMultipartUpload' | 'CompleteMultipartUpload' | 'CopyObject' | 'CreateMultipartUpload' | 'UploadPartCopy';
  readonly bucket: string;
  readonly key: string;
  /** Part number of an UploadPartCopy. */
  readonly part?: number;
  readonly uploadId?: string;
  /** Status of the store's answer, once it is there. */
  status?: number;
  /** The client has it. */
  answered?: boolean;
  /** The client was gone before it had it. */
  cutOff?: boolean;
}

export interface SizeWallProxy {
  readonly url: string;
  /** In the order of their arrival. */
  readonly calls: readonly SeenCall[];
  /**
   * These calls wait until they are released: before they reach the store, or with its answer. Those whose client is gone by
   * then come to nothing.
   */
  hold(matches: (call: SeenCall) => boolean, what?: 'request' | 'answer'): HeldCalls;
  close(): Promise<void>;
}

export interface HeldCalls {
  release(): void;
  /** Instead: breaks the connections of those that wait. */
  cut(): void;
}

export interface SizeWall {
  /** CopyObject refuses larger sources, as Amazon S3 does above 5 GiB. */
  readonly bytesMax: number;
  readonly sizeOf: (bucket: string, key: string) => Promise<number>;
}

interface Hold {
  readonly matches: (call: SeenCall) => boolean;
  readonly what: 'request' | 'answer';
  readonly waiting: Set<ServerResponse>;
  readonly released: Promise<void>;
}

/** An HTTP proxy that gives a store Amazon S3's limit of CopyObject, lowered, and that can stop a copy in parts at any request. */
export async function startSizeWallProxy(target: string, wall: SizeWall): Promise<SizeWallProxy> {
  const onward = new Onward(target);
  const calls: SeenCall[] = [];
  const holds: Hold[] = [];
  const isReleased = async (call: SeenCall, what: Hold['what'], response: ServerResponse): Promise<void> => {
    const found = holds.filter((hold) => hold.what === what && hold.matches(call));
    for (const { waiting } of found) waiting.add(response);
    await Promise.all(found.map(({ released }) => released));
  };
  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const seen = seenCall(request);
    if (seen === undefined) {
      onward.send(request, response);
      return;
    }
    calls.push(seen);
    response.once('close', () => {
      if (response.writableFinished) seen.answered = true;
      else seen.cutOff = true;
    });
    await isReleased(seen, 'request', response);
    if (response.destroyed) return;
    const source = seen.call === 'CopyObject' ? sourceOf(request) : undefined;
    if (source && (await wall.sizeOf(source.bucket, source.key)) > wall.bytesMax) {
      seen.status = 400;
      refuse(request, response);
      return;
    }
    onward.send(request, response, (status) => {
      seen.status = status;
      return isReleased(seen, 'answer', response);
    });
  };
  const server = await listenOn(0, (request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    hold: (matches, what = 'request') => {
      let open = (): void => undefined;
      const released = new Promise<void>((resolve) => (open = resolve));
      const hold: Hold = { matches, what, waiting: new Set(), released };
      holds.push(hold);
      const release = (): void => {
        holds.splice(holds.indexOf(hold), 1);
        open();
      };
      const cut = (): void => {
        for (const response of hold.waiting) response.destroy();
        release();
      };
      return { release, cut };
    },
    close: async () => {
      await stopListening(server);
      onward.close();
    },
  };
}

const AMAZONS_WORDS =
  'The specified copy source is larger than the maximum allowable size for a copy source: 5368709120';

function refuse(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.writeHead(400, { 'content-type': 'application/xml' });
  response.end(`<Error><Code>InvalidRequest</Code><Message>${AMAZONS_WORDS}</Message></Error>`);
}

function seenCall(request: IncomingMessage): SeenCall | undefined {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://any');
  const isCopy = request.headers['x-amz-copy-source'] !== undefined;
  const uploadId = searchParams.get('uploadId') ?? undefined;
  const call = callOf(request.method ?? '', isCopy, uploadId !== undefined, searchParams.has('uploads'));
  if (call === undefined) return undefined;
  const part = searchParams.get('partNumber');
  return {
    call,
    ...split(decodeURIComponent(pathname)),
    ...(part !== null && { part: Number(part) }),
    ...defined({ uploadId }),
  };
}

function callOf(method: string, isCopy: boolean, ofUpload: boolean, uploads: boolean): SeenCall['call'] | undefined {
  if (method === 'PUT' && isCopy) return ofUpload ? 'UploadPartCopy' : 'CopyObject';
  if (method === 'POST' && uploads) return 'CreateMultipartUpload';
  if (method === 'POST' && ofUpload) return 'CompleteMultipartUpload';
  return method === 'DELETE' && ofUpload ? 'AbortMultipartUpload' : undefined;
}

function sourceOf(request: IncomingMessage): { bucket: string; key: string } {
  const [source = ''] = String(request.headers['x-amz-copy-source']).split('?');
  return split(`/${decodeURIComponent(source)}`);
}

/** `/bucket/key` */
function split(path: string): { bucket: string; key: string } {
  const [, bucket = '', ...key] = path.split('/');
  return { bucket, key: key.join('/') };
}
