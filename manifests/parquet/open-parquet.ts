import type { ColumnMetaData, SchemaElement } from 'hyparquet' with { 'resolution-mode': 'import' };
import { DroverError } from '../../contracts/engine/failures';
import { LIMITS } from '../../contracts/limits';
import { parquetLibrary } from './library';

/** Where a file's bytes come from. */
export interface RandomAccess {
  /** The file in messages, as `s3://bucket/key`. */
  readonly file: string;
  readonly sizeBytes: number;
  /** The bytes from `start` up to and without `end`, all of them. */
  readRange(start: number, end: number): Promise<Uint8Array>;
}

export interface ParquetFile {
  readonly source: RandomAccess;
  /** Columns that hold one value a row, in the file's order and spelling. */
  readonly columns: readonly ParquetColumn[];
  readonly rowGroups: readonly RowGroup[];
}

export interface ParquetColumn {
  readonly name: string;
  readonly element: SchemaElement;
}

export interface RowGroup {
  readonly rows: number;
  /** By the column's name. */
  readonly chunks: ReadonlyMap<string, ColumnMetaData>;
}

const MAGIC = 'PAR1';
const ENCRYPTED_MAGIC = 'PARE';
/** Length of the footer, and the magic number. */
const TAIL_BYTES = 8;
/** Most footers come with the first read. */
const FIRST_READ_BYTES = 256 * 1024;

/**
 * Reads a Parquet file's footer: its columns and row groups. Throws `InvalidManifestContent`, which names the file, when it is
 * no Parquet, encrypted, or has a footer that is damaged or above the limit.
 */
export async function openParquet(source: RandomAccess): Promise<ParquetFile> {
  const footer = await readFooter(source);
  const { parquetMetadata } = await parquetLibrary();
  try {
    const { schema, row_groups } = parquetMetadata(footer, { geoparquet: false });
    return { source, columns: flatColumns(schema), rowGroups: row_groups.map((group) => rowGroup(group)) };
  } catch (cause) {
    throw unreadable(source.file, `its footer can't be read: ${(cause as Error).message}`, cause);
  }
}

async function readFooter(source: RandomAccess): Promise<Uint8Array> {
  const { file, sizeBytes } = source;
  if (sizeBytes < TAIL_BYTES + MAGIC.length) throw unreadable(file, `it has only ${sizeBytes} bytes`);
  const start = Math.max(0, sizeBytes - FIRST_READ_BYTES);
  const tail = Buffer.from(await source.readRange(start, sizeBytes));
  if (tail.length !== sizeBytes - start) throw unreadable(file, 'it is cut off');
  const magic = tail.toString('latin1', tail.length - MAGIC.length);
  if (magic === ENCRYPTED_MAGIC) throw unreadable(file, 'its footer is encrypted');
  if (magic !== MAGIC) throw unreadable(file, 'it does not end as Parquet does');
  const needed = tail.readUInt32LE(tail.length - TAIL_BYTES) + TAIL_BYTES;
  if (needed > LIMITS.parquet.footerBytesMax) {
    throw unreadable(file, `its footer has ${needed} bytes, and at most ${LIMITS.parquet.footerBytesMax} are read`);
  }
  if (needed > sizeBytes) throw unreadable(file, `it has ${sizeBytes} bytes, and its footer ${needed}`);
  if (needed <= tail.length) return tail;
  return Buffer.concat([await source.readRange(sizeBytes - needed, start), tail]);
}

/** Leaves out what is nested or repeated: an inventory's columns are not. */
function flatColumns(schema: readonly SchemaElement[]): ParquetColumn[] {
  const columns: ParquetColumn[] = [];
  // The root comes first, then a tree in depth-first order.
  for (let at = 1; at < schema.length; at = subtreeEnd(schema, at)) {
    const element = schema[at]!;
    if (!element.num_children && element.repetition_type !== 'REPEATED') columns.push({ name: element.name, element });
  }
  return columns;
}

function subtreeEnd(schema: readonly SchemaElement[], at: number): number {
  let open = 1;
  let end = at;
  for (; open > 0 && end < schema.length; end++) open += (schema[end]?.num_children ?? 0) - 1;
  return end;
}

function rowGroup(group: {
  readonly num_rows: bigint;
  readonly columns: readonly { readonly meta_data?: ColumnMetaData; readonly file_path?: string }[];
}): RowGroup {
  const chunks = new Map<string, ColumnMetaData>();
  for (const { meta_data: chunk, file_path: otherFile } of group.columns) {
    if (chunk?.path_in_schema.length === 1 && !otherFile) chunks.set(chunk.path_in_schema[0]!, chunk);
  }
  return { rows: count(group.num_rows), chunks };
}

/** Throws `RangeError` for a number that can't count or place anything. */
export function count(value: bigint): number {
  const number = Number(value);
  if (number >= 0 && Number.isSafeInteger(number)) return number;
  throw new RangeError(`${value} is no count`);
}

export function unreadable(file: string, reason: string, cause?: unknown): DroverError {
  return new DroverError('InvalidManifestContent', `${file} is no Parquet file that can be read: ${reason}`, { cause });
}
