import type { ObjectProperties, ObjectRef, ObjectStore } from '../../storage/object-store';
import { StoreError } from '../../storage/store-error';
import { lookAt, named } from './look-at';
import { readRange, type Seen, type TakePiece } from './read-object';

/**
 * Gives the bytes of an object part by part, as it was uploaded, to a consumer that `partBegins` makes for each; an object
 * that was put in one piece is one part. Rejects with `StoreError`: 501 when the store does not tell the parts.
 */
export async function readParts(
  store: ObjectStore,
  ref: ObjectRef,
  partBegins: () => TakePiece,
  signal: AbortSignal,
): Promise<{ readonly etag: string; readonly parts: number }> {
  const properties = await lookAt(store, ref, signal);
  const seen: Seen = { store, ref, properties };
  const parts = await countParts(seen, properties, signal);
  let at = 0;
  for (let number = 1; number <= parts; number += 1) {
    at = await readPart(seen, parts === 1 ? undefined : number, at, partBegins(), signal);
  }
  if (at !== properties.contentLength) throw notTold(properties);
  return { etag: properties.etag, parts };
}

async function countParts({ store, ref }: Seen, properties: ObjectProperties, signal: AbortSignal): Promise<number> {
  const { etag } = properties;
  const inParts = /-(\d+)$/.exec(etag)?.[1];
  const input = { ...named(ref), PartNumber: 1, ...(etag === '' ? {} : { IfMatch: `"${etag}"` }) };
  const { partsCount } = await store.describeObject(input, { signal });
  // One that was uploaded in a single part tells that, too.
  if (partsCount !== undefined) return partsCount;
  if (inParts === undefined || inParts === '1') return 1;
  throw notTold(properties);
}

/** Gives the offset where the next part begins. */
async function readPart(
  seen: Seen,
  partNumber: number | undefined,
  start: number,
  take: TakePiece,
  signal: AbortSignal,
): Promise<number> {
  const { store, ref, properties } = seen;
  if (partNumber === undefined) {
    await readRange(seen, { start, end: properties.contentLength }, undefined, take, signal);
    return properties.contentLength;
  }
  const { etag } = properties;
  const input = { ...named(ref), PartNumber: partNumber, ...(etag === '' ? {} : { IfMatch: `"${etag}"` }) };
  const opened = await store.getObject(input, { signal });
  const end = start + opened.contentLength;
  if (end > properties.contentLength) {
    // It sends something else than the part.
    opened.discard();
    throw notTold(properties);
  }
  await readRange(seen, { start, end }, opened, take, signal);
  return end;
}

function notTold({ etag }: Pick<ObjectProperties, 'etag'>): StoreError {
  const text = `The store does not tell the parts that this object was uploaded in (its ETag is ${etag}), of which a COMPOSITE checksum is made`;
  return new StoreError('NotImplemented', 501, text);
}
