import type { KeyEncoding, ManifestField } from '../../contracts/job';
import { type CsvPage, csvPages, type CsvPagesOptions, type FailRow } from '../csv/csv-pages';
import { keyOf } from '../csv/read-rows';
import type { SourceRow } from '../sources/row';
import { INVENTORY_MEMBERS, inventoryColumns, type InventoryMember } from './columns';

export interface InventoryCsvOptions extends Pick<CsvPagesOptions, 'cursor'> {
  readonly columns: readonly string[];
  readonly keyEncoding: KeyEncoding;
  readonly keepDeleteMarkers: boolean;
  readonly members: readonly InventoryMember[];
  readonly file: string;
}

/** The rows of an inventory's CSV, whose body begins at its beginning. Rejects as `csvPages`. */
export function readInventoryCsv(
  body: AsyncIterable<Uint8Array>,
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
  return csvPages(body, pages, (record, fail) => {
    if (!keepDeleteMarkers && markerAt >= 0 && truth(record[markerAt]!, fail)) return undefined;
    const bucket = record[bucketAt]!;
    if (bucket === '') fail('has no bucket');
    const key = keyOf(record[keyAt]!, keyEncoding, fail);
    const row: Writable<SourceRow> =
      versionAt < 0 ? { bucket, key } : { bucket, key, versionId: record[versionAt]! || 'null' };
    for (const member of told) setMember(row, member, record[place(member)]!, fail);
    return row;
  });
}

type Writable<T> = { -readonly [Member in keyof T]: T[Member] };

/** For the scanner, which has to know where the key is. */
function fieldsOf(count: number, bucketAt: number, keyAt: number): readonly ManifestField[] {
  return Array.from({ length: count }, (_, at) => (at === bucketAt ? 'Bucket' : at === keyAt ? 'Key' : 'Ignore'));
}

/** An empty field tells nothing: delete markers have no size. */
function setMember(row: Writable<SourceRow>, member: InventoryMember, text: string, fail: FailRow): void {
  if (text === '') return;
  if (member === 'size') row.size = size(text, fail);
  else if (member === 'lastModifiedMs') row.lastModifiedMs = time(text, fail);
  else if (member === 'isLatest' || member === 'isDeleteMarker') row[member] = truth(text, fail);
  else if (member === 'etag') row.etag = withoutQuotes(text);
  else row[member] = text;
}

export function size(text: string, fail: FailRow): number {
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : fail(`has the size ${text}, which is no number of bytes`);
}

/** ISO 8601, as in `2026-11-30T04:05:06.000Z`. */
export function time(text: string, fail: FailRow): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? fail(`has the date ${text}, which is none`) : ms;
}

/** An empty field, as an inventory of current versions may leave it, is false: it lists no marker. */
export function truth(text: string, fail: FailRow): boolean {
  const word = text.toLowerCase();
  return word === 'true' || (word === 'false' || word === '' ? false : fail(`has ${text} where true or false is due`));
}

export function withoutQuotes(etag: string): string {
  return etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}
