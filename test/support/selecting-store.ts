/** The in-memory store with SelectObjectContent: DuckDB carries out what S3 Select has in common with it. */
import { gunzipSync } from 'node:zlib';
// eslint-disable-next-line import-x/no-extraneous-dependencies -- users may leave it out, tests may not
import { DuckDBInstance } from '@duckdb/node-api';
import { splitRows } from '../../manifests';
import type { ObjectRef, SelectCsvInput } from '../../storage/object-store';
import { MemoryStore } from './memory-store/store';

const PIECE_BYTES = 1_000;

export class SelectingStore extends MemoryStore {
  readonly asked: string[] = [];
  /** Rows that it gave, of each call. */
  readonly given: number[] = [];
  /** What becomes of the rows before they are given. */
  change = (rows: string[]): string[] => rows;
  /** Called when the rows have been given. */
  after: () => Promise<void> = () => Promise.resolve();

  override async *selectCsv(ref?: ObjectRef, input?: SelectCsvInput): AsyncGenerator<Uint8Array> {
    if (ref === undefined || input === undefined) return;
    this.asked.push(input.expression);
    const bytes = await this.read(ref);
    const rows = this.change(await selected((input.isGzip ? gunzipSync(bytes) : bytes).toString(), input.expression));
    this.given.push(rows.length);
    const text = Buffer.from(rows.join(''));
    for (let at = 0; at < text.length; at += PIECE_BYTES) yield text.subarray(at, at + PIECE_BYTES);
    await this.after();
  }
}

async function selected(text: string, expression: string): Promise<string[]> {
  const records: string[][] = [];
  splitRows(text, (record) => records.push([...record]));
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try {
    const count = records[0]?.length ?? 1;
    const columns = Array.from({ length: count }, (_, at) => `_${at + 1}`);
    await connection.run(
      `CREATE TABLE S3Object (row_number INTEGER, ${columns.map((name) => `${name} VARCHAR`).join(', ')})`,
    );
    await connection.run('CREATE MACRO s3_timestamp(given) AS CAST(given AS TIMESTAMP)');
    const appender = await connection.createAppender('S3Object');
    for (const [row, record] of records.entries()) {
      appender.appendInteger(row);
      for (const field of record) appender.appendVarchar(field);
      appender.endRow();
    }
    appender.closeSync();
    // AWS's INT has 64 bits ("Data types", S3 Select's SQL reference).
    const sql = expression.replaceAll(' AS INT)', ' AS BIGINT)').replaceAll('TO_TIMESTAMP(', 's3_timestamp(');
    const found = await connection.runAndReadAll(`${sql} ORDER BY row_number`);
    return found.getRows().map(([, ...fields]) => `${fields.map((field) => quoted(String(field))).join(',')}\n`);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function quoted(field: string): string {
  return `"${field.replaceAll('"', '""')}"`;
}
