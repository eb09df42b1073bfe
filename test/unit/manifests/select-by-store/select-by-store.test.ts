/**
 * Goal: a store that selects changes no row of a job, only how much is read; where it can't, the refusal names SelectBy.
 * Method: a CSV and an inventory in a store that carries out what it is sent, read with and without SelectBy.
 */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Json } from '../../../../contracts/job';
import {
  checkPatterns,
  filtersOf,
  openPart,
  openRowFilter,
  planSource,
  selectByStoreOf,
  type SourceContext,
  type SourceRow,
} from '../../../../manifests';
import { COLUMNS, inventoryCsv, type InventoryRow, inventoryRows } from '../../../support/inventory/sample';
import { MemoryStore } from '../../../support/memory-store/store';
import { SelectingStore } from '../../../support/selecting-store';

const NOW_MS = Date.parse('2027-01-01T00:00:00Z');
/** Two pages and some. */
const PAGES_ROWS = 20_000;
const SMALL = inventoryRows(60);

interface Request {
  readonly Manifest: object;
  readonly Filter?: object;
}

function contextOf(store: MemoryStore, request: Request): SourceContext {
  const never = (): never => {
    throw new Error('is not asked for');
  };
  return {
    storeFor: () => store,
    workspace: { bucket: 'workspace', prefix: 'jobs/', store },
    account: '1',
    batchRows: 1_000,
    isFiltered: true,
    ...selectByStoreOf(request as never),
    isTakenByRule: never,
    condition: never,
    formerJob: never,
    listAs: {},
    nowMs: NOW_MS,
    signal: new AbortController().signal,
  };
}

async function inventoryOf(store: MemoryStore, rows: readonly InventoryRow[], format = 'CSV'): Promise<Request> {
  store.createBucket('lists');
  const body = gzipSync(inventoryCsv(rows));
  const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest('hex');
  const manifest = JSON.stringify({
    destinationBucket: 'arn:aws:s3:::lists',
    fileFormat: format,
    fileSchema: COLUMNS.join(', '),
    files: [{ key: 'data/1.csv.gz', size: body.length, MD5checksum: md5(body) }],
  });
  await store.put({ bucket: 'lists', key: 'data/1.csv.gz' }, body);
  const { etag: ETag } = await store.put({ bucket: 'lists', key: 'manifest.json' }, manifest);
  return {
    Manifest: {
      Spec: { Format: 'S3InventoryReport_CSV_20161130' },
      Location: { ObjectArn: 'arn:aws:s3:::lists/manifest.json', ETag },
    },
  };
}

async function csvOf(store: MemoryStore, text: string, spec: object, location: object = {}): Promise<Request> {
  store.createBucket('lists');
  const { etag: ETag } = await store.put({ bucket: 'lists', key: 'list.csv' }, text);
  return {
    Manifest: {
      Spec: { Format: 'S3BatchOperations_CSV_20180820', Fields: ['Bucket', 'Key'], ...spec },
      Location: { ObjectArn: 'arn:aws:s3:::lists/list.csv', ETag, ...location },
    },
  };
}

/** Rows that become tasks, and the cursor after each page of the source. */
async function rowsOf(store: MemoryStore, source: Request, Filter: object, left?: Json) {
  const request = { ...source, Filter } as never;
  checkPatterns(request);
  const context = contextOf(store, request);
  const plan = await planSource(request, context);
  const reading = openPart(plan, 0, left, context);
  const filter = await openRowFilter(filtersOf(request), context);
  const rows: SourceRow[] = [];
  const cursors: (Json | undefined)[] = [];
  try {
    await reading.run({
      rows: async (_strand, given, taken) => {
        rows.push(...(await filter.passing(given)).rows);
        taken();
        cursors.push(reading.state());
      },
      raw: () => Promise.reject(new Error('rows are wanted')),
      leftOut: () => undefined,
    });
  } finally {
    await filter.close();
  }
  return { rows, cursors };
}

const byStore = (Select: string) => ({ Select, SelectBy: 'Store' });

