import type { ColumnMetaData, PageHeader } from 'hyparquet' with { 'resolution-mode': 'import' };
import { LIMITS } from '../../contracts/limits';
import { ChunkBytes } from './chunk-bytes';
import { denseValues, type Encoded, type Value } from './dense-values';
import type { ParquetLibrary } from './library';
import { count, type ParquetColumn, type RandomAccess } from './open-parquet';
import { PageValues } from './page-values';
import { readRuns } from './runs';

/** How a data page is laid out, whichever of the two versions it is. */
interface Layout extends Pick<Encoded, 'encoding' | 'page' | 'start'> {
  readonly rows: number;
  readonly present: Uint8Array | undefined;
}

/**
 * The pages of one column of one row group: read, inflated and decoded one by one, so that a row group's size does not matter.
 * Methods reject with `RangeError` for what is damaged or above a limit.
 */
export class ColumnPages {
  private readonly bytes: ChunkBytes;
  private dictionary: readonly Value[] | undefined;
  private page: PageValues | undefined;

  constructor(
    source: RandomAccess,
    private readonly column: ParquetColumn,
    private readonly chunk: ColumnMetaData,
    /** What no page of the row group has told yet. */
    private rowsToCome: number,
    private readonly library: ParquetLibrary,
  ) {
    const data = count(chunk.data_page_offset);
    // Some writers leave 0 where there is no dictionary.
    const dictionary = count(chunk.dictionary_page_offset ?? 0n);
    const start = dictionary > 0 ? Math.min(data, dictionary) : data;
    this.bytes = new ChunkBytes(source, start, start + count(chunk.total_compressed_size));
  }

  /** Rows that can be taken without reading: at least one. */
  async available(): Promise<number> {
    while (this.page === undefined || this.page.left === 0) await this.nextPage(0);
    return this.page.left;
  }

  takeInto(output: (Value | undefined)[], rows: number): void {
    this.page?.takeInto(output, rows);
  }

  /** Passes over rows; pages of them are not even inflated. */
  async skip(rows: number): Promise<void> {
    for (let left = rows; left > 0;) {
      if (this.page === undefined || this.page.left === 0) {
        left -= await this.nextPage(left);
        continue;
      }
      const here = Math.min(left, this.page.left);
      this.page.skip(here);
      left -= here;
    }
  }

  /** The rows passed over: those of the page if all of them are to be, else 0, and the page is there to be taken from. */
  private async nextPage(rowsToSkip: number): Promise<number> {
    if (this.bytes.left === 0) throw new RangeError('it has fewer values than the row group has rows');
    const header = await this.readHeader();
    const bytes = await this.bytes.take(header.compressed_page_size);
    if (header.type === 'DICTIONARY_PAGE') {
      this.readDictionary(header, bytes);
      return 0;
    }
    const rows = (header.data_page_header ?? header.data_page_header_v2)?.num_values;
    // Other kinds of pages, as that of an index, hold no values.
    if (rows === undefined) return 0;
    if (!(rows >= 0 && rows <= this.rowsToCome)) throw new RangeError('it has more values than the row group has rows');
    if (rows > LIMITS.parquet.pageRowsMax) {
      throw new RangeError(`a page of ${rows} rows, and at most ${LIMITS.parquet.pageRowsMax} are read`);
    }
    this.rowsToCome -= rows;
    if (rows <= rowsToSkip) return rows;
    this.page = this.dataPage(header, bytes, rows);
    return 0;
  }

  private async readHeader(): Promise<PageHeader> {
    const bytes = await this.bytes.peek(LIMITS.parquet.pageHeaderBytesMax);
    const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
    const header = this.library.parquetHeader(reader);
    await this.bytes.take(reader.offset);
    for (const size of [header.compressed_page_size, header.uncompressed_page_size]) {
      if (!Number.isInteger(size) || size < 0) throw new RangeError('a page without a size');
      if (size > LIMITS.parquet.pageBytesMax) {
        throw new RangeError(`a page of ${size} bytes, and at most ${LIMITS.parquet.pageBytesMax} are read`);
      }
    }
    return header;
  }

