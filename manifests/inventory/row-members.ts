import type { FailRow } from '../csv/csv-pages';
import type { Value } from '../parquet/dense-values';
import type { SourceRow } from '../sources/row';
import type { InventoryMember } from './columns';

/** A row under way, whose members are set one after the other. */
export type WritableRow = { -readonly [Member in keyof SourceRow]: SourceRow[Member] };

/** `told`: a field of a CSV, or a value of a Parquet column. An empty one tells nothing: delete markers have no size. */
export function setMember(row: WritableRow, member: InventoryMember, told: Value | undefined, fail: FailRow): void {
  if (told === undefined || told === '') return;
  const text = String(told);
  if (member === 'size') row.size = size(text, fail);
  else if (member === 'lastModifiedMs') row.lastModifiedMs = typeof told === 'number' ? told : time(text, fail);
  else if (member === 'isLatest' || member === 'isDeleteMarker') row[member] = truth(text, fail);
  else if (member === 'etag') row.etag = withoutQuotes(text);
  else row[member] = text;
}

/** An empty field, as an inventory of current versions may leave it, is false: it lists no marker. */
export function truth(text: string, fail: FailRow): boolean {
  const word = text.toLowerCase();
  return word === 'true' || (word === 'false' || word === '' ? false : fail(`has ${text} where true or false is due`));
}

function size(text: string, fail: FailRow): number {
  const bytes = Number(text);
  return Number.isSafeInteger(bytes) && bytes >= 0 ? bytes : fail(`has the size ${text}, which is no number of bytes`);
}

/** ISO 8601, as in `2026-11-30T04:05:06.000Z`. */
function time(text: string, fail: FailRow): number {
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? fail(`has the date ${text}, which is none`) : ms;
}

function withoutQuotes(etag: string): string {
  return etag.startsWith('"') && etag.endsWith('"') ? etag.slice(1, -1) : etag;
}
