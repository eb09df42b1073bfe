import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { LIMITS } from '../../../contracts/limits';
import type { UploadedManifest } from '../../api-client';
import { removedOnSignal } from '../../removed-on-signal';
import { UsageError } from '../../usage-error';

/** What the command line reads from, and sends manifests to. */
export interface SourceIo {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly putManifest: (body: () => AsyncIterable<Uint8Array>, sha256: string) => Promise<UploadedManifest>;
}

/** Sends a local file as a manifest. `what` is its name in messages. Throws `UsageError` for one that can't be read. */
export async function sendFile(file: string, what: string, io: SourceIo): Promise<UploadedManifest> {
  await checkSize(file, what);
  const hash = createHash('sha256');
  for await (const bytes of readFrom(file)) hash.update(bytes);
  return io.putManifest(() => readFrom(file), hash.digest('hex'));
}

/** Sends what can be read once: it lies in a temporary file meanwhile, for its hash comes first. */
export async function sendOnce(body: AsyncIterable<Uint8Array>, what: string, io: SourceIo): Promise<UploadedManifest> {
  const folder = await mkdtemp(join(tmpdir(), 'drover-manifest-'));
  const release = removedOnSignal(folder);
  try {
    const file = join(folder, 'manifest.csv');
    await pipeline(Readable.from(bounded(body, what)), createWriteStream(file, { mode: 0o600 }));
    return await sendFile(file, what, io);
  } finally {
    release();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function* readFrom(file: string): AsyncGenerator<Uint8Array> {
  try {
    for await (const bytes of createReadStream(file)) yield bytes as Uint8Array;
  } catch (error) {
    throw unreadable(file, error);
  }
}

async function checkSize(file: string, what: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => Promise.reject(unreadable(file, error)));
  if (found.isDirectory()) throw new UsageError(`${what} is a folder, not a file`);
  if (found.size === 0) throw new UsageError(`${what} is empty: a manifest has one row at least`);
  if (found.size > LIMITS.upload.bytesMax) throw tooLong(what);
}

async function* bounded(body: AsyncIterable<Uint8Array>, what: string): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const bytes of body) {
    total += bytes.length;
    if (total > LIMITS.upload.bytesMax) throw tooLong(what);
    yield bytes;
  }
}

function tooLong(what: string): UsageError {
  const most = LIMITS.upload.bytesMax / 1024 ** 3;
  return new UsageError(`${what} has more than ${most} GiB: put it into a bucket and name it by s3://bucket/key`);
}

function unreadable(file: string, error: unknown): UsageError {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new UsageError(`${file} cannot be read: ${code} (a manifest in a store is s3://bucket/key)`);
}
