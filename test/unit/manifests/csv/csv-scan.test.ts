/**
 * Goal: the scan finds exactly the rows that a general CSV parser finds, however the bytes arrive, and names the row at fault.
 * Method: random CSVs and random junk compared with csv-parse; examples for tolerance, messages, and the event loop.
 */
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { ManifestField } from '../../../../contracts/job';
import { LIMITS } from '../../../../contracts/limits';
import { type ManifestSummary, scanCsv, type ScanProgress } from '../../../../manifests';
import { type CsvSample, csvSample, inPieces, pieceSizes } from './csv-samples';

const FIELDS: readonly ManifestField[] = ['Bucket', 'Key'];
const BOM = '\ufeff';

function scan(content: string | Uint8Array, pieces: readonly number[] = [7], batchRows = 2): Promise<ManifestSummary> {
  return scanCsv(inPieces(Buffer.from(content), pieces), { fields: FIELDS, batchRows, countBuckets: true });
}

function csvRows(text: string): string[][] {
  return parse(text, { record_delimiter: ['\r\n', '\n'], relax_column_count: true });
}

function batchesOf(bytes: Buffer, { offsets }: ManifestSummary): string[][][] {
  return Array.from(offsets.subarray(1), (end, batch) => csvRows(bytes.toString('utf8', offsets[batch], end)));
}

