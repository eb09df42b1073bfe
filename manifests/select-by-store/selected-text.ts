import { DroverError } from '../../contracts/engine/failures';
import type { ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { inflated, sniffGzip } from '../csv/gunzipped';
import { notByStore } from './refusal';

type Store = Pick<ObjectStore, 'describe' | 'readStream' | 'headObject' | 'selectCsv'>;

/** What does not know the call says one of these; AWS's own word to customers who may not use it is 405. */
const UNKNOWN_CALL = [405, 501];
const LF = 0x0a;
const CR = 0x0d;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * The rows of a CSV that its store selects, unpacked and as CSV. Rejects with BadRequestException that names SelectBy for a store
 * without the call and for a text that it would take otherwise; with ManifestETagMismatch at the end of a file that is another by
 * then, for the call knows no ETag; with StoreError.
 */
export async function* selectedText(
  store: Store,
  ref: ObjectRef,
  etag: string,
  expression: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array, void, undefined> {
  const options = signal === undefined ? {} : { signal };
  const name = `s3://${ref.bucket}/${ref.key}`;
  const { body } = await store.readStream(ref, { ...options, ...(etag !== '' && { ifMatch: etag }) });
  const opening = await readOpening(body, name);
  if (opening === undefined) return;
  try {
    yield* store.selectCsv(ref, { expression, isGzip: opening.isGzip }, options);
  } catch (error) {
    if (!(error instanceof StoreError) || !UNKNOWN_CALL.includes(error.httpStatus)) throw error;
    throw notByStore(`the store ${store.describe()} does not carry out SelectObjectContent (${error.message})`);
  }
  const now = await store.headObject(ref, options);
  if (now.etag === etag) return;
  throw new DroverError('ManifestETagMismatch', `${name} has changed while its store selected rows of it`);
}

/** How the file is packed; undefined for one without a byte. */
async function readOpening(
  body: AsyncIterable<Uint8Array>,
  name: string,
): Promise<{ readonly isGzip: boolean } | undefined> {
  const { isGzip, body: bytes } = await sniffGzip(body);
  // The body is left after its first piece.
  for await (const piece of isGzip ? inflated(bytes, name) : bytes) {
    checkText(piece, name);
    return { isGzip };
  }
  return undefined;
}

function checkText(opening: Uint8Array, name: string): void {
  const lineEnd = opening.indexOf(LF);
  if (lineEnd > 0 && opening[lineEnd - 1] === CR) {
    throw notByStore(`the lines of ${name} end in CR LF, and S3 Select would take CR for a part of the last column`);
  }
  if (Buffer.compare(opening.subarray(0, BOM.length), BOM) === 0) {
    throw notByStore(
      `${name} begins with a byte order mark, which S3 Select would take for a part of the first column`,
    );
  }
}
