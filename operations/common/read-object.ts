import { defined } from '../../contracts/defined';
import { BACKOFF, exponentialMs } from '../../contracts/engine/backoff';
import { LIMITS } from '../../contracts/limits';
import { sleep } from '../../storage/http/abort';
import type {
  GetObjectInput,
  ObjectProperties,
  ObjectRef,
  ObjectStore,
  OpenObject,
  ReadRange,
} from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sizeOf } from './known-size';

/** One object in a store, in the state that was seen. */
export interface Seen {
  readonly store: ObjectStore;
  readonly ref: ObjectRef;
  readonly properties: Pick<ObjectProperties, 'etag' | 'contentLength'>;
  readonly RequestPayer?: GetObjectInput['RequestPayer'];
}

export type TakePiece = (piece: Uint8Array) => void;

/**
 * Gives all bytes of the object, each once and in order, piece by piece. After a break it goes on from there. Rejects with
 * `StoreError`: 412 when the object is not in that state any more, 400 IncompleteBody when it can't be read to its end.
 */
export async function readObject(seen: Seen, take: TakePiece, signal: AbortSignal): Promise<void> {
  const contentLength = sizeOf(seen.properties);
  // A range of no bytes can't be asked for.
  if (contentLength === 0) return;
  await readRange(seen, { start: 0, end: contentLength }, undefined, take, signal);
}

/** The same for a range of it. `opened`: an answer that has the whole range, to begin with. */
export async function readRange(
  seen: Seen,
  range: ReadRange,
  opened: OpenObject | undefined,
  take: TakePiece,
  signal: AbortSignal,
): Promise<void> {
  let at = range.start;
  let answer = opened;
  let failures = 0;
  if (at >= range.end) opened?.discard();
  while (at < range.end) {
    const begun = at;
    const body = answer ?? (await reopen(seen, { start: at, end: range.end }, signal));
    answer = undefined;
    try {
      for await (const piece of body.body) {
        if (at + piece.byteLength > range.end) throw incomplete('The store sent more bytes than the range has');
        take(piece);
        at += piece.byteLength;
      }
      if (at < range.end) throw incomplete(`The answer ended ${range.end - at} bytes too early`);
    } catch (error) {
      if (!(error instanceof StoreError) || signal.aborted) throw error;
      failures = at > begun ? 1 : failures + 1;
      if (failures >= LIMITS.request.attemptsMax) throw await brokenOff(seen, error, signal);
      await sleep(exponentialMs(failures, BACKOFF.request), signal);
    } finally {
      body.discard();
    }
  }
}

async function reopen(seen: Seen, range: ReadRange, signal: AbortSignal): Promise<OpenObject> {
  const { store, ref, RequestPayer } = seen;
  const { etag, contentLength } = seen.properties;
  const whole = range.start === 0 && range.end === contentLength;
  const input = {
    Bucket: ref.bucket,
    Key: ref.key,
    ...defined({ VersionId: ref.versionId }),
    ...(RequestPayer && { RequestPayer }),
    ...(etag === '' ? {} : { IfMatch: `"${etag}"` }),
    ...(whole ? {} : { Range: `bytes=${range.start}-${range.end - 1}` }),
  };
  try {
    return await store.getObject(input, { signal });
  } catch (error) {
    if (!(error instanceof StoreError) || error.httpStatus !== 412) throw error;
    throw new StoreError('PreconditionFailed', 412, `The object ${ref.bucket}/${ref.key} changed while it was read`);
  }
}

/** A store that answers other requests is not out of reach: then it is this object that can't be read. */
async function brokenOff({ store, ref }: Seen, error: StoreError, signal: AbortSignal): Promise<StoreError> {
  try {
    await store.headObject(ref, { signal });
  } catch (refusal) {
    if (!(refusal instanceof StoreError)) throw refusal;
    if (refusal.storeDown) return error;
  }
  const times = `${LIMITS.request.attemptsMax} times`;
  return incomplete(`The store's answer broke off ${times}: ${error.message}`);
}

function incomplete(message: string): StoreError {
  return new StoreError('IncompleteBody', 400, message);
}
