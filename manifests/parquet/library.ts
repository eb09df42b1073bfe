import zlib, { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type * as Hyparquet from 'hyparquet' with { 'resolution-mode': 'import' };
import type * as ColumnModule from 'hyparquet/src/column.js' with { 'resolution-mode': 'import' };
import type * as DeltaModule from 'hyparquet/src/delta.js' with { 'resolution-mode': 'import' };

/**
 * The parts of hyparquet that are used: what reads the file's own structures. Values are decoded in this folder, for
 * hyparquet's readers of runs trust the counts in a page, so that a crafted file could fill the memory or never end.
 */
export interface ParquetLibrary {
  readonly parquetMetadata: typeof Hyparquet.parquetMetadata;
  readonly parquetHeader: typeof ColumnModule.parquetHeader;
  readonly deltaBinaryUnpack: typeof DeltaModule.deltaBinaryUnpack;
  readonly decompressors: ReadonlyMap<string, Decompressor>;
}

/** Inflates to exactly `length` bytes, in memory of its own, or throws. */
export type Decompressor = (input: Uint8Array, length: number) => Uint8Array;

let loading: Promise<ParquetLibrary> | undefined;

/** Loaded when the first Parquet file is read: the packages are ES modules, and few jobs need them. */
export function parquetLibrary(): Promise<ParquetLibrary> {
  return (loading ??= load());
}

async function load(): Promise<ParquetLibrary> {
  const [{ parquetMetadata }, { parquetHeader }, { deltaBinaryUnpack }, codecs] = await Promise.all([
    import('hyparquet'),
    import('hyparquet/src/column.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet-compressors'),
  ]);
  const lz4 = codecs.compressors.LZ4_RAW;
  const snappy = codecs.compressors.SNAPPY;
  const decompressors = new Map<string, Decompressor>([
    // Into a buffer of the length that the page says: what a frame says of itself is not believed.
    ['ZSTD', nativeZstd() ?? ((input, length) => codecs.decompressZstd(input, new Uint8Array(length)))],
    ['LZ4', codecs.decompressLz4],
    ['GZIP', (input, length) => gunzipSync(input, { maxOutputLength: Math.max(1, length) })],
    ['BROTLI', (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(1, length) })],
  ]);
  if (snappy !== undefined) decompressors.set('SNAPPY', snappy);
  if (lz4 !== undefined) decompressors.set('LZ4_RAW', lz4);
  return { parquetMetadata, parquetHeader, deltaBinaryUnpack, decompressors };
}

/** Node has it from 22.15 on; it is several times as fast. */
function nativeZstd(): Decompressor | undefined {
  const { zstdDecompressSync } = zlib as unknown as {
    readonly zstdDecompressSync?: (input: Uint8Array, options: { readonly maxOutputLength: number }) => Buffer;
  };
  return zstdDecompressSync && ((input, length) => zstdDecompressSync(input, { maxOutputLength: Math.max(1, length) }));
}
