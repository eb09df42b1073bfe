import type { KeyEncoding, ManifestField } from '../../contracts/job';
import { type CsvPage, csvPages, type CsvPagesOptions } from '../csv/csv-pages';
import { keyOf } from '../csv/read-rows';
import type { SourceRow } from '../sources/row';
import { INVENTORY_MEMBERS, inventoryColumns, type InventoryMember } from './columns';
import { setMember, truth, type WritableRow } from './row-members';

export interface InventoryCsvOptions extends Pick<CsvPagesOptions, 'cursor'> {
  readonly columns: readonly string[];
  readonly keyEncoding: KeyEncoding;
  readonly keepDeleteMarkers: boolean;
  readonly members: readonly InventoryMember[];
  readonly file: string;
}

/** The rows of an inventory's CSV, unpacked. Rejects as `csvPages`. */
export function readInventoryCsv(
  text: AsyncIterable<Uint8Array>,
  options: InventoryCsvOptions,
): AsyncGenerator<CsvPage<SourceRow>, void, undefined> {
  const { columns: columnNames, keyEncoding, keepDeleteMarkers, members, file, cursor } = options;
  const places = inventoryColumns(columnNames);
  if (typeof places === 'string') throw new TypeError(places);
  const place = (member: keyof SourceRow): number => places.get(member) ?? -1;
  const [bucketAt, keyAt, versionAt, markerAt] = [
    place('bucket'),
    place('key'),
    place('versionId'),
    place('isDeleteMarker'),
  ];
  const told = INVENTORY_MEMBERS.filter((member) => members.includes(member) && places.has(member));
  const form = { fields: fieldsOf(columnNames.length, bucketAt, keyAt), columnNames, keyEncoding, file };
  // Inventories have no header, and a bucket's last file may be empty.
  const used = new Set([bucketAt, keyAt, versionAt, markerAt, ...told.map(place)]);
  const wanted = columnNames.map((_, at) => used.has(at));
  const pages = { form: { ...form, header: false, mayBeEmpty: true }, cursor, wanted };
  return csvPages(text, pages, (record, fail) => {
    if (!keepDeleteMarkers && markerAt >= 0 && truth(record[markerAt]!, fail)) return undefined;
    const bucket = record[bucketAt]!;
    if (bucket === '') fail('has no bucket');
    const key = keyOf(record[keyAt]!, keyEncoding, fail);
    const row: WritableRow = versionAt < 0 ? { bucket, key } : { bucket, key, versionId: record[versionAt]! || 'null' };
    for (const member of told) setMember(row, member, record[place(member)], fail);
    return row;
  });
}

/** For the scanner, which has to know where the key is. */
function fieldsOf(count: number, bucketAt: number, keyAt: number): readonly ManifestField[] {
  return Array.from({ length: count }, (_, at) => (at === bucketAt ? 'Bucket' : at === keyAt ? 'Key' : 'Ignore'));
}
