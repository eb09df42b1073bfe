import { LIMITS } from '../../contracts/limits';
import { ReadFailure } from './chunk-bytes';
import { ColumnPages } from './column-pages';
import type { Value } from './dense-values';
import { parquetLibrary } from './library';
import { type ParquetColumn, type ParquetFile, type RowGroup, unreadable } from './open-parquet';

/** Where to go on in a file: rows that are done with, in a row group, and in those before. */
export interface ParquetPosition {
  readonly group: number;
  readonly row: number;
}

/** Rows that follow one another, column by column. */
export interface ColumnsPage {
  /** The first row's number in the file, from 0. */
  readonly firstRow: number;
  readonly rows: number;
  /** In the order asked for; undefined for null. Good until the next page is asked for. */
  readonly columns: readonly (readonly (Value | undefined)[])[];
  readonly next: ParquetPosition;
}

/**
 * The values of some columns, `LIMITS.source.pageRows` rows at a time. Only these columns are read, by ranges. In memory are one
 * page of each column, its dictionary, and two windows of bytes.
 *
 * Rejects with `InvalidManifestContent`, which names file, row group and column, for what is damaged or above a limit, and with
 * what `readRange` rejects with.
 */
export async function* readColumns(
  file: ParquetFile,
  columns: readonly ParquetColumn[],
  position: ParquetPosition = { group: 0, row: 0 },
): AsyncGenerator<ColumnsPage, void, undefined> {
  let firstRow = 0;
  for (const [number, group] of file.rowGroups.entries()) {
    if (number >= position.group) {
      const rowsDone = number === position.group ? Math.min(position.row, group.rows) : 0;
      yield* readGroup(file, columns, { number, group, firstRow, rowsDone });
    }
    firstRow += group.rows;
  }
}

interface GroupToRead {
  readonly number: number;
  readonly group: RowGroup;
  readonly firstRow: number;
  readonly rowsDone: number;
}

async function* readGroup(
  file: ParquetFile,
  columns: readonly ParquetColumn[],
  { number, group, firstRow, rowsDone }: GroupToRead,
): AsyncGenerator<ColumnsPage, void, undefined> {
  if (rowsDone === group.rows) return;
  const readers = await Promise.all(columns.map((column) => openColumn(file, column, number, group, rowsDone)));
  for (let row = rowsDone; row < group.rows;) {
    const rows = Math.min(LIMITS.source.pageRows, group.rows - row);
    const values = await Promise.all(readers.map((reader) => reader(rows)));
    row += rows;
    yield { firstRow: firstRow + row - rows, rows, columns: values, next: { group: number, row } };
  }
}

type ColumnReader = (rows: number) => Promise<(Value | undefined)[]>;

async function openColumn(
  { source }: ParquetFile,
  column: ParquetColumn,
  number: number,
  group: RowGroup,
  rowsDone: number,
): Promise<ColumnReader> {
  const library = await parquetLibrary();
  const named = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (error instanceof ReadFailure) throw error.cause;
      const where = `column ${column.name}, row group ${number + 1}`;
      throw unreadable(source.file, `${where}: ${(error as Error).message}`, error);
    }
  };
  const pages = await named(async () => {
    const chunk = group.chunks.get(column.name);
    if (chunk === undefined) throw new RangeError('it is not there');
    const opened = new ColumnPages(source, column, chunk, group.rows, library);
    await opened.skip(rowsDone);
    return opened;
  });
  return (rows) =>
    named(async () => {
      const values: (Value | undefined)[] = [];
      while (values.length < rows) pages.takeInto(values, Math.min(rows - values.length, await pages.available()));
      return values;
    });
}
