import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Transform, type TransformCallback } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { listenOn, Onward, stopListening } from './forward';

export interface SlowReads {
  readonly url: string;
  /** Before the answer to each listing. */
  readonly listingDelayMs: number;
  /** Speed at which each object whose path has `/slow/` is sent. */
  readonly bytesPerSecond: number;
}

const PIECES_PER_SECOND = 10;

/** An HTTP proxy before a store, behind which reading what a job is to do takes its time. All else goes on as it came. */
export async function startSlowReads(
  target: string,
  speed: Omit<SlowReads, 'url'>,
): Promise<SlowReads & { readonly close: () => Promise<void> }> {
  const onward = new Onward(target);
  const server = await listenOn(0, (request: IncomingMessage, response: ServerResponse) => {
    const { method, url = '' } = request;
    const isSlow = method === 'GET' && url.includes('/slow/');
    const isListing = method === 'GET' && url.includes('list-type=2');
    const wait = isListing ? () => delay(speed.listingDelayMs) : undefined;
    onward.send(request, response, wait, isSlow ? trickle(speed.bytesPerSecond) : undefined);
  });
  return {
    ...speed,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      await stopListening(server);
      onward.close();
    },
  };
}

function trickle(bytesPerSecond: number): Transform {
  const pieceBytes = Math.ceil(bytesPerSecond / PIECES_PER_SECOND);
  const slowly = async (stream: Transform, chunk: Buffer): Promise<void> => {
    for (let start = 0; start < chunk.length && !stream.destroyed; start += pieceBytes) {
      await delay(1_000 / PIECES_PER_SECOND);
      stream.push(chunk.subarray(start, start + pieceBytes));
    }
  };
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      slowly(this, chunk).then(() => {
        done();
      }, done);
    },
  });
}