/** What the rows leave open is told by HeadObject, which is the same with and without. */
async function withObjects(store: MemoryStore): Promise<void> {
  for (const bucket of ['herd', 'other-herd']) store.createBucket(bucket);
  for (const { Bucket, Key } of SMALL) await store.put({ bucket: String(Bucket), key: String(Key) }, 'x');
}

test.each<[select: string, sent: string]>([
  [
    "s.size > 100000000000 AND s.storage_class = 'STANDARD'",
    "(CAST(NULLIF(s._6, '') AS INT) > 100000000000 OR s._6 = '') AND (s._9 = 'STANDARD' OR s._9 = '')",
  ],
  ["bucket = 'herd' AND key LIKE 'logs/%'", "s._1 = 'herd'"],
  ["bucket IN ('other-herd', 'it''s')", "(s._1 IN ('other-herd', 'it''s'))"],
  ["bucket LIKE '%herd' AND bucket NOT LIKE 'other%'", "(s._1 LIKE '%herd') AND (s._1 NOT LIKE 'other%')"],
  [
    "last_modified < TIMESTAMP '2026-11-30T04:05:36Z'",
    "(TO_TIMESTAMP(NULLIF(s._7, '')) < TO_TIMESTAMP('2026-11-30T04:05:36.000Z') OR s._7 = '')",
  ],
  ['last_modified > now()', "(TO_TIMESTAMP(NULLIF(s._7, '')) > TO_TIMESTAMP('2027-01-01T00:00:00.000Z') OR s._7 = '')"],
  [
    'is_latest AND NOT is_delete_marker',
    "((s._4 IN ('true', 'True', 'TRUE')) OR s._4 = '') AND ((NOT ((s._5 IN ('true', 'True', 'TRUE')))) OR s._5 = '')",
  ],
  [
    "NOT (size BETWEEN 1 AND 100000000000 OR bucket = 'other-herd')",
    "((NOT (((CAST(NULLIF(s._6, '') AS INT) BETWEEN 1 AND 100000000000) OR s._1 = 'other-herd'))) OR s._6 = '')",
  ],
  ["replication_status = 'COMPLETED' AND lower(key) LIKE '%gz'", "(s._11 = 'COMPLETED' OR s._11 = '')"],
])('of an inventory the same rows: %s', async (select, sent) => {
  const store = new SelectingStore();
  await withObjects(store);
  const source = await inventoryOf(store, SMALL);
  const { rows } = await rowsOf(store, source, byStore(select));
  expect(store.asked).toEqual([`SELECT * FROM S3Object s WHERE ${sent}`]);
  const expected = await rowsOf(store, source, { Select: select });
  expect(rows).toEqual(expected.rows);
  expect(store.given[0]).toBeLessThanOrEqual(SMALL.length);
});

test('of a CSV the same rows, raw keys by the store, encoded ones by Drover', async () => {
  const store = new SelectingStore();
  const Filter = byStore("bucket = 'b' AND key = 'a+b'");
  const raw = await csvOf(store, 'b,a+b\nb,c\nc,a+b\n', { KeyEncoding: 'Raw' });
  expect((await rowsOf(store, raw, Filter)).rows).toEqual([{ bucket: 'b', key: 'a+b' }]);
  const encoded = await csvOf(store, 'b,a%2Bb\nb,c\nc,a%2bb\n', {});
  expect((await rowsOf(store, encoded, Filter)).rows).toEqual([{ bucket: 'b', key: 'a+b' }]);
  expect(store.given).toEqual([1, 2]);
});

test('a list of which nothing passes', async () => {
  const store = new SelectingStore();
  const source = await csvOf(store, 'b,k\n', {});
  expect((await rowsOf(store, source, byStore("bucket = 'x'"))).rows).toEqual([]);
});

