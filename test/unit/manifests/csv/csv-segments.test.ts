/**
 * Goal: the segments of a scan are its rows, byte for byte, cut between batches; and raw keys stay what they are.
 * Method: random CSVs, plain and packed, held to the values they were written from; examples for raw keys.
 */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { ManifestField } from '../../../../contracts/job';
import { type CsvSegment, parseBatch, scanCsv } from '../../../../manifests';
import { gunzipped } from '../../../../manifests/csv/gunzipped';
import { csvSample, inPieces, pieceSizes } from './csv-samples';

const BOM = '\ufeff';

test('segments hold all rows, in batches that are full', async () => {
  const sizes = fc.record({ batchRows: fc.integer({ min: 1, max: 5 }), bytesAim: fc.integer({ min: 1, max: 200 }) });
  await fc.assert(
    fc.asyncProperty(
      csvSample,
      pieceSizes,
      sizes,
      fc.boolean(),
      async (sample, pieces, { batchRows, bytesAim }, gz) => {
        const text = Buffer.from(BOM + sample.text);
        const segments: CsvSegment[] = [];
        const body = gunzipped(inPieces(gz ? gzipSync(text) : text, pieces), 'list.csv');
        const summary = await scanCsv(body, {
          fields: sample.fields,
          batchRows,
          segments: { bytesAim, onSegment: (segment) => void segments.push(segment) },
        });
        expect(summary.rows).toBe(sample.values.length);
        const keyColumn = sample.fields.indexOf('Key');
        const keys = segments.flatMap(({ bytes, offsets, firstRow }) =>
          Array.from(offsets.subarray(1), (end, batch) => {
            const rows = parseBatch(bytes.subarray(offsets[batch], end), sample.fields, firstRow + batch * batchRows);
            return rows.map(({ task }) => [task.row, task.manifestKey]);
          }).flat(),
        );
        expect(keys).toEqual(sample.values.map((values, row) => [row, values[keyColumn]]));
        for (const { bytes, rows, offsets } of segments.slice(0, -1)) {
          expect(bytes.length).toBeGreaterThanOrEqual(bytesAim);
          expect(rows).toBe((offsets.length - 1) * batchRows);
        }
      },
    ),
    { numRuns: 300 },
  );
});

describe('keys as they are', () => {
  const fields: readonly ManifestField[] = ['Bucket', 'Key'];
  const text = 'b,a b+c\nb,100%\nb,%41\nb,"x, ""y"""\nb,"%"';

  test('Raw takes spaces, plus and percent signs for themselves; quotation marks hold', async () => {
    for (const pieces of [[1], [1_000]]) {
      const options = { fields, batchRows: 10, keyEncoding: 'Raw' as const };
      expect(await scanCsv(inPieces(Buffer.from(text), pieces), options)).toMatchObject({ rows: 5 });
    }
    const rows = parseBatch(Buffer.from(text), fields, 0, { keyEncoding: 'Raw' });
    expect(rows.map(({ task }) => task.key)).toEqual(['a b+c', '100%', '%41', 'x, "y"', '%']);
  });

  test('without it, the refusal names it', async () => {
    const scan = scanCsv(inPieces(Buffer.from(text), [9]), { fields, batchRows: 10, file: 's3://lists/raw.csv' });
    await expect(scan).rejects.toMatchObject({
      message: expect.stringMatching(
        /^Row 1 of s3:\/\/lists\/raw\.csv has a space in its key: .*KeyEncoding: Raw \(CLI: --key-encoding raw\)/,
      ),
    });
  });
});

test('an empty version id is the newest version when the request says so', () => {
  const fields: readonly ManifestField[] = ['Bucket', 'Key', 'VersionId'];
  const bytes = Buffer.from('b,k,\nb,k,null\n');
  expect(parseBatch(bytes, fields, 0).map(({ refused }) => refused?.message)).toEqual([
    'Task failed due to missing VersionId',
    undefined,
  ]);
  expect(parseBatch(bytes, fields, 0, { emptyVersionId: 'Newest' })).toEqual([
    { task: { bucket: 'b', key: 'k', manifestKey: 'k', row: 0 } },
    { task: { bucket: 'b', key: 'k', versionId: 'null', manifestKey: 'k', row: 1 } },
  ]);
});

test('a row that the end of the file cuts is refused with a word about it; an empty file may be one of several', async () => {
  const scan = (text: string, mayBeEmpty: boolean) =>
    scanCsv(inPieces(Buffer.from(text), [3]), { fields: ['Bucket', 'Key'], batchRows: 1, mayBeEmpty });
  await expect(scan('b,k\nb', true)).rejects.toMatchObject({
    message: 'Row 2 of the manifest has 1 column, expected 2 (Bucket, Key); the file ends within it: is it cut off?',
  });
  expect(await scan('', true)).toMatchObject({ rows: 0, bytes: 0, offsets: new Float64Array(0) });
});
