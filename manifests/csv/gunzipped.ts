import type { TransformOptions } from 'node:stream';
import { createGunzip, type Gunzip, type ZlibOptions } from 'node:zlib';
import { DroverError } from '../../contracts/engine/failures';

/** RFC 1952, "Member header": no UTF-8 text has the second of them at this place. */
const MAGIC = [0x1f, 0x8b] as const;
/** As large as the scanner's pieces: with the usual 16 KiB, handing over would cost more than inflating. */
const CHUNK_BYTES = 1024 * 1024;
/** Inflated in a thread of its own while the reader is busy, and read before that: then neither waits for the other. */
const AHEAD_BYTES = 4 * CHUNK_BYTES;
const STREAM_OPTIONS: ZlibOptions & TransformOptions = { chunkSize: CHUNK_BYTES, highWaterMark: AHEAD_BYTES };

/** A body whose first bytes have been looked at, and are still to be read. Leaving it leaves the body it is made of. */
export interface SniffedBody {
  readonly isGzip: boolean;
  /** As it came, compressed or not. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** Whether a body is gzip, which its first two bytes tell, not its name. */
export async function sniffGzip(body: AsyncIterable<Uint8Array>): Promise<SniffedBody> {
  const source = body[Symbol.asyncIterator]();
  const opening = await readOpening(source);
  return { isGzip: opening[0] === MAGIC[0] && opening[1] === MAGIC[1], body: joined(opening, source) };
}

/**
 * The bytes of a file that may be compressed by gzip. Several members, one after the other, are one text. At most some
 * megabytes are held, so that a small file that inflates to a huge one costs time and no memory.
 *
 * Rejects with `InvalidManifestContent`, which names `file` (as `s3://bucket/key`), for damaged data, a file that is cut
 * off, and bytes after its end; with what `body` rejects with.
 */
export async function* gunzipped(
  body: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const sniffed = await sniffGzip(body);
  yield* sniffed.isGzip ? inflated(sniffed.body, file) : sniffed.body;
}

/** At least two bytes, unless there are fewer. */
async function readOpening(source: AsyncIterator<Uint8Array>): Promise<Uint8Array> {
  let opening: Uint8Array = new Uint8Array(0);
  while (opening.length < MAGIC.length) {
    const next = await source.next();
    if (next.done === true) break;
    opening = opening.length === 0 ? next.value : Buffer.concat([opening, next.value]);
  }
  return opening;
}

async function* joined(opening: Uint8Array, source: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    if (opening.length > 0) yield opening;
    for (let next = await source.next(); next.done !== true; next = await source.next()) yield next.value;
  } finally {
    await source.return?.();
  }
}

/** The text of a body that is known to be gzip; rejects like `gunzipped`. */
export async function* inflated(
  body: AsyncIterable<Uint8Array>,
  file: string,
): AsyncGenerator<Uint8Array, void, undefined> {
  const gunzip = createGunzip(STREAM_OPTIONS);
  const feed = feedInto(gunzip, body);
  try {
    // What the body rejects with ends the stream, and comes out of it as it is.
    yield* gunzip as AsyncIterable<Uint8Array>;
    const unread = (await feed) - gunzip.bytesWritten;
    if (unread > 0) throw damaged(file, `${unread} bytes that are not gzip follow after its end`);
  } catch (error) {
    throw isZlibError(error) ? damaged(file, explain(error)) : error;
  } finally {
    gunzip.destroy();
  }
}

/** Resolves to the bytes fed when all are taken; never rejects, for the stream tells of errors. Leaves the body with the stream. */
async function feedInto(gunzip: Gunzip, body: AsyncIterable<Uint8Array>): Promise<number> {
  let fed = 0;
  try {
    for await (const chunk of body) {
      if (isLeft(gunzip)) return fed;
      fed += chunk.length;
      if (!gunzip.write(chunk) && !isLeft(gunzip)) await drained(gunzip);
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy(error as Error);
  }
  return fed;
}

/** It changes while the body is waited for. */
function isLeft(gunzip: Gunzip): boolean {
  return gunzip.destroyed;
}

/** Resolves also when the stream is closed instead. */
function drained(gunzip: Gunzip): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      gunzip.off('drain', done).off('close', done);
      resolve();
    };
    gunzip.on('drain', done).on('close', done);
  });
}

function isZlibError(error: unknown): error is Error & { readonly code: string } {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' && code.startsWith('Z_');
}

function explain({ code, message }: { readonly code: string; readonly message: string }): string {
  return code === 'Z_BUF_ERROR' ? 'it is cut off' : message;
}

function damaged(file: string, reason: string): DroverError {
  return new DroverError('InvalidManifestContent', `${file} is gzip that can't be read: ${reason}`);
}
