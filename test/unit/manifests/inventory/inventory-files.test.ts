/**
 * Goal: an inventory's files give the objects that are in them, in whichever of its forms, from any page on; what does not fit
 * its manifest.json, or is damaged, is refused by file and row.
 * Method: files as AWS writes them, CSV by hand and Parquet by pyarrow, in the in-memory store.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { LIMITS } from '../../../../contracts/limits';
import {
  type InventoryFile,
  type InventoryFileOptions,
  type InventoryManifest,
  readInventoryFile,
} from '../../../../manifests/inventory';
import type { SourceRow } from '../../../../manifests/sources/row';
import {
  type Column,
  COLUMNS,
  inventoryCsv,
  inventoryRows,
  type ParquetSpec,
  sourceRow,
  writeParquet,
} from '../../../support/inventory/sample';
import { MemoryStore } from '../../../support/memory-store/store';

const BUCKET = 'lists';
const KEY = 'herd/daily/data/part-1';
const NAME = `s3://${BUCKET}/${KEY}`;
const ROWS = inventoryRows(10_000);

interface Found {
  readonly rows: SourceRow[];
  readonly skipped: number;
  readonly cursors: unknown[];
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('hex');
}

async function stored(
  bytes: Uint8Array,
  format: InventoryManifest['format'],
  columns: readonly string[],
  told: Partial<InventoryFile> = {},
) {
  const store = new MemoryStore();
  store.createBucket(BUCKET);
  await store.put({ bucket: BUCKET, key: KEY }, bytes);
  const file: InventoryFile = { key: KEY, size: bytes.length, md5: md5(bytes), ...told };
  return { store, file, manifest: { bucket: BUCKET, format, columns, files: [file] } };
}

async function read(
  { store, manifest, file }: Awaited<ReturnType<typeof stored>>,
  options: Partial<InventoryFileOptions> = {},
): Promise<Found> {
  const found: Found = { rows: [], skipped: 0, cursors: [] };
  let skipped = 0;
  for await (const page of readInventoryFile(store, manifest, file, { deleteMarkers: 'Skip', ...options })) {
    found.rows.push(...page.rows);
    found.cursors.push(JSON.parse(JSON.stringify(page.cursor)));
    skipped += page.skippedDeleteMarkers;
  }
  return { ...found, skipped };
}

const csv = (text: string | Uint8Array, columns: readonly string[] = COLUMNS, told: Partial<InventoryFile> = {}) =>
  stored(gzipSync(text), 'CSV', columns, told);

const kept = ROWS.filter((row) => row.IsDeleteMarker !== true);

describe('CSV', () => {
  test('rows with all that filters ask for; delete markers are left out and counted, or kept', async () => {
    const place = await csv(inventoryCsv(ROWS));
    const found = await read(place);
    expect(found.rows).toEqual(kept.map((row) => sourceRow(row)));
    expect(found.skipped).toBe(ROWS.length - kept.length);
    const all = await read(place, { deleteMarkers: 'Keep' });
    expect(all.rows).toEqual(ROWS.map((row) => sourceRow(row)));
    expect(all.skipped).toBe(0);
  });

  test('columns in any order, and few of them: no version column, no versions', async () => {
    const columns: readonly Column[] = ['Size', 'Key', 'ETag', 'Bucket'];
    const rows = ROWS.slice(0, 100);
    const found = await read(await csv(inventoryCsv(rows, columns), columns));
    expect(found.rows).toEqual(rows.map((row) => sourceRow(row, columns)));
    expect(found.rows[0]).not.toHaveProperty('versionId');
  });

  test('members that are not asked for are not told', async () => {
    const found = await read(await csv(inventoryCsv(ROWS.slice(0, 3))), { members: ['size'] });
    expect(found.rows[1]).toEqual({ bucket: 'herd', key: 'folder/', versionId: 'v104729', size: 5_000_000_000 });
  });

  test('from every page on, the rest', async () => {
    const place = await csv(inventoryCsv(ROWS));
    const whole = await read(place);
    expect(whole.cursors).toHaveLength(Math.ceil(ROWS.length / LIMITS.source.pageRows));
    for (const cursor of whole.cursors) {
      const rest = await read(place, { cursor: cursor as never });
      expect(rest.rows).toEqual(whole.rows.slice(whole.rows.length - rest.rows.length));
      expect(rest.cursors).toEqual(whole.cursors.slice(whole.cursors.length - rest.cursors.length));
    }
  });

  test('spaces as plus signs, a byte order mark, no compression, no rows', async () => {
    const plus = await stored(Buffer.from('\ufeff"herd","a+b%2B%20c"\n'), 'CSV', ['Bucket', 'Key']);
    expect((await read(plus)).rows).toEqual([{ bucket: 'herd', key: 'a b+ c' }]);
    expect((await read(await csv('', ['Bucket', 'Key']))).rows).toEqual([]);
  });

  test('a first row that looks like a header is an object', async () => {
    const found = await read(await csv('"bucket","key"\n', ['Bucket', 'Key']));
    expect(found.rows).toEqual([{ bucket: 'bucket', key: 'key' }]);
  });

  const two = ['Bucket', 'Key'];
  test.each<[string, string, readonly string[], string]>([
    [
      'a row cut off within a field',
      '"herd","a"\n"herd","b',
      two,
      'Row 2 of FILE has a quoted field that is never closed',
    ],
    [
      'a row cut off after a field',
      '"herd","a"\n"herd"',
      two,
      'Row 2 of FILE has 1 column, expected 2 (Bucket, Key); the',
    ],
    ['a huge row', `"herd","${'k'.repeat(70_000)}"\n`, two, 'Row 1 of FILE is longer than 65536 bytes'],
    ['a key that is not encoded', '"herd","a"\n"herd","a b"\n', two, 'Row 2 of FILE has a space in its key'],
    ['escapes that are not UTF-8', '"herd","caf%E9"\n', two, "Row 1 of FILE has a key that can't be decoded"],
    ['no bucket', '"","a"\n', two, 'Row 1 of FILE has no bucket'],
    ['no key', '"herd","a"\n"herd",""\n', two, 'Row 2 of FILE has no key'],
    ['a wrong size', '"herd","a","12x"\n', [...two, 'Size'], 'Row 1 of FILE has the size 12x'],
    ['a wrong date', '"herd","a","soon"\n', [...two, 'LastModifiedDate'], 'Row 1 of FILE has the date soon'],
    [
      'a wrong truth',
      '"herd","a","maybe"\n',
      [...two, 'IsDeleteMarker'],
      'Row 1 of FILE has maybe where true or false',
    ],
  ])('%s is refused', async (_name, text, columns, message) => {
    await expect(read(await csv(text, columns))).rejects.toMatchObject({
      code: 'InvalidManifestContent',
      message: expect.stringContaining(message.replace('FILE', NAME)),
    });
  });

  test('another MD5 or size than manifest.json says, a file cut off, one that is not there', async () => {
    const bytes = gzipSync(inventoryCsv(ROWS.slice(0, 9)));
    const wrong = (told: Partial<InventoryFile>, body = bytes) =>
      stored(body, 'CSV', COLUMNS, told).then((place) => read(place));
    const other = md5(Buffer.from('other'));
    await expect(wrong({ md5: other })).rejects.toMatchObject({
      code: 'InvalidManifestContent',
      message: `${NAME} has the MD5 ${md5(bytes)}, and manifest.json says ${other}`,
    });
    await expect(wrong({ size: 3 })).rejects.toThrow(`${NAME} has ${bytes.length} bytes, and manifest.json says 3`);
    await expect(wrong({}, bytes.subarray(0, -9))).rejects.toThrow(`${NAME} is gzip that can't be read: it is cut off`);
    await expect(wrong({ key: 'gone' })).rejects.toMatchObject({
      code: 'ManifestNotFound',
      message: expect.stringContaining(`arn:aws:s3:::${BUCKET}/gone`),
    });
  });
});

describe('Parquet', () => {
  let folder: string;
  const variants: Record<string, Omit<ParquetSpec, 'path'>> = {
    'as AWS writes it': { columns: COLUMNS },
    'in one row group, without dictionaries': { columns: COLUMNS, dictionary: false, compression: 'none' },
    'gzip, small row groups, spelled as in CSV': {
      columns: COLUMNS,
      compression: 'gzip',
      groupRows: 999,
      snake: false,
    },
    'zstd, data pages of version 2': { columns: COLUMNS, compression: 'zstd', pageVersion: '2.0', groupRows: 4_001 },
    'brotli, microseconds': { columns: COLUMNS, compression: 'brotli', times: 'micros' },
    'lz4, nanoseconds': { columns: COLUMNS, compression: 'lz4', times: 'nanos' },
    'INT96 times': { columns: COLUMNS, times: 'int96' },
    'times as numbers': { columns: COLUMNS, times: 'number', pageVersion: '2.0', dictionary: false },
    'times as text': { columns: COLUMNS, times: 'text' },
    'delta encodings': {
      columns: COLUMNS,
      dictionary: false,
      encodings: {
        key: 'DELTA_BYTE_ARRAY',
        version_id: 'DELTA_LENGTH_BYTE_ARRAY',
        e_tag: 'DELTA_BYTE_ARRAY',
        size: 'DELTA_BINARY_PACKED',
        last_modified_date: 'DELTA_BINARY_PACKED',
        is_latest: 'RLE',
      },
    },
    'large pages': { columns: COLUMNS, pageBytes: 10_000_000, dictionary: ['storage_class'] },
    'few columns in another order': { columns: ['Size', 'Key', 'Bucket'] },
  };
  const bytesOf = (name: string): Promise<Buffer> => readFile(pathOf(name));
  const pathOf = (name: string): string => join(folder, `${Object.keys(variants).indexOf(name)}.parquet`);
  const place = async (name: string) => stored(await bytesOf(name), 'Parquet', []);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drover-parquet-'));
    await writeParquet(
      ROWS,
      Object.entries(variants).map(([name, spec]) => ({ ...spec, path: pathOf(name) })),
    );
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each(Object.entries(variants))('%s', async (name, { columns }) => {
    const isSkipping = columns.includes('IsDeleteMarker');
    const expected = (isSkipping ? kept : ROWS).map((row) => sourceRow(row, columns));
    const found = await read(await place(name));
    expect(found.rows).toEqual(expected);
    expect(found.skipped).toBe(ROWS.length - expected.length);
  });

  test('keys are as they are, unless the request says that they are encoded', async () => {
    const found = await read(await place('as AWS writes it'), { members: [] });
    expect(found.rows[0]).toEqual({ bucket: 'herd', key: 'a b+c%41.txt', versionId: 'null' });
    const decoded = read(await place('as AWS writes it'), { members: [], keyEncoding: 'Url' });
    await expect(decoded).rejects.toThrow(`Row 6 of ${NAME} has a key that can't be decoded`);
  });

  test('delete markers may be kept', async () => {
    const found = await read(await place('as AWS writes it'), { deleteMarkers: 'Keep' });
    expect(found.rows).toEqual(ROWS.map((row) => sourceRow(row)));
  });

  test.each(['gzip, small row groups, spelled as in CSV', 'zstd, data pages of version 2', 'large pages'])(
    'from every page on, the rest: %s',
    async (name) => {
      const there = await place(name);
      const whole = await read(there);
      expect(whole.cursors.length).toBeGreaterThan(2);
      for (const cursor of whole.cursors) {
        const rest = await read(there, { cursor: cursor as never });
        expect(rest.rows).toEqual(whole.rows.slice(whole.rows.length - rest.rows.length));
        expect(rest.cursors).toEqual(whole.cursors.slice(whole.cursors.length - rest.cursors.length));
      }
    },
  );

  test('reads only what is asked for', async () => {
    const there = await place('in one row group, without dictionaries');
    let bytes = 0;
    const { store } = there;
    const counting = Object.assign(Object.create(store) as MemoryStore, {
      read: async (...args: Parameters<MemoryStore['read']>) => {
        const body = await store.read(...args);
        bytes += body.length;
        return body;
      },
    });
    const { md5: _unchecked, ...file } = there.file;
    await read({ ...there, store: counting, file }, { members: [] });
    expect(bytes).toBeLessThan(0.75 * there.file.size);
  });

  test('another MD5 or size than manifest.json says is refused before the first row', async () => {
    const bytes = await bytesOf('as AWS writes it');
    const other = md5(Buffer.from('other'));
    await expect(read(await stored(bytes, 'Parquet', [], { md5: other }))).rejects.toThrow(
      `${NAME} has the MD5 ${md5(bytes)}, and manifest.json says ${other}`,
    );
    await expect(read(await stored(bytes, 'Parquet', [], { size: 99 }))).rejects.toThrow(
      `${NAME} has ${bytes.length} bytes, and manifest.json says 99`,
    );
  });

  test('what is no Parquet, cut off, or spoiled anywhere is refused by its name, or read as what it then says', async () => {
    const bytes = await bytesOf('delta encodings');
    const attempt = (body: Uint8Array) => stored(body, 'Parquet', []).then((there) => read(there));
    const gone = { code: 'InvalidManifestContent', message: expect.stringContaining(NAME) };
    await expect(attempt(bytes.subarray(0, -20))).rejects.toMatchObject(gone);
    await expect(attempt(Buffer.from('"herd","a key that is long enough"\n'))).rejects.toMatchObject(gone);
    await expect(attempt(Buffer.from('PAR1'))).rejects.toMatchObject(gone);
    let refused = 0;
    for (let at = 5; at < bytes.length; at += Math.ceil(bytes.length / 100)) {
      const spoiled = Buffer.from(bytes);
      spoiled[at] = spoiled[at]! ^ 0xff;
      const outcome = await attempt(spoiled).catch((error: unknown) => error);
      if (!(outcome instanceof Error)) continue;
      refused++;
      expect(outcome).toMatchObject(gone);
    }
    expect(refused).toBeGreaterThan(10);
  });
});
