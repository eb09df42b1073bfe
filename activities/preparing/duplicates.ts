import { randomBytes, randomUUID } from 'node:crypto';
import { DroverError } from '../../contracts/engine/failures';
import { workspaceKeys } from '../../contracts/engine/naming';
import { LIMITS } from '../../contracts/limits';
import type { DuplicateRows } from '../../contracts/source';
import { grouped } from '../../contracts/text/text';
import {
  BucketCounts,
  type BucketRows,
  dropRows,
  type Duplicates,
  findDuplicates,
  type SealedManifest,
  seededHash,
  textBuckets,
} from '../../manifests';
import { ByteBudget } from '../../storage/byte-budget';
import { readSegments } from './read-segments';
import { objectsOf, type RowNames } from './row-names';
import type { SourceStore } from './source-store';

export interface Searched {
  readonly store: SourceStore;
  readonly sealed: SealedManifest;
  readonly batchRows: number;
  /** That of the job in the workspace. */
  readonly prefix: string;
  readonly names: RowNames;
  readonly signal: AbortSignal;
}

export interface Treated {
  readonly sealed: SealedManifest;
  readonly duplicates: number;
  /** Rows by bucket, of a manifest that was written anew. */
  readonly buckets?: readonly BucketRows[];
}

/** A worker has one such table at a time, however many jobs it prepares. */
const tables = new ByteBudget(LIMITS.duplicates.tableBytes);

/**
 * Looks for rows that name what a row before them has named, and does with them what the request wants. Rejects with
 * InvalidManifestContent that names the first of them, for `Refuse`.
 *
 * Another attempt begins anew: what the parts of the source have left is never changed, and a manifest without the rows lies in
 * objects of its own.
 */
export async function treatDuplicates(what: Exclude<DuplicateRows, 'Keep'>, searched: Searched): Promise<Treated> {
  const { sealed } = searched;
  const found = await find(searched);
  const duplicates = found.rows.size;
  if (duplicates === 0 || what === 'Count') return { sealed, duplicates };
  if (what === 'Refuse') throw await refusal(found, searched);
  return { ...(await withoutRows(found, searched)), duplicates };
}

async function find({ store, sealed, signal }: Searched): Promise<Duplicates> {
  await tables.take(LIMITS.duplicates.tableBytes, signal);
  try {
    return await findDuplicates({
      form: sealed.table.form,
      rows: sealed.rows,
      read: () => readSegments(store, sealed),
      hash: seededHash([randomBytes(4).readInt32LE(), randomBytes(4).readInt32LE()]),
      signal,
    });
  } finally {
    tables.release(LIMITS.duplicates.tableBytes);
  }
}

async function withoutRows(
  { rows }: Duplicates,
  { store, sealed, batchRows, prefix, signal }: Searched,
): Promise<Omit<Treated, 'duplicates'>> {
  const { form } = sealed.table;
  const token = randomUUID().slice(0, 8);
  const buckets = new BucketCounts();
  let sequence = 0;
  const putObject = async (body: Buffer): Promise<string> => {
    for (const [bucket, count] of textBuckets(body, form.fields)) buckets.add(bucket, count);
    return store.putRows(workspaceKeys.distinctSegment(prefix, token, sequence++), body);
  };
  const parts = { form, batchRows, putObject };
  const kept = await dropRows(readSegments(store, sealed), rows, parts, signal);
  return { sealed: kept, buckets: buckets.toArray() };
}

/** The end of a message is cut off where it is long: the count stands first, and each name is short. */
async function refusal({ rows, first }: Duplicates, { store, sealed, names, signal }: Searched): Promise<DroverError> {
  const objects = await objectsOf(
    first.map(({ row }) => row),
    readSegments(store, sealed),
    sealed.table.form,
    signal,
  );
  const told = first.map(
    ({ row, firstRow }, index) => `${names.of(row)}: ${objects[index] ?? ''}, as ${names.of(firstRow)}`,
  );
  const more = rows.size > first.length ? '; …' : '';
  const count = rows.size === 1 ? '1 row names an object' : `${grouped(rows.size)} rows name objects`;
  return new DroverError(
    'InvalidManifestContent',
    `${count} a second time (Filter.Duplicates: Refuse). ${told.join('; ')}${more}`,
  );
}