  private readDictionary(header: PageHeader, bytes: Uint8Array): void {
    const entries = header.dictionary_page_header?.num_values ?? -1;
    if (entries < 0) throw new RangeError('a dictionary without a size');
    const page = this.inflate(bytes, header.uncompressed_page_size);
    const encoded: Encoded = { page, start: 0, count: entries, encoding: 'PLAIN' };
    this.dictionary = denseValues(encoded, this.column.element, this.library);
  }

  private dataPage(header: PageHeader, bytes: Uint8Array, rows: number): PageValues {
    const layout = header.data_page_header_v2 ? this.layoutV2(header, bytes, rows) : this.layoutV1(header, bytes, rows);
    const { page, start, encoding, present } = layout;
    const values = present === undefined ? rows : present.reduce((sum, one) => sum + one, 0);
    if (encoding !== 'PLAIN_DICTIONARY' && encoding !== 'RLE_DICTIONARY') {
      const encoded = { page, start, count: values, encoding };
      return new PageValues(rows, present, denseValues(encoded, this.column.element, this.library));
    }
    if (this.dictionary === undefined) throw new RangeError('a page without its dictionary');
    const indexes = new Uint32Array(values);
    if (values > 0) readRuns(page, start + 1, page[start] ?? 0, indexes);
    return new PageValues(rows, present, { dictionary: this.dictionary, indexes });
  }

  /** Levels and values are compressed together; the levels' length stands before them. */
  private layoutV1(header: PageHeader, bytes: Uint8Array, rows: number): Layout {
    const page = this.inflate(bytes, header.uncompressed_page_size);
    const encoding = header.data_page_header!.encoding;
    if (this.column.element.repetition_type === 'REQUIRED') {
      return { page, start: 0, encoding, rows, present: undefined };
    }
    if (page.length < 4) throw new RangeError('a page without its levels');
    const length = new DataView(page.buffer, page.byteOffset, 4).getUint32(0, true);
    return { page, start: 4 + length, encoding, rows, present: presence(page, 4, rows) };
  }

  /** Levels stand uncompressed before the values; their lengths are in the header. */
  private layoutV2(header: PageHeader, bytes: Uint8Array, rows: number): Layout {
    const { encoding, is_compressed, ...told } = header.data_page_header_v2!;
    const levels = told.definition_levels_byte_length + told.repetition_levels_byte_length;
    if (!(levels >= 0 && levels <= bytes.length)) throw new RangeError('a page without its levels');
    const values = bytes.subarray(levels);
    const page = is_compressed === false ? values : this.inflate(values, header.uncompressed_page_size - levels);
    const isRequired = this.column.element.repetition_type === 'REQUIRED';
    const present = isRequired ? undefined : presence(bytes, told.repetition_levels_byte_length, rows);
    return { page, start: 0, encoding, rows, present };
  }

  private inflate(bytes: Uint8Array, length: number): Uint8Array {
    const { codec } = this.chunk;
    if (codec === 'UNCOMPRESSED') return bytes;
    const decompress = this.library.decompressors.get(codec);
    if (decompress === undefined) throw new RangeError(`compression by ${codec} can't be read`);
    const page = length > 0 ? decompress(bytes, length) : new Uint8Array(0);
    if (page.length !== length) throw new RangeError(`a page of ${page.length} bytes that says ${length}`);
    return page;
  }
}

/** By row, 1 for a value; undefined when all rows have one. */
function presence(bytes: Uint8Array, start: number, rows: number): Uint8Array | undefined {
  const levels = new Uint8Array(rows);
  readRuns(bytes, start, 1, levels);
  return levels.includes(0) ? levels : undefined;
}