/** Rows by bucket, in the order in which these come. */
function bucketsOf({ fields, values }: CsvSample): [string, number][] {
  const counts = new Map<string, number>();
  for (const row of values) {
    const bucket = row[fields.indexOf('Bucket')]!;
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return [...counts];
}

describe('rows and batches', () => {
  test('batches cut from any CSV hold the rows that csv-parse finds', async () => {
    const batchRowsOf = fc.integer({ min: 1, max: 7 });
    await fc.assert(
      fc.asyncProperty(csvSample, pieceSizes, batchRowsOf, fc.boolean(), async (sample, pieces, batchRows, bom) => {
        const bytes = Buffer.from((bom ? BOM : '') + sample.text);
        const { fields } = sample;
        const summary = await scanCsv(inPieces(bytes, pieces), { fields, batchRows, countBuckets: bom });
        const batches = batchesOf(bytes, summary);
        expect(batches.flat()).toEqual(sample.values);
        expect(batches.slice(0, -1).every((batch) => batch.length === batchRows)).toBe(true);
        expect(summary).toMatchObject({ rows: sample.values.length, bytes: bytes.length, headerSkipped: false });
        expect(summary.offsets[0]).toBe(bom ? 3 : 0);
        expect(summary.buckets).toEqual(bom ? bucketsOf(sample) : []);
      }),
      { numRuns: 300 },
    );
  });

  test('of junk, it accepts what csv-parse accepts with the right columns, and the same rows', async () => {
    const junk = fc.string({ unit: fc.constantFrom('a', 'b', ',', '"', '\n', '\r\n'), maxLength: 14 });
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(junk, pieceSizes, async (text, pieces) => {
        const expected = rowsIfWellFormed(text);
        const bytes = Buffer.from(text);
        const found = await scan(bytes, pieces).then(
          (summary) => batchesOf(bytes, summary).flat(),
          () => undefined,
        );
        if (found) accepted++;
        expect(found).toEqual(expected);
      }),
      { numRuns: 4_000 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  test('blank lines at the end, also with CRLF, are neither rows nor part of the last batch', async () => {
    const summary = await scan('b,k1\r\nb,k2\r\nb,k3\r\n\r\n\n\r\n');
    expect(summary.rows).toBe(3);
    expect([...summary.offsets]).toEqual([0, 12, 18]);
    expect(summary.bytes).toBe(23);
  });
});

/** Undefined for what is no manifest of two columns. */
function rowsIfWellFormed(text: string): string[][] | undefined {
  try {
    const rows = csvRows(text);
    const blank = (row: string[] | undefined, line: string) => row?.length === 1 && line === '';
    // A quoted empty field alone is a row of one column, not a blank line: only lines without any text are cut off.
    let rest = text;
    while (blank(rows.at(-1), lastLine(rest))) {
      rows.pop();
      rest = rest.replace(/\r?\n$/, '');
    }
    return rows.length > 0 && rows.every((row) => row.length === 2) ? rows : undefined;
  } catch {
    return undefined;
  }
}

function lastLine(text: string): string {
  return text
    .replace(/\r?\n$/, '')
    .split('\n')
    .at(-1)!;
}

describe('header row', () => {
  test.each([
    'bucket,key\nb,k\n',
    'Bucket,Key\r\nb,k\r\n',
    '"BUCKET","KEY"\nb,k',
    'Bucket, Key\nb,k',
    `${BOM}"bucket",key\nb,k`,
  ])('is skipped: %j', async (text) => {
    for (const pieces of [[1], [3], [1_000]]) {
      const summary = await scan(text, pieces);
      expect(summary).toMatchObject({ rows: 1, headerSkipped: true });
      expect(Buffer.from(text).subarray(summary.offsets[0]).toString()).toMatch(/^b,k/);
    }
  });

  test.each([
    'bucket_name,object_key',
    'BucketName,Key',
    'S3 Bucket, Object Key',
    '# Bucket,Keys',
    '"source-bucket",path',
    'Key,Bucket',
  ])('near-misses are refused: %s', async (row) => {
    for (const pieces of [[1], [1_000]]) {
      await expect(scan(`${row}\r\nb,k\r\n`, pieces)).rejects.toMatchObject({
        code: 'InvalidManifestContent',
        message: `Row 1 of the manifest looks like a header, but not of the columns Bucket,Key: ${row}. Remove the row`,
      });
    }
  });

  test('only in the first row, and only with both names in their columns', async () => {
    expect(await scan('b,k\nbucket,key\n')).toMatchObject({ rows: 2, headerSkipped: false });
    expect(await scan('b,k\nbucket_name,object_key\n')).toMatchObject({ rows: 2, headerSkipped: false });
    for (const row of ['bucket,keyring', 'buckets-of-paint,key', 'bucket,name.txt', 'herd,key', 'name,key']) {
      expect(await scan(`${row}\n`)).toMatchObject({ rows: 1, headerSkipped: false });
    }
  });
});

describe('errors', () => {
  const long = 'k'.repeat(LIMITS.source.manifestRowBytesMax);
  const latin1 = Buffer.from('b,k\nb,caf\xe9\nb,k\n', 'latin1');
  test.each<[string, string | Uint8Array, string]>([
    ['too few columns', 'b,k\nb\nb,k\n', 'Row 2 of the manifest has 1 column, expected 2 (Bucket, Key)'],
    ['too many columns', 'b,k\nb,k,v', 'Row 2 of the manifest has 3 columns, expected 2 (Bucket, Key)'],
    ['wrong columns after a header', 'bucket,key\nb,k\nb,k,\n', 'Row 3 of the manifest has 3 columns'],
    ['blank line', 'b,k\r\n\r\nb,k\r\n', 'Row 2 of the manifest is blank'],
    ['blank line before another fault', 'b,k\n\nb\n', 'Row 2 of the manifest is blank'],
    ['blank first line', '\nb,k\n', 'Row 1 of the manifest is blank'],
    ['open quote', 'b,k\nb,"k\nb,k\n', 'Row 2 of the manifest has a quoted field that is never closed'],
    ['quote within text', 'b,k"k"\n', 'Row 1 of the manifest has a quotation mark inside an unquoted field'],
    ['text after a quote', 'b,"k"k\n', 'Row 1 of the manifest has text after the closing quotation mark of a field'],
    ['lone carriage return', 'b,k\rb,k\r', 'Row 1 of the manifest has a carriage return that no line feed follows'],
    ['carriage return at the end', 'b,k\r', 'Row 1 of the manifest has a carriage return that no line feed follows'],
    ['long row', `b,k\nb,${long}\n`, `Row 2 of the manifest is longer than ${LIMITS.source.manifestRowBytesMax} bytes`],
    ['long quoted field', `b,"${long}${long}`, 'Row 1 of the manifest is longer than 65536 bytes: is a quotation mark'],
    ['a space', 'b,k\nb,a b\n', 'Row 2 of the manifest has a space in its key: the list does not look URL-encoded'],
    ['a space before the key', 'b, k\n', 'Row 1 of the manifest has a space in its key'],
    ['a space in quotation marks', 'bucket,key\nb,"a, b"\n', 'Row 2 of the manifest has a space in its key'],
    [
      'a percent sign',
      'b,100%\nb,k\n',
      'Row 1 of the manifest has a percent sign in its key that two hexadecimal digits',
    ],
    ['a percent sign at the end', 'b,k\nb,100%', 'Row 2 of the manifest has a percent sign in its key'],
    ['a short escape', 'b,a%4\n', 'Row 1 of the manifest has a percent sign in its key'],
    ['a malformed escape', 'b,%20%zz.txt\n', 'Row 1 of the manifest has a percent sign in its key'],
    ['two percent signs', 'b,%%20\n', 'Row 1 of the manifest has a percent sign in its key'],
    ['a quoted percent sign', 'b,k\nb,"100%"\nb,k\n', 'Row 2 of the manifest has a percent sign in its key'],
    ['a percent sign in an open quote', 'b,"100%', 'Row 1 of the manifest has a quoted field that is never closed'],
    ['wrong columns before a space', 'b,a b,v\n', 'Row 1 of the manifest has 3 columns'],
    ['empty', '', 'The manifest is empty: it names no objects'],
    ['only a byte order mark', BOM, 'The manifest is empty: it names no objects'],
    ['only blank lines', '\n\r\n', 'The manifest is empty: it names no objects'],
    ['only a header', 'bucket,key\n', 'The manifest has only a header row: it names no objects'],
    ['another encoding', latin1, 'Row 2 of the manifest is not UTF-8 text'],
    ['cut within a character', Buffer.from('b,é').subarray(0, 3), 'Row 1 of the manifest is not UTF-8 text'],
  ])('%s', async (_name, content, message) => {
    // A long row byte by byte is a million steps that show nothing new.
    const small = content.length > 10_000 ? [[1_000]] : [[1], [5]];
    for (const pieces of [...small, [1_000_000]]) {
      await expect(scan(content, pieces)).rejects.toMatchObject({
        code: 'InvalidManifestContent',
        message: expect.stringContaining(message),
      });
    }
  });

  test('keys with a malformed escape or a space are refused, other columns and escapes are not, however they are cut', async () => {
    const odd = fc.string({ unit: fc.constantFrom('a', '4', 'F', '%', '%20', '%2b', '+', ' ', '/'), maxLength: 6 });
    const row = fc.tuple(odd, odd, fc.boolean(), fc.constantFrom('\n', '\r\n'));
    let accepted = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 4 }), pieceSizes, async (rows, pieces) => {
        const text = rows.map(([key, other, quote, end]) => `b,${quote ? `"${key}"` : key},${other}${end}`).join('');
        const fields: readonly ManifestField[] = ['Bucket', 'Key', 'Ignore'];
        const found = await scanCsv(inPieces(Buffer.from(text), pieces), { fields, batchRows: 2 }).then(
          (summary) => summary.rows,
          (error: Error) => /^Row (\d+) .* does not look URL-encoded/s.exec(error.message)?.[1],
        );
        const wrong = rows.findIndex(([key]) => / |%(?![0-9A-Fa-f]{2})/.test(key));
        if (wrong < 0) accepted++;
        expect(found).toBe(wrong < 0 ? rows.length : String(wrong + 1));
      }),
      { numRuns: 1_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });

  test('a row of exactly the greatest length passes', async () => {
    const row = `b,${'k'.repeat(LIMITS.source.manifestRowBytesMax - 2)}`;
    await expect(scan(`${row}\n${row}`, [1_000])).resolves.toMatchObject({ rows: 2 });
  });

  test('any bytes that are not UTF-8 are refused, however they are cut', async () => {
    const bytes = fc.uint8Array({ maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(bytes, pieceSizes, async (odd, pieces) => {
        const content = Buffer.concat([
          Buffer.from('b,"'),
          odd.map((byte) => (byte < 0x80 ? 0x61 : byte)),
          Buffer.from('"'),
        ]);
        const valid = Buffer.from(content.toString('utf8')).equals(content);
        const outcome = await scan(content, pieces).then(
          () => true,
          () => false,
        );
        expect(outcome).toBe(valid);
      }),
      { numRuns: 500 },
    );
  });

  test('what breaks in the body comes through as it is', async () => {
    const broken = async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from('b,k\n');
      throw new Error('connection reset');
    };
    await expect(scanCsv(broken(), { fields: FIELDS, batchRows: 2 })).rejects.toThrow('connection reset');
  });
});

test('lets timers run and tells its progress although data is always ready', async () => {
  const chunk = Buffer.from('some-bucket,some/key/of/usual/length.parquet\n'.repeat(40_000));
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < 40; i++) yield chunk;
  };
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const seen: ScanProgress[] = [];
  const summary = await scanCsv(chunks(), {
    fields: FIELDS,
    batchRows: 1_000,
    onProgress: (progress) => seen.push(progress),
  });
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(2);
  expect(seen.length).toBeGreaterThan(3);
  expect(seen.map((progress) => progress.rows)).toEqual(seen.map((progress) => progress.rows).sort((a, b) => a - b));
  expect(seen.at(-1)).toEqual({ rows: 1_600_000, bytes: 40 * chunk.length });
  expect([...summary.offsets]).toEqual(Array.from({ length: 1_601 }, (_, batch) => (batch * chunk.length) / 40));
});

test('an error thrown by onProgress ends the scan and closes the body', async () => {
  let closed = false;
  const endless = async function* (): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield Buffer.from('b,k\n'.repeat(10_000));
    } finally {
      closed = true;
    }
  };
  const onProgress = (): void => {
    throw new Error('cancelled');
  };
  await expect(scanCsv(endless(), { fields: FIELDS, batchRows: 2, onProgress })).rejects.toThrow('cancelled');
  expect(closed).toBe(true);
});
