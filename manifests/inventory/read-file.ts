import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import type { Json, KeyEncoding } from '../../contracts/job';
import type { ObjectRef, ObjectStore } from '../../storage/object-store';
import { gunzipped } from '../csv/gunzipped';
import { manifestRefusal } from '../manifest-refusal';
import type { RandomAccess } from '../parquet/open-parquet';
import { inOrder } from '../select-by-store';
import { meteredBody } from '../sources/metered';
import type { SourcePage } from '../sources/page';
import type { SourceMeter } from '../sources/source';
import { checkedBody, wrongSize } from './checked-body';
import { INVENTORY_MEMBERS, type InventoryMember } from './columns';
import { readInventoryCsv } from './read-csv-file';
import type { InventoryFile, InventoryManifest } from './read-manifest';
import { readInventoryParquet } from './read-parquet-file';

export interface InventoryFileOptions {
  /** `Skip` leaves them out and counts them. */
  readonly deleteMarkers: 'Skip' | 'Keep';
  /** The cursor of the last page that was done with. */
  readonly cursor?: Json | undefined;
  /** What rows tell beside their names; absent: all that the inventory has. Nothing else of a Parquet file is read. */
  readonly members?: readonly InventoryMember[];
  /**
   * Absent: `Url` in CSV, `Raw` in Parquet. AWS encodes keys in CSV alone (S3 user guide, "Amazon S3 Inventory list": "When
   * you're using the CSV file format, the key name is URL-encoded and must be decoded before you can use it").
   */
  readonly keyEncoding?: KeyEncoding | undefined;
  /** Some rows of a CSV, always the same in the same order, instead of all; the file is held to manifest.json before. */
  readonly select?: ((ref: ObjectRef, etag: string) => AsyncIterable<Uint8Array>) | undefined;
  /** Told of all that is read for rows, as it lies in the store. */
  readonly meter?: Pick<SourceMeter, 'bytes'> | undefined;
  readonly signal?: AbortSignal;
}

export interface InventoryPage extends SourcePage {
  /** Between the page before and this one's end. */
  readonly skippedDeleteMarkers: number;
}

type Store = Pick<ObjectStore, 'read' | 'readStream' | 'headObject'>;

/** Ranges of a Parquet file belong to the file that was checked. */
const parquetCursor = z.strictObject({
  etag: z.string(),
  group: z.int().nonnegative(),
  row: z.int().nonnegative(),
});

/**
 * The rows of one file of an inventory. In one that has the column VersionId, an empty id is the null version; without the
 * column, rows name no version. Size and MD5 are held to manifest.json: a CSV while it is read, so that a wrong one rejects at
 * its end, a Parquet file before its first row.
 *
 * Rejects with `InvalidManifestContent`, which names file, row and cause; with what `manifestRefusal` makes of the store's
 * answers; with the signal's reason.
 */
export async function* readInventoryFile(
  store: Store,
  manifest: InventoryManifest,
  file: InventoryFile,
  options: InventoryFileOptions,
): AsyncGenerator<InventoryPage, void, undefined> {
  const ref = { bucket: manifest.bucket, key: file.key };
  try {
    yield* manifest.format === 'CSV'
      ? csvPagesOf(store, ref, manifest.columns, file, options)
      : parquetPagesOf(store, ref, file, options);
  } catch (error) {
    throw manifestRefusal(error, `arn:aws:s3:::${ref.bucket}/${ref.key}`);
  }
}

async function* csvPagesOf(
  store: Store,
  ref: ObjectRef,
  columns: readonly string[],
  file: InventoryFile,
  options: InventoryFileOptions,
): AsyncGenerator<InventoryPage, void, undefined> {
  const name = nameOf(ref);
  const form = {
    columns,
    file: name,
    keyEncoding: options.keyEncoding ?? 'Url',
    keepDeleteMarkers: options.deleteMarkers === 'Keep',
    members: options.members ?? INVENTORY_MEMBERS,
  };
  const { select, cursor } = options;
  const pages =
    select === undefined
      ? readInventoryCsv(await wholeText(store, ref, file, options), { ...form, cursor })
      : inOrder(readInventoryCsv(selected(store, ref, file, select, options), form), cursor, name);
  for await (const { leftOut, ...page } of pages) yield { ...page, skippedDeleteMarkers: leftOut };
}

async function wholeText(store: Store, ref: ObjectRef, file: InventoryFile, options: InventoryFileOptions) {
  const { body } = await store.readStream(ref, callOptions(options));
  return gunzipped(checkedBody(meteredBody(body, options.meter), file, nameOf(ref)), nameOf(ref));
}

async function* selected(
  store: Store,
  ref: ObjectRef,
  file: InventoryFile,
  select: NonNullable<InventoryFileOptions['select']>,
  options: InventoryFileOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const etag = await checkedEtag(store, ref, file, options);
  yield* meteredBody(select(ref, etag), options.meter);
}

async function* parquetPagesOf(
  store: Store,
  ref: ObjectRef,
  file: InventoryFile,
  options: InventoryFileOptions,
): AsyncGenerator<InventoryPage, void, undefined> {
  const after = options.cursor === undefined ? undefined : parquetCursor.parse(options.cursor);
  const etag = after?.etag ?? (await checkedEtag(store, ref, file, options));
  const source: RandomAccess = {
    file: nameOf(ref),
    sizeBytes: file.size,
    readRange: async (start, end) => {
      const bytes = await store.read(ref, { ...callOptions(options), range: { start, end }, ...matching(etag) });
      options.meter?.bytes(bytes.length);
      return bytes;
    },
  };
  const pages = readInventoryParquet(source, {
    keyEncoding: options.keyEncoding ?? 'Raw',
    keepDeleteMarkers: options.deleteMarkers === 'Keep',
    members: options.members ?? INVENTORY_MEMBERS,
    position: after,
  });
  for await (const { rows, leftOut, next } of pages) {
    yield { rows, cursor: { etag, ...next }, skippedDeleteMarkers: leftOut };
    // Heartbeats and cancellation need the event loop although pages come without a wait while a window of bytes lasts.
    await setImmediate();
  }
}

/** The ETag of a file that is as manifest.json says. One that is its MD5 spares reading the file for it. */
async function checkedEtag(
  store: Store,
  ref: ObjectRef,
  file: InventoryFile,
  options: InventoryFileOptions,
): Promise<string> {
  const { etag, contentLength } = await store.headObject(ref, callOptions(options));
  if (contentLength !== undefined && contentLength !== file.size) {
    throw wrongSize(nameOf(ref), contentLength, file.size);
  }
  if (file.md5 === undefined || etag.toLowerCase() === file.md5) return etag;
  const { body } = await store.readStream(ref, { ...callOptions(options), ...matching(etag) });
  const chunks = checkedBody(body, file, nameOf(ref));
  while ((await chunks.next()).done !== true);
  return etag;
}

function matching(etag: string): { readonly ifMatch?: string } {
  return etag === '' ? {} : { ifMatch: etag };
}

function callOptions({ signal }: InventoryFileOptions): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function nameOf({ bucket, key }: ObjectRef): string {
  return `s3://${bucket}/${key}`;
}
