import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { DroverError } from '../contracts/engine/failures';

/**
 * Connections whose request may take longer than the server lets requests take: Node knows one time limit for all. They have a
 * limit of their own.
 */
const uploading = new WeakSet<Duplex>();

export function isLongUpload(socket: Duplex): boolean {
  return uploading.has(socket);
}

export interface UploadTimes {
  /** Between two pieces of the body. */
  readonly idleMs: number;
  readonly totalMs: number;
}

/** The body of a request that may take longer. The iteration rejects with BadRequestException when it is late, or breaks off. */
export async function* longUpload(request: IncomingMessage, times: UploadTimes): AsyncGenerator<Uint8Array> {
  const { socket } = request;
  uploading.add(socket);
  const endAt = Date.now() + times.totalMs;
  // What is left of a body that is refused is read and forgotten by others.
  const pieces = request.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>;
  try {
    for (;;) {
      const next = await inTime(pieces.next(), Math.min(times.idleMs, endAt - Date.now()));
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    uploading.delete(socket);
    // Not waited for: it comes after the piece that is late.
    pieces.return?.().catch(() => undefined);
  }
}

async function inTime<Answer>(answer: Promise<Answer>, timeoutMs: number): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new DroverError('BadRequestException', 'The body did not arrive in time')),
      Math.max(timeoutMs, 0),
    );
  });
  try {
    return await Promise.race([answer, late]);
  } catch (error) {
    if (error instanceof DroverError) throw error;
    throw new DroverError('BadRequestException', 'The body did not arrive as announced', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
