import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { sizeOf } from '../common/known-size';
import { readRange, type TakePiece } from '../common/read-object';
import { lookAt, named } from './look-at';

/**
 * Gives the bytes of an object part by part, as it was uploaded, to a consumer that `partBegins` makes for each; an object
 * that was put in one piece is one part. Rejects with `StoreError`: 501 when the store does not tell the parts.
 *
 * The parts are asked for their sizes and read by ranges: stores differ in which ETag a request for a part has, and the
 * object is to be held to one state.
 */
export async function readParts(
  store: ObjectStore,
  ref: ObjectRef,
  partBegins: () => TakePiece,
  signal: AbortSignal,
): Promise<{ readonly etag: string; readonly parts: number }> {
  const properties = await lookAt(store, ref, signal);
  const { etag } = properties;
  const sizes = await partSizes(store, ref, properties, signal);
  let start = 0;
  for (const size of sizes) {
    const range = { start, end: start + size };
    await readRange({ store, ref, properties }, range, undefined, partBegins(), signal);
    start = range.end;
  }
  if (start !== sizeOf(properties)) throw notTold(etag);
  return { etag, parts: sizes.length };
}

async function partSizes(
  store: ObjectStore,
  ref: ObjectRef,
  properties: ObjectProperties,
  signal: AbortSignal,
): Promise<number[]> {
  const { etag } = properties;
  const contentLength = sizeOf(properties);
  // Its only part is empty, and a request for it a range that can't be satisfied (416 on SeaweedFS).
  if (contentLength === 0) return [0];
  const part = (PartNumber: number): Promise<ObjectProperties> =>
    store.describeObject({ ...named(ref), PartNumber }, { signal });
  const first = await part(1);
  // One that was uploaded in a single part tells that, too.
  const inParts = /-(\d+)$/.exec(etag)?.[1] ?? '1';
  if (first.partsCount === undefined && inParts === '1') return [contentLength];
  if (first.partsCount === undefined) throw notTold(etag);
  const sizes = [sizeOf(first)];
  let total = sizeOf(first);
  while (sizes.length < first.partsCount) {
    const size = sizeOf(await part(sizes.length + 1));
    total += size;
    // What it tells is not about the part.
    if (total > contentLength) throw notTold(etag);
    sizes.push(size);
  }
  return sizes;
}

function notTold(etag: string): StoreError {
  const why = `which are needed for a COMPOSITE checksum`;
  return new StoreError(
    'NotImplemented',
    501,
    `The store does not tell the parts of this object (its ETag is ${etag}), ${why}`,
  );
}