test('another attempt goes on where the last one was, and not in another order', async () => {
  const store = new SelectingStore();
  const text = Array.from({ length: PAGES_ROWS }, (_, row) => `${row % 2 ? 'b' : 'c'},key-${row}\n`).join('');
  const source = await csvOf(store, text, {});
  const Filter = byStore("bucket = 'b'");
  const { rows, cursors } = await rowsOf(store, source, Filter);
  expect(rows).toHaveLength(PAGES_ROWS / 2);
  expect(cursors.length).toBeGreaterThan(1);
  const rest = await rowsOf(store, source, Filter, cursors[0]);
  expect(rest.rows.length).toBeLessThan(rows.length);
  expect(rest.rows).toEqual(rows.slice(-rest.rows.length));
  store.change = (given) => given.reverse();
  await expect(rowsOf(store, source, Filter, cursors[0])).rejects.toMatchObject({
    code: 'ManifestNotReadable',
    message: expect.stringContaining('in another order'),
  });
  store.change = (given) => given.slice(0, 10);
  await expect(rowsOf(store, source, Filter, cursors.at(-2))).rejects.toMatchObject({ code: 'ManifestNotReadable' });
});

test('a row that does not pass is no task, whatever the store gives', async () => {
  const store = new SelectingStore();
  const source = await csvOf(store, 'b,k\nc,k\n', {});
  store.change = (rows) => [...rows, '"c","k"\n'];
  expect((await rowsOf(store, source, byStore("bucket = 'b'"))).rows).toEqual([{ bucket: 'b', key: 'k' }]);
});

test('a file that changes meanwhile', async () => {
  const store = new SelectingStore();
  const source = await csvOf(store, 'b,k\n', {});
  store.after = async () => {
    await store.put({ bucket: 'lists', key: 'list.csv' }, 'b,other\n');
  };
  await expect(rowsOf(store, source, byStore("bucket = 'b'"))).rejects.toMatchObject({ code: 'ManifestETagMismatch' });
});

test.each<[what: string, source: (store: MemoryStore) => Promise<Request>, select: string, message: string]>([
  [
    'an expression that means something else there',
    (store) => csvOf(store, 'b,k\n', {}),
    "key LIKE 'a%'",
    'nothing of the expression',
  ],
  ['a column that the list has not', (store) => csvOf(store, 'b,k\n', {}), 'size > 1', 'nothing of the expression'],
  ['a version', (store) => csvOf(store, 'b,k\n', {}, { ObjectVersionId: 'v' }), "bucket = 'b'", 'reads no version'],
  [
    'lines that may begin with #',
    (store) => csvOf(store, 'k,b\n', { Fields: ['Key', 'Bucket'] }),
    "bucket = 'b'",
    'first column',
  ],
  ['CR LF', (store) => csvOf(store, 'b,k\r\n', {}), "bucket = 'b'", 'CR LF'],
  ['a byte order mark', (store) => csvOf(store, '\uFEFFb,k\n', {}), "bucket = 'b'", 'byte order mark'],
  ['Parquet', (store) => inventoryOf(store, SMALL, 'Parquet'), "bucket = 'b'", 'only CSV'],
])('refused: %s', async (_, sourceOf, select, message) => {
  const store = new SelectingStore();
  const source = await sourceOf(store);
  await expect(rowsOf(store, source, byStore(select))).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringMatching(new RegExp(`^(?:arn:[^ ]+: )?Filter\\.SelectBy: Store: .*${message}`)),
  });
});

test('a store without the call is refused by the name of the member', async () => {
  const store = new MemoryStore();
  const source = await csvOf(store, 'b,k\n', {});
  await expect(rowsOf(store, source, byStore("bucket = 'b'"))).rejects.toMatchObject({
    code: 'BadRequestException',
    message: expect.stringMatching(/Filter\.SelectBy: Store: the store .* does not carry out SelectObjectContent/),
  });
});

test.each<[what: string, request: object, message: string]>([
  ['nothing to select', { Manifest: {}, Filter: { SelectBy: 'Store' } }, 'Filter.SelectBy: there is no Select'],
  [
    'a source without files',
    { Source: { Prefixes: [{ Bucket: 'b' }] }, Filter: byStore('size > 1') },
    'CSV manifest or a CSV inventory',
  ],
])('refused before there is a job: %s', (_, request, message) => {
  expect(() => checkPatterns(request as never)).toThrow(message);
});
