/**
 * Goal: a CSV that goes through filters gives the objects that its rows name, from any page on, plain or packed; a row that
 * no filter could judge is refused by file and row.
 * Method: random CSVs held to the values they were written from; examples for refusals and resuming.
 */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { LIMITS } from '../../../../contracts/limits';
import { gunzipped } from '../../../../manifests/csv/gunzipped';
import { type CsvRowsOptions, readCsvRows } from '../../../../manifests/csv/read-rows';
import type { SourcePage } from '../../../../manifests/sources/page';
import type { SourceRow } from '../../../../manifests/sources/row';
import { csvSample, inPieces, pieceSizes } from './csv-samples';

const FILE = 's3://lists/list.csv';
const DEFAULTS: CsvRowsOptions = {
  fields: ['Bucket', 'Key'],
  keyEncoding: 'Url',
  emptyVersionId: 'Refuse',
  file: FILE,
};

async function pagesOf(
  bytes: Uint8Array,
  options: Partial<CsvRowsOptions> = {},
  pieces: readonly number[] = [50_000],
): Promise<SourcePage[]> {
  const pages: SourcePage[] = [];
  for await (const page of readCsvRows(gunzipped(inPieces(bytes, pieces), FILE), { ...DEFAULTS, ...options })) {
    pages.push(page);
  }
  return pages;
}

async function rowsOf(text: string, options: Partial<CsvRowsOptions> = {}): Promise<SourceRow[]> {
  return (await pagesOf(Buffer.from(text), options)).flatMap(({ rows }) => rows);
}

test('the objects of any CSV', async () => {
  await fc.assert(
    fc.asyncProperty(csvSample, pieceSizes, fc.boolean(), async ({ fields, values, text }, pieces, gzip) => {
      const bytes = gzip ? gzipSync(text) : Buffer.from(text);
      const rows = (await pagesOf(bytes, { fields }, pieces)).flatMap((page) => page.rows);
      const cell = (row: readonly string[], field: 'Bucket' | 'Key' | 'VersionId') => row[fields.indexOf(field)]!;
      expect(rows).toEqual(
        values.map((row) => ({
          bucket: cell(row, 'Bucket'),
          key: decodeURIComponent(cell(row, 'Key').replaceAll('+', ' ')),
          ...(fields.includes('VersionId') ? { versionId: cell(row, 'VersionId') } : {}),
        })),
      );
    }),
    { numRuns: 200 },
  );
});

describe.each([
  ['plain', (text: string) => Buffer.from(text)],
  ['gzip', (text: string) => gzipSync(text)],
])('%s, many pages', (_name, pack) => {
  const count = 3 * LIMITS.source.pageRows + 5;
  const lines = Array.from({ length: count }, (_, row) => `herd,${row % 9 === 0 ? `"k\n${row}"` : `ä${row}`}\r\n`);
  const bytes = pack(`\ufeffBucket,Key\r\n${lines.join('')}\r\n\n`);

  test('from every page on, the rest', async () => {
    const whole = await pagesOf(bytes);
    expect(whole.map(({ rows }) => rows.length)).toEqual([4_000, 4_000, 4_000, 5]);
    for (const [page, { cursor }] of whole.entries()) {
      const kept: unknown = JSON.parse(JSON.stringify(cursor));
      expect(await pagesOf(bytes, { cursor: kept as never })).toEqual(whole.slice(page + 1));
    }
  });

  test('a fault after resuming is told by its row in the whole file', async () => {
    const [first] = await pagesOf(bytes);
    const faulty = pack(`\ufeffBucket,Key\r\n${lines.slice(0, 4_002).join('')}herd\r\n`);
    for (const cursor of [undefined, first!.cursor]) {
      await expect(pagesOf(faulty, { cursor })).rejects.toThrow(`Row 4004 of ${FILE} has 1 column, expected 2`);
    }
    const nameless = pack(`\ufeffBucket,Key\r\n${lines.slice(0, 4_002).join('')}herd,\r\n`);
    for (const cursor of [undefined, first!.cursor]) {
      await expect(pagesOf(nameless, { cursor })).rejects.toThrow(`Row 4004 of ${FILE} has no key`);
    }
  });
});

test('raw keys, and empty version ids that mean the newest version', async () => {
  const raw = await rowsOf('b,a b+%41\nb,"100%"\n', { keyEncoding: 'Raw' });
  expect(raw.map(({ key }) => key)).toEqual(['a b+%41', '100%']);
  const fields = ['Bucket', 'Key', 'VersionId'] as const;
  expect(await rowsOf('b,k,\nb,k,null\n', { fields, emptyVersionId: 'Newest' })).toEqual([
    { bucket: 'b', key: 'k' },
    { bucket: 'b', key: 'k', versionId: 'null' },
  ]);
});

test.each<[string, string, Partial<CsvRowsOptions>, string]>([
  ['no bucket', 'b,k\n,k\n', {}, `Row 2 of ${FILE} has no bucket`],
  ['no key', 'b,\n', {}, `Row 1 of ${FILE} has no key`],
  [
    'escapes that are no text',
    'b,caf%E9\n',
    {},
    `Row 1 of ${FILE} has a key that can't be decoded: its percent-encoding`,
  ],
  [
    'no version id',
    'b,k,\n',
    { fields: ['Bucket', 'Key', 'VersionId'] },
    `Row 1 of ${FILE} has no version id: if the newest version is meant, set EmptyVersionId: Newest`,
  ],
  ['no rows', '', {}, `${FILE} is empty: it names no objects`],
])('%s is refused', async (_name, text, options, message) => {
  await expect(rowsOf(text, options)).rejects.toMatchObject({
    code: 'InvalidManifestContent',
    message: expect.stringContaining(message),
  });
});
