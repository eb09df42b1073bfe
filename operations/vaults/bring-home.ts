import { hash } from 'node:crypto';
import type { Task } from '../../contracts/engine/outcome';
import { LIMITS } from '../../contracts/limits';
import { pieceBytesFor, treeHash, treeHashOfPieces } from '../../storage/glacier/tree-hash';
import type {
  CreateMultipartUploadInput,
  ListPartsInput,
  ObjectProperties,
  ReadRange,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import type { JobOutput } from '../../storage/vaults';
import { isInterruption, RowUpload, type UploadRef } from '../copying/in-parts/multipart-upload';
import { cutParts } from '../copying/in-parts/parts';
import type { OperationContext } from '../operation';
import type { ArchiveRow } from './archive-row';
import { type Home, METADATA } from './home';

/** An archive whose retrieval has ended, and where it goes. */
export interface Delivery {
  readonly context: Pick<OperationContext, 'vaults' | 'storeFor' | 'uploads' | 'notes' | 'transfer'>;
  readonly task: Task;
  readonly archive: ArchiveRow;
  readonly retrievalId: string;
  readonly bytes: number;
  /** The whole archive's. */
  readonly treeHash: string;
  readonly home: Home;
  readonly storageClass: string | undefined;
  /** What came is kept although its hash is wrong. */
  readonly unchecked?: true;
}

/** The bytes are not those that the service has a hash of. */
export class TreeHashMismatch extends Error {}

interface Piece {
  readonly output: JobOutput;
  /** Gives its memory back; once is enough. */
  readonly release: () => void;
}

/**
 * Reads an archive in ranges that have tree hashes of their own, checks each and the whole, and stores it: in one piece, or
 * by a multipart upload whose parts are the ranges. What a former attempt has stored is kept. Rejects with
 * `TreeHashMismatch`, and with `StoreError`.
 */
export async function bringHome(delivery: Delivery, signal: AbortSignal): Promise<void> {
  const pieces = piecesOf(delivery);
  if (pieces.length === 1) return storeWhole(delivery, pieces[0] as ReadRange, signal);
  const description = await knownDescription(delivery);
  const first = description === undefined ? await held(delivery, pieces[0] as ReadRange, signal) : undefined;
  try {
    if (first) await delivery.context.notes.write(delivery.task.row, { description: descriptionOf(first.output) });
    await storeParts(delivery, pieces, first, description ?? descriptionOf(first?.output), signal);
  } finally {
    first?.release();
  }
}

/** Throws `StoreError`. Exported for the tests. */
export function piecesOf({ bytes, context }: Pick<Delivery, 'bytes' | 'context'>): readonly ReadRange[] {
  if (bytes > LIMITS.copy.transferObjectBytesMax) {
    const most = `${LIMITS.copy.transferObjectBytesMax / 1024 ** 4} TiB`;
    throw new StoreError('EntityTooLarge', 400, `The archive has ${bytes} bytes: an object has at most ${most}`);
  }
  const { rangesAim, rangeBytesAimMax } = LIMITS.retrieval;
  const wanted = Math.min(bytes / rangesAim, rangeBytesAimMax);
  const least = Math.max(context.transfer.multipartPartBytes, Math.ceil(bytes / LIMITS.multipart.partsMax));
  return cutParts(bytes, pieceBytesFor(Math.max(least, wanted)));
}

async function storeWhole(delivery: Delivery, range: ReadRange, signal: AbortSignal): Promise<void> {
  const { home } = delivery;
  const { output, release } = await held(delivery, range, signal);
  try {
    checkWhole(delivery, treeHash(output.body));
    const request = {
      ...requestOf(delivery, descriptionOf(output)),
      Body: output.body,
      ContentMD5: md5Of(output.body),
    };
    await home.store.putObject({ ...request, ...onlyIfNew(delivery) }, { signal });
  } finally {
    release();
  }
}

/** Notes of the row's former attempts: what its archive is described as, and the tree hashes of parts that were sent. */
async function knownDescription({ context, task }: Delivery): Promise<string | undefined> {
  const notes = await context.notes.find(task.row);
  return notes.map(({ description }) => description).find((text) => typeof text === 'string');
}

async function storeParts(
  delivery: Delivery,
  pieces: readonly ReadRange[],
  first: Piece | undefined,
  description: string,
  signal: AbortSignal,
): Promise<void> {
  const { home, context, task, bytes } = delivery;
  const upload = new RowUpload({
    target: home.store,
    request: requestOf(delivery, description),
    source: sourceOf(delivery),
    partBytes: (pieces[0] as ReadRange).end,
    row: task.row,
    context,
  });
  const left = await upload.leftover(signal);
  const { ref, begunAt } = left
    ? { ref: upload.ref(left.uploadId), begunAt: new Date(left.begunAt) }
    : await upload.begin(signal);
  try {
    const parts = left ? await partsLeft(delivery, ref, pieces, signal) : new Map<number, SentPart>();
    // One after the other: a worker that dies costs one range.
    for (const [index, range] of pieces.entries()) {
      const number = index + 1;
      if (parts.has(number)) continue;
      signal.throwIfAborted();
      const ready = index === 0 ? first : undefined;
      parts.set(number, await sendPart(delivery, ref, number, range, ready, signal));
    }
    const sent = pieces.map((_, index) => parts.get(index + 1) as SentPart);
    checkWhole(delivery, treeHashOfPieces(sent.map((part) => part.treeHash)));
    const Parts = sent.map(({ ETag }, index) => ({ PartNumber: index + 1, ETag: `"${ETag}"` }));
    const completion = { MultipartUpload: { Parts }, MpuObjectSize: bytes, ...onlyIfNew(delivery) };
    const expected = { parts: sent.length, etags: sent.map(({ ETag }) => ETag), begunAt };
    await upload.complete(ref, completion, expected, signal);
    await upload.forget();
  } catch (error) {
    // An output that has expired is asked for again: the parts are kept for that.
    const isGone = error instanceof StoreError && error.code === 'ResourceNotFoundException';
    if (error instanceof TreeHashMismatch || !(isGone || isInterruption(error, signal))) {
      await upload.giveUp(ref, signal);
    }
    throw error;
  }
}

interface SentPart {
  readonly ETag: string;
  readonly treeHash: string;
}

/** Parts that the store has and whose tree hash is noted: of each, what it was sent is known to be right. */
async function partsLeft(
  { home, context, task }: Delivery,
  upload: UploadRef,
  pieces: readonly ReadRange[],
  signal: AbortSignal,
): Promise<Map<number, SentPart>> {
  const notes = await context.notes.find(task.row);
  const hashes = new Map<number, string>();
  for (const { uploadId, part, treeHash: noted } of notes) {
    if (uploadId === upload.UploadId && typeof noted === 'string') hashes.set(Number(part), noted);
  }
  const found = new Map<number, SentPart>();
  let next: Pick<ListPartsInput, 'PartNumberMarker'> | undefined = {};
  while (next) {
    const page = await home.store.listParts({ ...upload, ...next }, { signal });
    for (const { partNumber: number, size, etag } of page.parts) {
      const range = pieces[number - 1];
      const noted = hashes.get(number);
      if (noted !== undefined && range && size === range.end - range.start) {
        found.set(number, { ETag: etag, treeHash: noted });
      }
    }
    next = page.next;
  }
  return found;
}

async function sendPart(
  delivery: Delivery,
  upload: UploadRef,
  number: number,
  range: ReadRange,
  ready: Piece | undefined,
  signal: AbortSignal,
): Promise<SentPart> {
  const { context, home, task } = delivery;
  const { output, release } = ready ?? (await held(delivery, range, signal));
  try {
    const { body } = output;
    const ofPart = treeHash(body);
    const stored = await home.store.uploadPart(
      { ...upload, PartNumber: number, Body: body, ContentMD5: md5Of(body) },
      { signal },
    );
    await context.notes.write(task.row, { uploadId: upload.UploadId, part: number, treeHash: ofPart });
    return { ETag: stored.etag, treeHash: ofPart };
  } finally {
    // Before the next is taken: archives that hold one and wait for another would wait for each other.
    release();
  }
}

/** A range in memory, with the hash that the service gives it; read once more when it has another. To be released. */
async function held(delivery: Delivery, range: ReadRange, signal: AbortSignal): Promise<Piece> {
  const { memory } = delivery.context.transfer;
  const bytes = range.end - range.start;
  await memory.take(bytes, signal);
  let isHeld = true;
  const release = (): void => {
    if (isHeld) memory.release(bytes);
    isHeld = false;
  };
  try {
    const output = (await read(delivery, range, signal)) ?? (await readAgain(delivery, range, signal));
    return { output, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** Undefined when the bytes have another hash than the service gives them. */
async function read(
  { context, archive, retrievalId, bytes, unchecked }: Delivery,
  range: ReadRange,
  signal: AbortSignal,
): Promise<JobOutput | undefined> {
  // All of it goes without a range: servers that know none give it, too.
  const part = range.end - range.start === bytes ? undefined : range;
  const output = await context.vaults.jobOutput(archive.vault, retrievalId, part, { signal });
  if (output.body.byteLength !== range.end - range.start) {
    const text = `The archive has ${bytes} bytes by its retrieval, and ${output.body.byteLength} came`;
    throw new StoreError('InvalidAnswer', output.httpStatus, text);
  }
  const isRight = unchecked || output.treeHash === undefined || output.treeHash === treeHash(output.body);
  return isRight ? output : undefined;
}

async function readAgain(delivery: Delivery, range: ReadRange, signal: AbortSignal): Promise<JobOutput> {
  const output = await read(delivery, range, signal);
  if (output) return output;
  const where = `bytes ${range.start} to ${range.end - 1}`;
  throw new TreeHashMismatch(`The SHA-256 tree hash of ${where} is not the one that the service gives them, twice`);
}

function checkWhole({ treeHash: expected, unchecked }: Delivery, found: string): void {
  if (unchecked || found === expected) return;
  throw new TreeHashMismatch(`The SHA-256 tree hash of what came is ${found}, that of the archive is ${expected}`);
}

function onlyIfNew({ unchecked }: Delivery): { readonly IfNoneMatch?: '*' } {
  return unchecked ? {} : { IfNoneMatch: '*' };
}

/** What the target is to be. */
function requestOf(
  { home, archive, treeHash: hashOfAll, storageClass, unchecked }: Delivery,
  description: string,
): CreateMultipartUploadInput {
  return {
    Bucket: home.bucket,
    Key: home.key,
    Metadata: {
      [METADATA.vault]: archive.vault,
      [METADATA.archiveId]: archive.archiveId,
      ...(archive.createdAt && { [METADATA.createdAt]: archive.createdAt }),
      [unchecked ? METADATA.wrongTreeHash : METADATA.treeHash]: hashOfAll,
      ...(description !== '' && { [METADATA.description]: description }),
    },
    ...(storageClass && { StorageClass: storageClass as NonNullable<CreateMultipartUploadInput['StorageClass']> }),
  };
}

/** Trimmed, as a header is on its way. */
function descriptionOf(output: JobOutput | undefined): string {
  return output?.archiveDescription?.trim() ?? '';
}

/** The archive in the place of an object that is copied: its tree hash tells whether it is the same one. */
function sourceOf({ treeHash: etag, bytes: contentLength }: Delivery): ObjectProperties {
  return { httpStatus: 200, etag, contentLength, metadata: {}, missingMetadata: 0 };
}

function md5Of(body: Uint8Array): string {
  return hash('md5', body, 'base64');
}
