import { randomBytes } from 'node:crypto';
import type { SourceRow } from '../sources/row';
import { type Column, COLUMNS } from './columns';
import { digits } from './digits';
import type { Printed } from './print';

/** How rows go to DuckDB, and the statements that take them there. */
export interface PageFormat {
  /** The condition of a row of which nothing is known: it must be a condition, and fails where its constants do. */
  readonly probe: string;
  readonly sql: string;
  /** The parts of a page: its number of rows, then length and bytes of each column. */
  encode(rows: readonly SourceRow[]): Buffer[];
}

/**
 * Each column that the condition names travels as one text with separators, which DuckDB takes apart: a call for each value
 * would take ten times as long. The separator of texts has 48 random bits, so that no key can hold it.
 */
export function pageFormat({ sql: condition, columns }: Printed): PageFormat {
  const separator = `\u0001${randomBytes(6).toString('base64url')}`;
  // A condition without columns needs rows, too.
  const sent = columns.length > 0 ? columns : COLUMNS.filter(({ name }) => name === 'key');
  const lists = sent.map(
    (column, at) => `unnest(${list(column, `decode($${at + 1}::BLOB)`, separator)}) AS sent_${at}`,
  );
  const values = sent.map(({ name, value }, at) => `${value(`sent_${at}`)} AS ${name}`);
  const nothing = sent.map(({ name, type }) => `CAST(NULL AS ${type}) AS ${name}`);
  return {
    probe: `SELECT ${condition} FROM (SELECT ${nothing.join(', ')})`,
    sql: `SELECT coalesce(${condition}, false) FROM (SELECT ${values.join(', ')} FROM (SELECT ${lists.join(', ')}))`,
    encode: (page) => [u32(page.length), ...sent.flatMap((column) => withLength(encoded(column, page, separator)))],
  };
}

function list(column: Column, sent: string, separator: string): string {
  return 'text' in column ? `string_split(${sent}, '${separator}')` : `string_split(${sent}, ',')::BIGINT[]`;
}

function encoded(column: Column, rows: readonly SourceRow[], separator: string): Buffer {
  return 'text' in column ? Buffer.from(rows.map(column.text).join(separator)) : digits(rows, column.number);
}

function withLength(bytes: Buffer): Buffer[] {
  return [u32(bytes.length), bytes];
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
