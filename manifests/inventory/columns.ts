import type { SourceRow } from '../sources/row';

/** What an inventory may tell of an object beside its name. */
export type InventoryMember = Exclude<keyof SourceRow, 'bucket' | 'key' | 'versionId'>;

export const INVENTORY_MEMBERS: readonly InventoryMember[] = [
  'size',
  'lastModifiedMs',
  'storageClass',
  'etag',
  'isLatest',
  'isDeleteMarker',
  'encryption',
  'replicationStatus',
];

/** By the column's name in small letters without underscores. S3's other columns say nothing that a filter asks for. */
const MEMBERS: Readonly<Record<string, keyof SourceRow>> = {
  bucket: 'bucket',
  key: 'key',
  versionid: 'versionId',
  islatest: 'isLatest',
  isdeletemarker: 'isDeleteMarker',
  size: 'size',
  lastmodifieddate: 'lastModifiedMs',
  etag: 'etag',
  storageclass: 'storageClass',
  replicationstatus: 'replicationStatus',
  encryptionstatus: 'encryption',
};

/** What a column is, in the spelling of CSV (`LastModifiedDate`) or of Parquet (`last_modified_date`). */
export function memberOf(column: string): keyof SourceRow | undefined {
  const name = column.toLowerCase().replaceAll('_', '');
  return Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
}

/** Which of the columns holds what, by number from 0; a sentence for the person when they can't name objects. */
export function inventoryColumns(names: readonly string[]): ReadonlyMap<keyof SourceRow, number> | string {
  const columns = new Map<keyof SourceRow, number>();
  for (const [number, name] of names.entries()) {
    const member = memberOf(name);
    if (member === undefined) continue;
    if (columns.has(member)) return `the column ${name} is there twice`;
    columns.set(member, number);
  }
  if (!columns.has('bucket')) return 'there is no column Bucket';
  return columns.has('key') ? columns : 'there is no column Key';
}
