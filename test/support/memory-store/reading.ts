/** How the in-memory store gives bodies: whole, in ranges, as a stream, with breaks and wrong bytes at will. */
import type { ObjectRef, ReadRange } from '../../../storage/object-store';
import { StoreError } from '../../../storage/store-error';
import type { MemoryObject } from './bucket';
import { notReadable, refusal } from './refusals';
import { isReadable } from './restore';

const STREAM_CHUNK_BYTES = 64 * 1024;

export class MemoryReading {
  /** Bodies that are yet to be spoiled. */
  readsToTamper = 0;
  writesToTamper = 0;
  private readonly breaks = new Map<string, number>();

  breakStream(bucket: string, key: string, afterBytes: number): void {
    this.breaks.set(`${bucket}/${key}`, afterBytes);
  }

  /** A copy of the bytes; refused where the object is archived or the range is behind its end. */
  content(object: MemoryObject, range: ReadRange | undefined, now: Date): Buffer {
    if (!isReadable(object, now)) throw notReadable();
    if (range !== undefined && range.start >= object.body.length) {
      throw refusal('InvalidRange', 416, 'The requested range is not satisfiable');
    }
    return Buffer.from(range === undefined ? object.body : object.body.subarray(range.start, range.end));
  }

  spoilRead(body: Buffer): void {
    if (this.readsToTamper === 0 || body.length === 0) return;
    this.readsToTamper -= 1;
    tamper(body);
  }

  spoilWrite(body: Buffer): void {
    if (this.writesToTamper === 0 || body.length === 0) return;
    this.writesToTamper -= 1;
    tamper(body);
  }

  stream(ref: ObjectRef, body: Buffer, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array> {
    const name = `${ref.bucket}/${ref.key}`;
    const breakAfter = this.breaks.get(name);
    this.breaks.delete(name);
    return stream(body, breakAfter, signal);
  }
}

export function rangeOf(header: string | undefined): ReadRange | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(header ?? '') ?? [];
  return last === undefined ? undefined : { start: Number(first), end: Number(last) + 1 };
}

function tamper(body: Buffer): void {
  const middle = body.length >> 1;
  body[middle] = (body[middle] ?? 0) ^ 1;
}

async function* stream(body: Buffer, breakAfter: number | undefined, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const end = Math.min(breakAfter ?? body.length, body.length);
  for (let start = 0; start < end; start += STREAM_CHUNK_BYTES) {
    await new Promise((go) => setImmediate(go));
    signal?.throwIfAborted();
    yield body.subarray(start, Math.min(start + STREAM_CHUNK_BYTES, end));
  }
  if (breakAfter !== undefined) throw new StoreError('ECONNRESET', 0, 'connection broke while the body was read');
}
