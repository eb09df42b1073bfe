import { DroverError } from '../../contracts/engine/failures';
import type { KeyEncoding } from '../../contracts/job';
import type { FailRow } from '../csv/csv-pages';
import { keyOf } from '../csv/read-rows';
import type { Value } from '../parquet/dense-values';
import { openParquet, type ParquetFile, type RandomAccess, unreadable } from '../parquet/open-parquet';
import { type ColumnsPage, type ParquetPosition, readColumns } from '../parquet/read-columns';
import type { SourceRow } from '../sources/row';
import { INVENTORY_MEMBERS, inventoryColumns, type InventoryMember } from './columns';
import { setMember, truth, type WritableRow } from './row-members';

export interface InventoryParquetOptions {
  readonly keyEncoding: KeyEncoding;
  readonly keepDeleteMarkers: boolean;
  readonly members: readonly InventoryMember[];
  readonly position: ParquetPosition | undefined;
}

export interface ParquetRows {
  readonly rows: readonly SourceRow[];
  readonly leftOut: number;
  readonly next: ParquetPosition;
}

/** The columns of one page by what they are. */
type Columns = ReadonlyMap<keyof SourceRow, readonly (Value | undefined)[]>;

/**
 * The rows of an inventory's Parquet file, whose columns are found by their names in the file itself. Reads only the columns
 * that are asked for, bucket, key and version. Rejects with `InvalidManifestContent`, which names file, row and cause.
 */
export async function* readInventoryParquet(
  source: RandomAccess,
  options: InventoryParquetOptions,
): AsyncGenerator<ParquetRows, void, undefined> {
  const parquet = await openParquet(source);
  const members = wantedMembers(parquet, options);
  const columns = [...members.values()].map((at) => parquet.columns[at]!);
  for await (const page of readColumns(parquet, columns, options.position)) {
    const values: Columns = new Map([...members.keys()].map((member, at) => [member, page.columns[at]!]));
    const rows = toRows(page, values, options, source.file);
    yield { rows, leftOut: page.rows - rows.length, next: page.next };
  }
}

function wantedMembers(
  { source, columns }: ParquetFile,
  options: InventoryParquetOptions,
): Map<keyof SourceRow, number> {
  const all = inventoryColumns(columns.map(({ name }) => name));
  if (typeof all === 'string') throw unreadable(source.file, all);
  const isWanted = (member: keyof SourceRow): boolean =>
    member === 'bucket' ||
    member === 'key' ||
    member === 'versionId' ||
    (member === 'isDeleteMarker' && !options.keepDeleteMarkers) ||
    options.members.includes(member);
  return new Map([...all].filter(([member]) => isWanted(member)));
}

function toRows(
  { firstRow, rows: count }: ColumnsPage,
  columns: Columns,
  { keyEncoding, keepDeleteMarkers, members }: InventoryParquetOptions,
  file: string,
): SourceRow[] {
  let at = 0;
  const fail: FailRow = (problem) => {
    throw new DroverError('InvalidManifestContent', `Row ${firstRow + at + 1} of ${file} ${problem}`);
  };
  const [buckets, keys] = [columns.get('bucket')!, columns.get('key')!];
  const versions = columns.get('versionId');
  const markers = keepDeleteMarkers ? undefined : columns.get('isDeleteMarker');
  const told = INVENTORY_MEMBERS.filter((member) => members.includes(member) && columns.has(member));
  const rows: SourceRow[] = [];
  for (; at < count; at++) {
    const marker = markers?.[at];
    if (marker === true || (typeof marker === 'string' && truth(marker, fail))) continue;
    const bucket = buckets[at];
    if (typeof bucket !== 'string' || bucket === '') fail('has no bucket');
    const text = keys[at];
    const key = typeof text === 'string' ? keyOf(text, keyEncoding, fail) : fail('has no key');
    const row: WritableRow =
      versions === undefined ? { bucket, key } : { bucket, key, versionId: versionOf(versions[at]) };
    for (const member of told) setMember(row, member, columns.get(member)![at], fail);
    rows.push(row);
  }
  return rows;
}

function versionOf(value: Value | undefined): string {
  return typeof value === 'string' && value !== '' ? value : 'null';
}
